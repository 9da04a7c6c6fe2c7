"""What definitions are given: forms that mean the same are one, and what means nothing is refused where it stands."""

from collections.abc import Callable

import pytest
from sqlalchemy import MetaData

from pgcraft import fk
from pgcraft.collect import collect
from pgcraft.errors import PGCraftValidationError
from pgcraft.models import (
    FunctionDefinition,
    GrantDefinition,
    PolicyDefinition,
    RoleDefinition,
    SchemaDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_grant,
)


def function(**facts: object) -> object:
    return FunctionDefinition(**{"schema": "app", "name": "f", "returns": "integer", "body": "BEGIN END"} | facts)


def trigger(**facts: object) -> object:
    base = {"schema": "app", "relation": "t", "name": "w", "timing": "before", "events": ("update",)}
    return TriggerDefinition(**base | {"function": ("app", "f")} | facts)


def grant(**facts: object) -> object:
    return GrantDefinition(**{"privileges": ("select",), "to": "anon", "schema": "app", "name": "t"} | facts)


def policy(**facts: object) -> object:
    return PolicyDefinition(**{"schema": "app", "table": "t", "name": "own"} | facts)


def view(**facts: object) -> object:
    return ViewDefinition(**{"schema": "app", "name": "v", "query": "SELECT 1 AS a"} | facts)


def role(**facts: object) -> object:
    return RoleDefinition(**{"name": "anon"} | facts)


def schema(**facts: object) -> object:
    return SchemaDefinition(**facts)


def key(**facts: object) -> object:
    return fk.PGCraftFK(references={"{a}": "t.a"}, **facts)


Make = Callable[..., object]

SAME: dict[str, tuple[Make, dict[str, object], dict[str, object]]] = {
    "a list": (grant, {"privileges": ["select"]}, {"privileges": ("select",)}),
    "one text": (grant, {"privileges": "select", "columns": "a"}, {"privileges": ("select",), "columns": ("a",)}),
    "a set": (role, {"member_of": {"b", "a"}}, {"member_of": ("a", "b")}),
    "members": (role, {"members": ["b"]}, {"members": ("b",)}),
    "a word in capitals": (function, {"volatility": "STABLE"}, {"volatility": "stable"}),
    "timing": (trigger, {"timing": "Instead  Of"}, {"timing": "instead of"}),
    "events": (trigger, {"events": ["INSERT", "Update"]}, {"events": ("insert", "update")}),
    "one event": (trigger, {"events": "UPDATE"}, {"events": ("update",)}),
    "a list for a pair": (trigger, {"function": ["app", "f"]}, {"function": ("app", "f")}),
    "arguments": (trigger, {"arguments": ["", "a"]}, {"arguments": ("", "a")}),
    "update columns": (trigger, {"update_columns": "a"}, {"update_columns": ("a",)}),
    "a mapping": (view, {"options": {"security_barrier": "true"}}, {"options": (("security_barrier", "true"),)}),
    "lists of pairs": (view, {"depends_on": [["app", "t"]]}, {"depends_on": (("app", "t"),)}),
    "settings": (function, {"settings": {"work_mem": "4MB"}}, {"settings": (("work_mem", "4MB"),)}),
    "roles": (policy, {"roles": "anon"}, {"roles": ("anon",)}),
}


@pytest.mark.parametrize("name", SAME)
def test_what_means_the_same_is_the_same(name: str) -> None:
    """A list for a tuple was a bare TypeError, a word in capitals a difference that came back with each revision."""
    make, given, kept = SAME[name]
    assert make(**kept) == make(**given)
    assert hash(make(**kept)) == hash(make(**given))


WRONG: dict[str, tuple[Make, dict[str, object], str]] = {
    "no result": (function, {"returns": ""}, "returns is ''"),
    "blank language": (function, {"language": " "}, "language is ' '"),
    "no body": (function, {"body": "\n"}, "its body is empty"),
    "no name": (function, {"name": ""}, "name is ''"),
    "no schema": (function, {"schema": None}, "schema is None"),
    "a zero byte": (function, {"name": "a\0b"}, "name is 'a\\x00b'"),
    "volatility": (function, {"volatility": "stabel"}, "volatility is 'stabel'"),
    "a word for a flag": (function, {"strict": "no"}, "strict is 'no'"),
    "an argument": (function, {"arguments": "a integer, "}, 'one of the arguments "a integer, " has no type'),
    "settings": (function, {"settings": "work_mem=4MB"}, "settings is 'work_mem=4MB'"),
    "flat pairs": (function, {"depends_on": ("app", "t")}, "depends_on is ('app', 't')"),
    "a number": (function, {"depends_on": 5}, "depends_on is 5"),
    "timing": (trigger, {"timing": "while"}, "timing is 'while'"),
    "an event": (trigger, {"events": ("insert", "deletes")}, "events is ('insert', 'deletes')"),
    "no event": (trigger, {"events": ()}, "events is ()"),
    "a name for a pair": (trigger, {"function": "app.f"}, "function is 'app.f'"),
    "columns of another event": (
        trigger,
        {"events": ("insert",), "update_columns": ("a",)},
        "it has update_columns and does not fire on update",
    ),
    "deferred": (trigger, {"initially_deferred": True}, "it is to be deferred and is no constraint trigger"),
    "deferrable": (trigger, {"deferrable": True}, "it is to be deferred and is no constraint trigger"),
    "a blank condition": (trigger, {"when": ""}, "when is ''"),
    "no privilege": (grant, {"privileges": ()}, "privileges is ()"),
    "an empty privilege": (grant, {"privileges": ("",)}, "privileges is ('',)"),
    "no grantee": (grant, {"to": ""}, "to is ''"),
    "numbers": (grant, {"privileges": (1,)}, "privileges is (1,)"),
    "on nothing": (grant, {"name": None}, "it is on a table without a name"),
    "columns of a function": (grant, {"on": "function", "columns": "a"}, "it names columns of a function"),
    "an option for everyone": (grant, {"to": "public", "grantable": True}, "PUBLIC cannot have the grant option"),
    "no role": (policy, {"roles": ()}, "roles is ()"),
    "no condition": (policy, {"using": " "}, "using is ' '"),
    "no query": (view, {"query": ""}, "query is ''"),
    "options": (view, {"options": {"security_barrier": True}}, "options is {'security_barrier': True}"),
    "a role without a name": (role, {"name": ""}, "name is ''"),
    "a schema without a name": (schema, {"name": ""}, "name is ''"),
    "a variable": (role, {"password_variable": ""}, "password_variable is ''"),
    "on delete": (key, {"ondelete": "cascde"}, "ondelete is 'cascde'"),
    "on update": (key, {"onupdate": 1}, "onupdate is 1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_means_nothing_is_refused_on_its_line(name: str) -> None:
    """It came out as SQL that PostgreSQL refuses, or was left out of it without a word."""
    make, given, what = WRONG[name]
    with pytest.raises(PGCraftValidationError) as caught:
        make(**given)
    assert caught.value.code == "PGC156"
    assert caught.value.what.endswith(f": {what}")
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("test_given.py")
    assert caught.value.remedy


def test_the_word_that_was_meant_is_shown() -> None:
    with pytest.raises(PGCraftValidationError, match="did you mean stable"):
        function(volatility="stabel")
    with pytest.raises(PGCraftValidationError, match="did you mean CASCADE"):
        key(ondelete="cascde")


def test_a_function_in_sql_may_do_nothing() -> None:
    assert function(language="SQL", body="", returns="void") == function(language="SQL", body="", returns="void")


@pytest.mark.parametrize("action", ["cascade", "set null (a)", "NO  ACTION", None])
def test_actions_of_foreign_keys_are_taken_in_any_case(action: str | None) -> None:
    key(ondelete=action, onupdate=action)


def test_a_privilege_that_columns_do_not_have_is_an_error() -> None:
    metadata = MetaData()
    register_grant(metadata, GrantDefinition(privileges="delete", to="anon", schema="app", name="t", columns="a"))
    with pytest.raises(PGCraftValidationError, match='PGC151: there is no privilege "delete" on a column'):
        collect(metadata)


def test_all_privileges_on_columns_are_those_that_columns_have() -> None:
    metadata = MetaData()
    register_grant(metadata, GrantDefinition(privileges="all", to="anon", schema="app", name="t", columns="a"))
    (item,) = (each for each in collect(metadata).objects if each.id.kind == "grant")
    assert ("insert", "references", "select", "update") == tuple(name for name, _ in item.definition.columns)

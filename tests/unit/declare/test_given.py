"""What definitions are given: forms that mean the same are one, and what means nothing is refused where it stands."""

from collections.abc import Callable

import pytest
from sqlalchemy import Column, Index, MetaData, Table

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
from pgcraft.models.given import Unfit, some_words, word


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


TEXT, NAMES, SOME, PAIRS = (
    "give a text that is not empty",
    "give names that are not empty",
    "give at least one name",
    'give pairs of texts: (("a", "b"), …)',
)
VOLATILITY = "give one of volatile, stable, immutable"
TIMING = "give one of before, after, instead of"
EVENTS = "give one of insert, update, delete, truncate"
ACTIONS = "give one of CASCADE, SET NULL, SET DEFAULT, RESTRICT, NO ACTION"
DEFERRED = "it is to be deferred and is no constraint trigger"

WRONG: dict[str, tuple[Make, dict[str, object], str, str]] = {
    "no result": (function, {"returns": ""}, "returns is ''", f"{TEXT}, or is_procedure=True"),
    "blank language": (function, {"language": " "}, "language is ' '", TEXT),
    "no body": (function, {"body": "\n"}, "its body is empty", "write it: BEGIN … END"),
    "no name": (function, {"name": ""}, "name is ''", TEXT),
    "no schema": (function, {"schema": None}, "schema is None", TEXT),
    "a zero byte": (function, {"name": "a\0b"}, "name is 'a\\x00b'", TEXT),
    "volatility": (function, {"volatility": "stabel"}, "volatility is 'stabel'", f"{VOLATILITY}; did you mean stable?"),
    "no volatility": (function, {"volatility": None}, "volatility is None", VOLATILITY),
    "a word for a flag": (function, {"strict": "no"}, "strict is 'no'", "give True or False"),
    "an argument": (
        function,
        {"arguments": "a integer, "},
        'one of the arguments "a integer, " has no type',
        "write them as in CREATE FUNCTION",
    ),
    "settings": (function, {"settings": "work_mem=4MB"}, "settings is 'work_mem=4MB'", PAIRS),
    "flat pairs": (function, {"depends_on": ("app", "t")}, "depends_on is ('app', 't')", PAIRS),
    "a number": (function, {"depends_on": 5}, "depends_on is 5", PAIRS),
    "a pair without a name": (function, {"settings": (("", "a"),)}, "settings is (('', 'a'),)", PAIRS),
    "timing": (trigger, {"timing": "while"}, "timing is 'while'", TIMING),
    "an event": (
        trigger,
        {"events": ("insert", "deletes")},
        "events is ('insert', 'deletes')",
        f"{EVENTS}; did you mean delete?",
    ),
    "no event": (trigger, {"events": ()}, "events is ()", SOME),
    "a name for a pair": (
        trigger,
        {"function": "app.f"},
        "function is 'app.f'",
        'give two texts: ("schema", "name")',
    ),
    "half a pair": (
        trigger,
        {"function": ("app", "")},
        "function is ('app', '')",
        'give two texts: ("schema", "name")',
    ),
    "columns of another event": (
        trigger,
        {"events": ("insert",), "update_columns": ("a",)},
        "it has update_columns and does not fire on update",
        'add "update" to its events',
    ),
    "deferred": (trigger, {"initially_deferred": True}, DEFERRED, "give is_constraint=True"),
    "deferrable": (trigger, {"deferrable": True}, DEFERRED, "give is_constraint=True"),
    "a blank condition": (trigger, {"when": ""}, "when is ''", TEXT),
    "no privilege": (grant, {"privileges": ()}, "privileges is ()", SOME),
    "an empty privilege": (grant, {"privileges": ("",)}, "privileges is ('',)", NAMES),
    "no grantee": (grant, {"to": ""}, "to is ''", TEXT),
    "numbers": (grant, {"privileges": (1,)}, "privileges is (1,)", "give a list of texts"),
    "on nothing": (grant, {"name": None}, "it is on a table without a name", 'give name=…, or on="schema"'),
    "columns of a function": (
        grant,
        {"on": "function", "columns": "a"},
        "it names columns of a function",
        "leave columns out: tables and views have them",
    ),
    "an option for everyone": (
        grant,
        {"to": "public", "grantable": True},
        "PUBLIC cannot have the grant option",
        "name roles, or take grantable out",
    ),
    "a result of a procedure": (
        function,
        {"is_procedure": True},
        "it is a procedure and returns 'integer'",
        "leave returns out; OUT arguments give values",
    ),
    "a volatile procedure": (
        function,
        {"is_procedure": True, "returns": "", "volatility": "stable"},
        "it is a procedure with facts of a function",
        "leave volatility, strict, cost and parallel out",
    ),
    "a program that is SQL": (
        function,
        {"is_atomic": True},
        "its body is SQL itself, and its language plpgsql",
        'give language="sql"',
    ),
    "no cost": (function, {"cost": 0}, "cost is 0", "give a number above 0, or None"),
    "no role": (policy, {"roles": ()}, "roles is ()", SOME),
    "no condition": (policy, {"using": " "}, "using is ' '", TEXT),
    "no query": (view, {"query": ""}, "query is ''", TEXT),
    "options": (view, {"options": {"security_barrier": True}}, "options is {'security_barrier': True}", PAIRS),
    "indexes of what keeps no rows": (
        view,
        {"indexes": (Index("i", "a", _table=Table("v", MetaData(), Column("a"))),)},
        "it has indexes and keeps no rows",
        "give is_materialized=True, or index the tables that it reads",
    ),
    "an index of another table": (
        view,
        {"is_materialized": True, "indexes": (Index("i", "a", _table=Table("w", MetaData(), Column("a"))),)},
        "one of its indexes is of another table",
        "make it on a Table of the view's name and columns",
    ),
    "an index of no table": (
        view,
        {"is_materialized": True, "indexes": (Index("i", "a"),)},
        "one of its indexes is of another table",
        "make it on a Table of the view's name and columns",
    ),
    "a role without a name": (role, {"name": ""}, "name is ''", TEXT),
    "a schema without a name": (schema, {"name": ""}, "name is ''", TEXT),
    "a variable": (role, {"password_variable": ""}, "password_variable is ''", TEXT),
    "on delete": (key, {"ondelete": "cascde"}, "ondelete is 'cascde'", f"{ACTIONS}; did you mean CASCADE?"),
    "on update": (key, {"onupdate": 1}, "onupdate is 1", ACTIONS),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_means_nothing_is_refused_on_its_line(name: str) -> None:
    """It came out as SQL that PostgreSQL refuses, or was left out of it without a word."""
    make, given, what, remedy = WRONG[name]
    with pytest.raises(PGCraftValidationError) as caught:
        make(**given)
    error = caught.value
    assert ("PGC156", remedy) == (error.code, error.remedy)
    assert error.what.endswith(f": {what}")
    assert error.place is not None
    assert error.place.file.endswith("test_given.py")
    assert error.place.subject == error.what.partition(":")[0].partition(" ")[0]


@pytest.mark.parametrize("given", ["instead of", "Instead  OF", " instead\nof "])
def test_a_word_is_taken_in_any_case(given: str) -> None:
    """The forms of definitions are made when their module is imported; these are made here."""
    assert "instead of" == word("before", "instead of")(given)
    assert ("before", "instead of") == some_words("before", "instead of")(["BEFORE", given])


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("befor", "one of before, after; did you mean before?"),
        ("while", "one of before, after"),
        (5, "one of before, after"),
    ],
)
def test_another_word_is_refused(given: object, text: str) -> None:
    for form, value in ((word, given), (some_words, [str(given)])):
        with pytest.raises(Unfit) as caught:
            form("before", "after")(value)
        assert text == str(caught.value)


LABELS: dict[str, tuple[Make, dict[str, object]]] = {
    'FunctionDefinition "app.f"': (function, {"strict": 1}),
    'FunctionDefinition "f"': (function, {"schema": None}),
    'TriggerDefinition "app.w"': (trigger, {"when": ""}),
    'GrantDefinition "app.t"': (grant, {"to": ""}),
    'GrantDefinition "app"': (grant, {"name": 5}),
    'PolicyDefinition "app.own"': (policy, {"roles": ()}),
    'ViewDefinition "app.v"': (view, {"is_materialized": 1}),
    'RoleDefinition "anon"': (role, {"login": 1}),
    'SchemaDefinition ""': (schema, {"name": 5}),
    "PGCraftFK": (key, {"onupdate": 1}),
}


@pytest.mark.parametrize("label", LABELS)
def test_what_is_refused_is_named_as_far_as_it_has_a_name(label: str) -> None:
    make, given = LABELS[label]
    with pytest.raises(PGCraftValidationError) as caught:
        make(**given)
    assert label == caught.value.what.partition(": ")[0]


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

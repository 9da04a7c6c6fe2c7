"""What cannot be collected is told whole: code, object, place and remedy, as a user reads it."""

from collections.abc import Callable

import pytest
from sqlalchemy import Column, DateTime, Enum, Integer, MetaData, Table
from sqlalchemy.dialects.postgresql import DOMAIN, TEXT
from sqlalchemy.exc import CompileError

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.collect import collect
from pgcraft.collect.compiling import naming
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.models import (
    DomainDefinition,
    FunctionDefinition,
    GrantDefinition,
    PolicyDefinition,
    ViewDefinition,
    register_domain,
    register_function,
    register_grant,
    register_policy,
    register_view,
)
from pgcraft.models.provenance import origin_scope, stamp
from pgcraft.models.register import register_row_rules

Declare = Callable[[MetaData], None]
ERRORS: dict[str, tuple[Declare, str]] = {}
"""By what is wrong: what declares it, and the whole text of the error."""


def refused(text: str) -> Callable[[Declare], Declare]:
    def keep(declare: Declare) -> Declare:
        ERRORS[declare.__name__] = (declare, text)
        return declare

    return keep


def declare_at(line: int, register: Callable[..., None], metadata: MetaData, *definitions: object) -> None:
    with origin_scope(Layer.USER, "here", place=("models.py", line)):
        for definition in definitions:
            register(metadata, definition)


def table(metadata: MetaData, name: str, *columns: Column[object], line: int = 0, schema: str = "app") -> Table:
    made = Table(name, metadata, *(columns or (Column("a", Integer),)), schema=schema)
    if line:
        stamp(made, (Origin(Layer.FACTORY, 'PGCraftSimple("t")', "models.py", line),))
    return made


def function(name: str = "f", body: str = "BEGIN END", **facts: object) -> FunctionDefinition:
    return FunctionDefinition(**{"schema": "app", "name": name, "returns": "void", "body": body} | facts)  # type: ignore[arg-type]


def view(name: str = "v", query: object = "SELECT a FROM app.t", **facts: object) -> ViewDefinition:
    return ViewDefinition(schema="app", name=name, query=query, **facts)  # type: ignore[arg-type]


def policy(**facts: object) -> PolicyDefinition:
    return PolicyDefinition(**{"schema": "app", "table": "t", "name": "own", "using": "true"} | facts)  # type: ignore[arg-type]


def grant(**facts: object) -> GrantDefinition:
    return GrantDefinition(**{"privileges": "select", "to": "anon", "schema": "app", "name": "t"} | facts)  # type: ignore[arg-type]


def secure(metadata: MetaData, *, force: bool = False) -> None:
    table(metadata, "t")
    declare_at(1, register_policy, metadata, policy(force=force))


@refused(
    "PGC120: function app.f(integer) is declared twice, and the two differ\n"
    "  at models.py:2, here\n"
    "  the first stands at models.py:1, here; rename one of them"
)
def one_signature(metadata: MetaData) -> None:
    declare_at(1, register_function, metadata, function(arguments="a int"))
    declare_at(2, register_function, metadata, function(arguments="b integer"))


@refused("PGC120: function app.f(integer) is declared twice, and the two differ\n  rename one of them")
def one_signature_at_no_known_place(metadata: MetaData) -> None:
    for arguments in ("a int", "b integer"):
        register_function(metadata, function(arguments=arguments))


@refused(
    "PGC152: view app.t bears the name of the table app.t\n"
    "  at models.py:2, here\n"
    '  the first stands at models.py:1, PGCraftSimple("t"); tables, views, sequences and indexes of a schema share one'
    " set of names; rename one of the two"
)
def one_relation_name(metadata: MetaData) -> None:
    table(metadata, "t", line=1)
    declare_at(2, register_view, metadata, view("t", "SELECT 1"))


@refused(
    f"PGC153: the name of table app.{'n' * 64} is 64 bytes long, and PostgreSQL keeps 63\n"
    '  at models.py:7, PGCraftSimple("t")\n'
    "  choose a shorter name"
)
def a_long_name(metadata: MetaData) -> None:
    table(metadata, "n" * 64, line=7)


@refused(
    'PGC155: a grant to "anon" on app.t says on="view"\n'
    "  at models.py:4\n"
    "  write one of table, schema, sequence, function; views are granted on as tables"
)
def a_grant_on_no_kind(metadata: MetaData) -> None:
    declare_at(4, register_grant, metadata, grant(on="view"))


@refused(
    'PGC151: there is no privilege "selct" on a table, granted on app.t to "anon"\n'
    "  at models.py:4\n"
    '  did you mean "select"?'
)
def a_privilege_that_is_misspelt(metadata: MetaData) -> None:
    declare_at(4, register_grant, metadata, grant(privileges=("insert", "selct")))


@refused(
    'PGC151: there is no privilege "fly" on a column, granted on app.t to "anon"\n'
    "  at models.py:4\n"
    "  the privileges are: insert, references, select, update"
)
def a_privilege_that_is_none(metadata: MetaData) -> None:
    declare_at(4, register_grant, metadata, grant(privileges="fly", columns="a"))


@refused(
    'PGC151: there is no privilege "select" on a schema, granted on app. to "anon"\n'
    "  at models.py:4\n"
    "  the privileges are: create, usage"
)
def a_privilege_of_another_kind(metadata: MetaData) -> None:
    declare_at(4, register_grant, metadata, grant(on="schema", name=None))


@refused(
    'PGC160: policy "own" is for app.docz, which is neither a table nor a resource of the models\n'
    "  at models.py:5\n"
    "  did you mean app.docs? declare it for the table or the resource whose rows it is about; views over that hold it"
)
def a_policy_for_a_misspelt_table(metadata: MetaData) -> None:
    table(metadata, "docs")
    declare_at(5, register_policy, metadata, policy(table="docz"))


@refused(
    'PGC160: policy "own" is for app.notez, which is neither a table nor a resource of the models\n'
    "  at models.py:5\n"
    "  did you mean app.notes? declare it for the table or the resource whose rows it is about; views over that hold it"
)
def a_policy_for_a_misspelt_resource(metadata: MetaData) -> None:
    register_row_rules(metadata, "app", "notes", lambda _: ())
    declare_at(5, register_policy, metadata, policy(table="notez"))


@refused(
    'PGC160: policy "own" is for app.t, which is a view: row security stands on tables\n'
    "  at models.py:5\n"
    "  declare it for the table or the resource whose rows it is about; views over that hold it"
)
def a_policy_for_a_view(metadata: MetaData) -> None:
    table(metadata, "tt")
    register_view(metadata, view("t", "SELECT 1"))
    declare_at(5, register_policy, metadata, policy())


@refused(
    'PGC164: policy "own" of app.t is for command "read"\n'
    "  at models.py:5\n"
    "  write one of all, select, insert, update, delete"
)
def a_policy_for_no_command(metadata: MetaData) -> None:
    table(metadata, "t")
    declare_at(5, register_policy, metadata, policy(command="read"))


@refused('PGC164: policy "own" of app.t is for insert and has using\n  at models.py:5\n  give check alone')
def a_policy_that_sees_what_is_inserted(metadata: MetaData) -> None:
    table(metadata, "t")
    declare_at(5, register_policy, metadata, policy(command="INSERT", check="true"))


@refused('PGC164: policy "own" of app.t is for delete and has check\n  at models.py:5\n  give using alone')
def a_policy_that_checks_what_is_deleted(metadata: MetaData) -> None:
    table(metadata, "t")
    declare_at(5, register_policy, metadata, policy(command="delete", check="true"))


@refused(
    'PGC120: policy "own" on app.t is declared twice, and the two differ\n'
    "  at models.py:6\n"
    "  the first stands at models.py:5; rename one of them"
)
def two_policies_that_land_on_one_table(metadata: MetaData) -> None:
    table(metadata, "t")
    register_row_rules(metadata, "app", "notes", lambda given: (policy(using=given.using),))
    declare_at(5, register_policy, metadata, policy())
    declare_at(6, register_policy, metadata, policy(table="notes", using="false"))


@refused(
    "PGC166: column app.t.at has the value 'now()': PostgreSQL reads 'now' once, and keeps the time at which it did\n"
    '  at models.py:3, PGCraftSimple("t")\n'
    '  for the time at which a row comes, write func.now() or text("now()"), without quotes inside;\n'
    "  for one time for good, write that: '2026-01-02 03:04'"
)
def a_time_of_then(metadata: MetaData) -> None:
    table(metadata, "t", Column("at", DateTime, server_default="now()"), line=3)


SAYS = "or say bypass_row_security=True where it may show the rows of everyone\n  the policy stands at models.py:1"


@refused(
    'PGC161: policy "own" of app.t cannot hold in view app.v, which asks as its owner\n'
    "  at models.py:5\n"
    f"  take security_invoker out of its options, {SAYS}"
)
def a_view_that_asks_as_its_owner(metadata: MetaData) -> None:
    secure(metadata)
    declare_at(5, register_view, metadata, view(options={"security_invoker": "OFF"}))


@refused(
    'PGC161: policy "own" of app.t cannot hold in materialized view app.v, which keeps the rows that its owner sees\n'
    "  at models.py:5\n"
    f"  make it a plain view, which asks as its reader, {SAYS}"
)
def a_view_that_keeps_rows(metadata: MetaData) -> None:
    secure(metadata)
    declare_at(5, register_view, metadata, view(is_materialized=True))


@refused(
    'PGC161: policy "own" of app.t cannot hold in function app.f(), which runs as its owner\n'
    "  at models.py:5\n"
    f"  let it run with its caller's rights: security_definer=False, {SAYS}"
)
def a_function_that_runs_as_its_owner(metadata: MetaData) -> None:
    secure(metadata)
    body = "BEGIN PERFORM a FROM app.t; END"
    declare_at(5, register_function, metadata, function(body=body, security_definer=True))


@refused(
    'PGC162: policy "own" of app.t has force=True and holds the owner too, as whom materialized view app.v must see'
    " every row\n"
    "  at models.py:1\n"
    "  take force=True out: views and functions over the table ask as their caller without it\n"
    "  the materialized view stands at models.py:5"
)
def a_view_that_must_see_every_row(metadata: MetaData) -> None:
    secure(metadata, force=True)
    declare_at(5, register_view, metadata, view(is_materialized=True, bypass_row_security=True))


@refused(
    "PGC154: enum app.state is declared with two sets of values: new, old; and new\n"
    '  at models.py:2, PGCraftSimple("t")\n'
    "  use one Enum for both columns, or give the two different names\n"
    '  the first stands at models.py:1, PGCraftSimple("t")'
)
def one_enum_with_two_sets_of_values(metadata: MetaData) -> None:
    for line, values in ((1, ("new", "old")), (2, ("new",))):
        table(metadata, f"t{line}", Column("a", Enum(*values, name="state", schema="app")), line=line)


@refused(
    "PGC154: domain app.code is declared twice, and the two differ\n"
    "  use one domain for both columns, or give the two different names"
)
def one_domain_with_two_checks(metadata: MetaData) -> None:
    domains = [DOMAIN("code", TEXT(), schema="app", check=f"VALUE <> '{letter}'") for letter in "ab"]
    table(metadata, "t", Column("a", domains[0]), Column("b", domains[1]))


@refused(
    "PGC154: domain app.code is declared twice, and the two differ\n"
    '  at models.py:2, PGCraftSimple("t")\n'
    "  use one domain for both columns, or give the two different names\n"
    "  the first stands at models.py:1, here"
)
def one_domain_registered_and_of_a_column(metadata: MetaData) -> None:
    domain = DomainDefinition(schema="app", name="code", type="text", nullable=False)
    declare_at(1, register_domain, metadata, domain)
    table(metadata, "t", Column("a", DOMAIN("code", TEXT(), schema="app", default="x")), line=2)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_told_in_these_words(name: str) -> None:
    declare, text = ERRORS[name]
    metadata = MetaData()
    declare(metadata)
    with pytest.raises(PGCraftValidationError) as caught:
        collect(metadata)
    assert text == str(caught.value)


@pytest.mark.parametrize("error", [CompileError, NotImplementedError, TypeError])
@pytest.mark.parametrize("place", [None, Place("models.py", 9)])
def test_what_has_no_text_is_told_with_the_first_line_of_why(error: type[Exception], place: Place | None) -> None:
    object_id = ObjectId(Kind.TABLE, "app", "t").column("a")
    origins = (Origin(Layer.PLUGIN, "P"), Origin(Layer.FACTORY, "F", "models.py", 3))
    with pytest.raises(PGCraftValidationError) as caught, naming(object_id, origins, place):
        raise error("no text\nfor this")
    assert (
        "PGC150: column app.t.a cannot be written as SQL: no text\n"
        f"  at {place or 'models.py:3, F'}\n"
        "  give each column a type, and write values that have no SQL form with text() or cast()"
    ) == str(caught.value)
    assert (error, "no text\nfor this") == (type(caught.value.__cause__), caught.value.detail)


@pytest.mark.parametrize("old", ["", 7, None])
def test_an_old_name_is_a_name(old: object) -> None:
    metadata = MetaData()
    Table("t", metadata, Column("a", Integer, info={"renamed_from": old}))
    with pytest.raises(PGCraftValidationError, match="is renamed from") as caught:
        collect(metadata)
    assert "PGC157" == caught.value.code

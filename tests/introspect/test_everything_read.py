"""All that a database can have is read as it is: each kind with each option, against what was written out by hand."""

from dataclasses import replace

import psycopg
import pytest

from pgcraft.catalog.definitions import Definition
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.devdb.server.servers import Server
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.introspect import read_catalog, read_texts, read_unmodelled
from tests.introspect.everything import ROLES, SQL, expect
from tests.support.databases import drop_roles, fresh_database

pytestmark = pytest.mark.each_server

NEEDS = {
    r'role "Er \"R\" x"': {"role er_group", "role er_other"},
    "extension hstore": {'schema "Sales Dept"'},
    "domain app.word": {"function app.is_fine(text)"},
    "domain app.narrow": {"domain app.word"},
    "table app.child": {"table app.base"},
    "index codes on app.parent": {"table app.parent"},
    "index hashed on app.parent": {"table app.parent"},
    "trigger checked on app.parent": {"table app.parent", "function app.noop()"},
    "statistics St on app.Order": {"table app.Order", "column app.Order.name", "column app.Order.parent"},
    "statistics one on app.m": {"materialized view app.m"},
    r'defaults app."tables to Er \"R\" x"': {r'role "Er \"R\" x"'},
    'defaults "schemas to er_other of er_keeper"': {"role er_other", "role er_keeper"},
    'defaults "functions to PUBLIC of er_keeper"': {"role er_keeper"},
    "publication er_of_schemas": {"schema app"},
    'published "Ne ws" on app.parent': {
        *('publication "Ne ws"', "table app.parent", "column app.parent.id", "column app.parent.code"),
    },
    'published "Ne ws" on app.whole': {'publication "Ne ws"', "table app.whole"},
    "function app.Sum(text)": {"function app.Add(integer, text)"},
    "column app.Order.borrowed": {"sequence app.counter"},
    "composite app.Pair": {"domain app.word"},
    "range app.span": {"function app.apart(text, text)"},
    'function app.spans(app."Spans"[])': {"range app.span", "range app.timerange"},
    "column app.Order.state": {"enum app.state"},
    "column app.Order.states": {"enum app.state"},
    "column app.Order.word": {"domain app.word"},
    "column app.Order.words": {"domain app.word"},
    "column app.Order.whole": {"table app.parent"},
    "constraint fk on app.Order": {"table app.parent"},
    'constraint "by index" on app.Order': {"table app.parent", "index codes on app.parent"},
    "constraint own on app.Order": {"table app.Order"},
    "constraint late on app.Order": {"function app.is_fine(text)"},
    "index Ix on app.Order": {"table app.Order"},
    'trigger "WHEN (" on app.Order': {"table app.Order", "function app.noop()"},
    "trigger emptied on app.Order": {"table app.Order", "function app.noop()"},
    "trigger moved on app.Order": {"table app.Order", "function app.noop()"},
    "policy Own on app.Order": {"table app.Order", r'role "Er \"R\" x"', "role er_other"},
    "policy reads on app.Order": {"table app.Order", "table app.parent"},
    "policy adds on app.Order": {"table app.Order"},
    "policy removes on app.Order": {"table app.Order"},
    "policy everything on app.Order": {"table app.Order"},
    "index whole_a on app.whole": {"table app.whole"},
    "partition app.part": {"table app.whole"},
    "partition app.rest": {"table app.whole"},
    'partition "Sales Dept".Part': {"partition app.part"},
    "view app.v": {"sequence app.counter", "table app.Order", "column app.Order.id", "column app.Order.name"},
    "trigger written on app.v": {"view app.v", "function app.noop()"},
    'view "Sales Dept".stacked': {"view app.v"},
    "materialized view app.m": {"table app.parent", "column app.parent.code", "sequence app.counter"},
    "index m_code on app.m": {"materialized view app.m"},
    "function app.f(integer, app.state[])": {"table app.parent", "enum app.state"},
    r'grant on table app.Order to "Er \"R\" x"': {"table app.Order", r'role "Er \"R\" x"'},
    "grant on view app.v to er_other": {"view app.v", "role er_other"},
    "grant on view app.m to er_other": {"materialized view app.m", "role er_other"},
    "grant on view app.m to PUBLIC": {"materialized view app.m"},
    "grant on sequence app.counter to er_other": {"sequence app.counter", "role er_other"},
    "grant on schema app to PUBLIC": {"schema app"},
    "grant on schema app to er_other": {"schema app", "role er_other"},
    "grant on function app.f(integer, app.state[]) to er_other": {
        "function app.f(integer, app.state[])",
        "role er_other",
    },
    "grant on function app.p() to er_other": {"function app.p()", "role er_other"},
}
"""What each object needs, beside the schema that it is in."""

NOTES = (
    "access method er_kept is left alone: pgcraft does not model it",
    "collation app.mine is left alone: pgcraft does not model it",
    "index of a partition part_b on Sales Dept.Part is left alone: pgcraft does not model it",
)


KINDS_WITH_TEXTS = (
    *(
        Kind.ENUM,
        Kind.DOMAIN,
        Kind.COMPOSITE,
        Kind.RANGE,
        Kind.TABLE,
        Kind.COLUMN,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.CONSTRAINT,
        Kind.INDEX,
        Kind.PARTITION,
    ),
    *(Kind.FUNCTION, Kind.STATISTICS, Kind.TRIGGER, Kind.POLICY, Kind.PUBLISHED),
)


def test_a_database_with_everything_is_read_as_it_is(server: Server) -> None:
    """Whatever a reader passes over, a comparison with the models finds again and again, or never."""
    try:
        with fresh_database(server) as database, database.connect() as connection:
            connection.execute(SQL.encode())
            connection.execute(b'SET search_path = app, "it\'s"')
            look_at_all(connection, expect(database.major), database.major)
            look_at_some(connection, expect(database.major))
    finally:
        drop_roles(server)


def look_at_all(connection: psycopg.Connection[tuple[str]], expected: dict[str, Definition], major: int) -> None:
    """Read everything, once for comparing and once with what depends on what."""
    paths: list[str] = []

    def fetch(query: str) -> list[tuple[str]]:
        paths.extend(connection.execute(b"SHOW search_path").fetchone() or ())
        return connection.execute(query.encode()).fetchall()

    roles = set(ROLES) - {"er_unwanted"}
    plain = read_catalog(fetch, roles=roles, is_linked=False)
    assert sorted(expected) == sorted(by_line(plain))
    for line, definition in by_line(plain).items():
        assert (line, expected[line]) == (line, definition)
    assert ((), [], major) == (
        plain.notes,
        [item.id for item in plain.objects if item.depends_on],
        plain.server_version,
    )
    assert ['app, "it\'s"', ""] == list(dict.fromkeys(paths)), "names are printed in full meanwhile"
    assert 'app, "it\'s"' == fetch("SHOW search_path")[0][0]
    linked = read_catalog(connection, roles=roles)
    assert (expected, major) == (by_line(linked), linked.server_version)
    needs = {str(item.id): set(map(str, set(item.depends_on) - {schema_of(item.id)})) for item in linked.objects}
    assert NEEDS == {line: needed for line, needed in needs.items() if needed}
    assert NOTES == read_unmodelled(connection)


def look_at_some(connection: psycopg.Connection[tuple[str]], expected: dict[str, Definition]) -> None:
    """Read a part of it: by schema and role, and what PostgreSQL keeps in words of its own."""
    sales = read_catalog(connection, schemas=["Sales Dept", "it's"], roles=["er_unwanted"])
    lines = {line for line in expected if "Sales Dept" in line}
    anywhere = {
        "role er_unwanted",
        "extension hstore",
        *(line for line in expected if line.startswith(('defaults "', "publication "))),
    }
    assert lines | anywhere == set(by_line(sales))
    texts = read_texts(connection, schemas=["app"])
    kinds = {parse_id(line).kind for line in by_line(texts)}
    assert set(KINDS_WITH_TEXTS) == kinds
    in_app = (line for line in expected if parse_id(line).kind in kinds and parse_id(line).schema == "app")
    assert {line: expected[line] for line in in_app} == by_line(texts)


def by_line(catalog: Catalog) -> dict[str, Definition]:
    return {str(item.id): without_usual_owner(item.definition) for item in catalog.objects}


def without_usual_owner(definition: Definition) -> Definition:
    """Leave out who made nearly all of it."""
    if getattr(definition, "owner", None) == "postgres":
        return replace(definition, owner=None)  # type: ignore[call-arg]
    return definition


def schema_of(object_id: ObjectId) -> ObjectId:
    return ObjectId(Kind.SCHEMA, None, str(object_id.schema))


_ASKED = "(SELECT pg_catalog.json_build_array(pg_catalog.json_agg"
"""How a query begins whose rows are asked for with others'."""


def test_the_oldest_server_is_read_and_what_is_not_linked_asks_less() -> None:
    queries: list[str] = []

    def fetch(query: str) -> list[tuple[object, ...]]:
        queries.append(query)
        if "server_version_num" in query:
            return [(150000,)]
        return [("public", "on")] if "_setting('search_path')" in query else [(None,) * query.count(_ASKED)]

    linked, asked = read_catalog(fetch), len(queries)
    plain = read_catalog(fetch, is_linked=False)
    assert ((15, ()), (15, ())) == tuple((each.server_version, each.objects) for each in (linked, plain))
    assert 5 == asked == len(queries) - asked, "version, settings, everything, settings again"
    assert queries[3].count(_ASKED) - 1 == queries[8].count(_ASKED)
    assert (
        queries[4]
        == "SELECT pg_catalog.set_config('search_path', 'public', false), pg_catalog.set_config('jit', 'on', false)"
    )


def test_a_server_that_is_too_old_is_told_what_to_do() -> None:
    with pytest.raises(PGCraftDatabaseError) as raised:
        read_catalog(lambda _: [(140018,)])
    assert "PGC508" == raised.value.code
    assert "the server is PostgreSQL 14, and pgcraft reads 15 and newer" in str(raised.value)
    assert "use a server of PostgreSQL 15 or newer" == raised.value.remedy

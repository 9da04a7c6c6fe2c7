"""What leads from one catalog to another, and what is left alone on the way."""

from dataclasses import replace

from pgcraft.catalog.definitions import Column, Constraint, Function, Policy, Schema, Table
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.diff.casts import Casting
from pgcraft.diff.compare import compare_catalogs
from pgcraft.diff.mending import Comparison, plan_mending
from pgcraft.diff.narrowing import find_bare_schema, find_version_tables, leave_out
from pgcraft.diff.owners import find_other_owners, find_usual_owner
from pgcraft.diff.renamed import Renamed, find_renamed, take_names

DOCS, MINE = (ObjectId(Kind.TABLE, "app", name) for name in ("docs", "mine"))
APP = CatalogObject(ObjectId(Kind.SCHEMA, None, "app"), Schema())


def table(table_id: ObjectId, *columns: str, policies: tuple[str, ...] = (), key: str = "pk") -> list[CatalogObject]:
    constraint = table_id.part(Kind.CONSTRAINT, key)
    parts = (*map(table_id.column, columns), constraint, *(table_id.part(Kind.POLICY, name) for name in policies))
    needs = (APP.id,)
    return [
        CatalogObject(table_id, Table(), parts, needs),
        *(CatalogObject(table_id.column(name), Column(at, "integer"), (), needs) for at, name in enumerate(columns, 1)),
        CatalogObject(constraint, Constraint("primary key", ("id",), "PRIMARY KEY (id)"), (), needs),
        *(CatalogObject(table_id.part(Kind.POLICY, name), Policy(using="true"), (), (table_id,)) for name in policies),
    ]


def mend(current: Catalog, wanted: Catalog, *, drops: bool) -> tuple[list[str], list[str]]:
    renamed = find_renamed(current, wanted)
    taken = take_names(wanted, renamed)
    compared = Comparison(current, taken, compare_catalogs(current, taken), renamed)
    found = plan_mending(compared, cast=lambda *_: Casting(), drops=drops, owners={}, wanted_owners={})
    return [statement.sql for statement in found.statements], [str(object_id) for object_id in found.kept]


def test_rows_and_whole_objects_stay_unless_they_may_go_and_what_stands_on_both_goes() -> None:
    current = make_catalog([APP, *table(DOCS, "id", "more", policies=("open",)), *table(MINE, "id", policies=("own",))])
    wanted = make_catalog([APP, *table(DOCS, "id")])
    sql, kept = mend(current, wanted, drops=False)
    assert ["DROP POLICY open ON app.docs"] == sql
    assert ["column app.docs.more", "table app.mine"] == kept
    sql, kept = mend(current, wanted, drops=True)
    assert {"DROP POLICY open ON app.docs", "ALTER TABLE app.docs DROP COLUMN more", "DROP TABLE app.mine"} == set(sql)
    assert [] == kept


def test_a_constraint_of_another_name_is_renamed_and_a_number_is_none() -> None:
    current = make_catalog([APP, *table(DOCS, "id", key="docs_pk1")])
    other = make_catalog([APP, *table(DOCS, "id", key="key")])
    assert (["ALTER TABLE app.docs RENAME CONSTRAINT docs_pk1 TO key"], []) == mend(current, other, drops=True)
    numbered = make_catalog([APP, *table(DOCS, "id", key="docs_pk")])
    assert ([], []) == mend(current, numbered, drops=True)
    assert Renamed(DOCS.part(Kind.CONSTRAINT, "docs_pk1"), "docs_pk").is_number


def test_what_is_recreated_is_given_back_to_its_owner() -> None:
    function = ObjectId(Kind.FUNCTION, "app", "f", signature="")
    old = CatalogObject(function, Function("", "integer", "sql", "SELECT 1"), (), (APP.id,))
    new = replace(old, definition=Function("", "text", "sql", "SELECT 'a'"))
    current, wanted = make_catalog([APP, old]), make_catalog([APP, new])
    compared = Comparison(current, wanted, compare_catalogs(current, wanted))
    found = plan_mending(
        compared, cast=lambda *_: Casting(), drops=False, owners={function: 'o"wner'}, wanted_owners={}
    )
    assert 'ALTER ROUTINE app.f() OWNER TO "o""wner"' == found.statements[-1].sql


def test_the_usual_owner_is_whoever_owns_most_but_for_schemas() -> None:
    """A schema of another owner is told like anything else; public belongs to whoever owns the database."""
    public = {ObjectId(Kind.SCHEMA, None, name): "pg_database_owner" for name in ("public", "b", "c")}
    owners = {DOCS: "b", MINE: "b", ObjectId(Kind.VIEW, "app", "v"): "a", APP.id: "dba", **public}
    assert "b" == find_usual_owner(owners)
    assert "" == find_usual_owner({})
    assert {ObjectId(Kind.VIEW, "app", "v"): "b", APP.id: "b"} == find_other_owners(owners, {}, owners)
    assert {DOCS: "c"} == find_other_owners(owners, {DOCS: "c", MINE: "b"}, owners)


def test_alembics_table_goes_with_its_parts_and_a_schema_that_is_there_for_it_alone() -> None:
    version = ObjectId(Kind.TABLE, "app", "alembic_version")
    catalog = make_catalog([APP, *table(version, "version_num", key="alembic_version_pkc")])
    found = frozenset(find_version_tables(catalog, "app", "alembic_version"))
    rest = leave_out(catalog, found)
    assert [APP.id] == [item.id for item in rest.objects]
    assert [APP.id] == list(find_bare_schema(rest, "app"))
    assert [] == list(find_bare_schema(catalog, "app"))
    assert not list(find_version_tables(catalog, "other", "alembic_version"))
    assert not list(
        find_version_tables(make_catalog([APP, *table(version, "version_num", "more")]), None, version.name)
    )

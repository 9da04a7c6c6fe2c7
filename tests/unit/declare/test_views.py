"""Views, plain and materialized, and what an API view may be called with."""

from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Computed,
    Integer,
    MetaData,
    Numeric,
    String,
    column,
    func,
    literal,
    select,
    text,
    union_all,
)

from pgcraft.errors import PGCraftError, PGCraftValidationError
from pgcraft.extensions.postgrest import PostgRESTView
from pgcraft.factory import PGCraftSimple
from pgcraft.index import PGCraftIndex
from pgcraft.models.declarations import get_declarations
from pgcraft.resource import get_api_resources
from pgcraft.views import PGCraftMaterializedView, PGCraftView
from tests.unit.declare.building import postgrest_config


def things(metadata: MetaData, **options: Any) -> PGCraftSimple:
    items = [Column("name", String), Column("price", Integer), Column("total", Numeric, Computed("price * 2"))]
    return PGCraftSimple("things", "app", metadata, items, **options)


def error_of(*arguments: Any, metadata: MetaData | None = None, **options: Any) -> PGCraftError:
    source = things(metadata or MetaData())
    with pytest.raises(PGCraftError) as caught:
        PostgRESTView(source, *arguments, **options)
    return caught.value


def test_the_table_of_a_view_joins_and_stands_on_no_metadata_of_the_models() -> None:
    """Alembic would create a table for it."""
    metadata = MetaData()
    source = things(metadata).table
    stats = PGCraftView(
        "stats", "app", metadata, select(source.c.name, func.count().label("n")).group_by(source.c.name)
    )
    assert ["name", "n"] == stats.table.columns.keys()
    assert isinstance(stats.table.c.n.type, Integer)
    assert ["app.things"] == list(metadata.tables)
    assert "JOIN app.stats" in str(select(source).join(stats.table, stats.table.c.name == source.c.name))


def test_a_function_without_a_label_is_named_as_postgresql_would() -> None:
    """`count_1` is nobody's choice."""
    metadata = MetaData()
    source = things(metadata).table
    stats = PGCraftView("stats", "app", metadata, select(source.c.name, func.count()).group_by(source.c.name))
    assert ["name", "count"] == stats.table.columns.keys()


def test_columns_of_one_name_are_told_apart_and_expressions_need_one() -> None:
    """PostgreSQL refuses a view with two columns of one name."""
    metadata = MetaData()
    source = things(metadata).table
    other = source.alias("o")
    pairs = PGCraftView("pairs", "app", metadata, select(source.c.id, other.c.id).join(other, other.c.id > source.c.id))
    assert ["id", "id_1"] == pairs.table.columns.keys()
    with pytest.raises(PGCraftValidationError, match="PGC123"):
        PGCraftView("twice", "app", metadata, select(source.c.price * 2))


def test_a_union_and_text_with_columns_are_queries_too() -> None:
    """Whatever SQLAlchemy can select."""
    metadata = MetaData()
    source = things(metadata).table
    both = PGCraftView("both", "app", metadata, union_all(select(source.c.name), select(source.c.name)))
    named = PGCraftView("named", "app", metadata, text("SELECT 1 AS n").columns(column("n", Integer)))
    assert ["name"] == both.table.columns.keys()
    assert ["n"] == named.table.columns.keys()


@pytest.mark.parametrize(("query", "code"), [(7, "PGC117"), (None, "PGC117")])
def test_what_is_no_query_is_refused(query: Any, code: str) -> None:
    """At the call, where the line is known."""
    with pytest.raises(PGCraftError) as caught:
        PGCraftView("v", "app", MetaData(), query)
    assert code == caught.value.code


def test_text_does_not_tell_its_columns() -> None:
    """Guessing them would be wrong some day."""
    view = PGCraftView("v", "app", MetaData(), "SELECT 1 AS n")
    with pytest.raises(PGCraftValidationError, match="PGC121"):
        view.table  # noqa: B018


def test_a_name_is_a_table_or_a_view_once() -> None:
    """PostgreSQL has one namespace for both."""
    metadata = MetaData()
    things(metadata)
    for name in ("things", "v"):
        if name == "v":
            PGCraftView("v", "app", metadata, "SELECT 1 AS n")
        with pytest.raises(PGCraftValidationError, match="PGC102"):
            PGCraftView(name, "app", metadata, "SELECT 2 AS n")
    with pytest.raises(PGCraftValidationError, match="PGC102"):
        PGCraftSimple("v", "app", metadata, [])


@pytest.mark.parametrize(
    ("index", "query", "code"),
    [
        (PGCraftIndex("by_name", "{nam}"), select(literal("a").label("name")), "PGC104"),
        (PGCraftIndex("by_name", "{name}"), "SELECT 1 AS name", "PGC121"),
        (PGCraftIndex("x" * 64, "{name}"), select(literal("a").label("name")), "PGC101"),
        (PGCraftIndex("taken", "{name}"), select(literal("a").label("name")), "PGC102"),
    ],
)
def test_indexes_of_a_view_name_columns_that_it_has(index: PGCraftIndex, query: object, code: str) -> None:
    metadata = MetaData()
    PGCraftSimple("t", "app", metadata, [Column("a", Integer), PGCraftIndex("taken", "{a}")])
    with pytest.raises(PGCraftValidationError) as caught:
        PGCraftMaterializedView("v", "app", metadata, query, indexes=[index])
    assert code == caught.value.code
    assert caught.value.place is not None
    assert 'PGCraftMaterializedView("v")' in caught.value.place.subject


def test_a_plain_view_has_no_indexes() -> None:
    """It keeps no rows: the tables that it reads are indexed."""
    index = PGCraftIndex("by_name", "{name}")
    with pytest.raises(PGCraftValidationError, match="PGC163: a plain view cannot have indexes"):
        PGCraftView("v", "app", MetaData(), select(literal("a").label("name")), indexes=[index])


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"grants": []}, "PGC111"),
        ({"grants": "select"}, "PGC111"),
        ({"grants": None}, "PGC111"),
        ({"grants": ["select", "selct"]}, "PGC111"),
        ({"grants": ["select", "SELECT"]}, "PGC111"),
        ({"grants": [7]}, "PGC111"),
        ({"columns": ["id", "nam"]}, "PGC113"),
        ({"columns": ["id", "id"]}, "PGC113"),
        ({"exclude_columns": ["nope"]}, "PGC113"),
        ({"columns": ["id"], "exclude_columns": ["name"]}, "PGC114"),
        ({"columns": []}, "PGC114"),
        ({"exclude_columns": ["id", "name", "price", "total"]}, "PGC114"),
        ({"columns": ["name"], "grants": ["update"]}, "PGC116"),
        ({"exclude_columns": ["id"], "grants": ["delete"]}, "PGC116"),
        ({"query": 7}, "PGC117"),
        ({"query": lambda q, t: q.where(t.c.nope)}, "PGC117"),
        ({"query": lambda: None}, "PGC117"),
        ({"query": lambda q, t: "SELECT 1"}, "PGC117"),
        ({"query": lambda q, t: select(t.c.price + 1)}, "PGC123"),
        ({"schema": "app"}, "PGC102"),
        ({"schema": ""}, "PGC101"),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(options: dict[str, Any], code: str) -> None:
    """With place and remedy, and nothing left behind."""
    metadata = MetaData()
    error = error_of(metadata=metadata, **options)
    assert code == error.code
    assert error.remedy
    assert error.place is not None
    assert 'PostgRESTView("things")' == error.place.subject
    assert () == get_api_resources(metadata)


def test_an_unknown_column_is_a_value_error_too() -> None:
    """The seed says ValueError."""
    source = things(MetaData())
    with pytest.raises(ValueError, match='did you mean "name"'):
        PostgRESTView(source, columns=["nmae"])


def test_one_resource_is_exposed_once_in_a_schema() -> None:
    """The second would replace the first without a word."""
    metadata = MetaData()
    source = things(metadata)
    PostgRESTView(source)
    PostgRESTView(source, schema="reporting")
    with pytest.raises(PGCraftValidationError, match="PGC112") as caught:
        PostgRESTView(source)
    assert "test_views.py" in caught.value.remedy


@pytest.mark.parametrize("source", [None, 7, "things", MetaData(), type("Plain", (), {})])
def test_a_source_is_a_resource(source: object) -> None:
    """What else could be written through?"""
    with pytest.raises(PGCraftValidationError, match="PGC115"):
        PostgRESTView(source)


def test_a_view_can_be_exposed_and_only_read() -> None:
    """Views have no key."""
    metadata = MetaData()
    view = PGCraftView("names", "app", metadata, select(things(metadata).table.c.name))
    PostgRESTView(view)
    with pytest.raises(PGCraftValidationError, match="no primary key"):
        PostgRESTView(view, schema="other", grants=["select", "insert"])


def test_the_schema_is_that_of_the_extension_in_use() -> None:
    """`PostgRESTExtension(schema="reporting")` moves the default."""
    metadata, config = MetaData(), postgrest_config("reporting")
    source = things(metadata, config=config)
    view = PGCraftView("names", "app", metadata, select(source.table.c.name))
    assert ("reporting", "reporting") == (PostgRESTView(source).schema, PostgRESTView(view).schema)
    assert "api" == PostgRESTView(things(MetaData())).schema


def test_only_granted_writes_have_a_function_and_a_trigger() -> None:
    """Each is a door."""
    metadata = MetaData()
    PostgRESTView(things(metadata), grants=["Delete", "select", "insert"])
    declarations = get_declarations(metadata)
    assert ["api_things_insert", "api_things_delete"] == [item.definition.name for item in declarations.functions.all()]
    assert [("insert",), ("delete",)] == [item.definition.events for item in declarations.triggers.all()]
    assert ("select", "insert", "delete") == get_api_resources(metadata)[0].grants


def test_a_plain_view_is_written_one_clause_a_line() -> None:
    """It is read in revisions."""
    metadata = MetaData()
    PostgRESTView(things(metadata), columns=["name", "id"])
    (view,) = get_declarations(metadata).views.all()
    assert "SELECT t.name, t.id\nFROM app.things AS t" == view.definition.query


def test_a_filter_and_chosen_columns_go_together() -> None:
    """The function gets the select of the chosen columns."""
    metadata = MetaData()
    view = PostgRESTView(things(metadata), columns=["id", "name"], query=lambda q, t: q.where(t.c.price > 0))
    assert ["id", "name"] == view.table.columns.keys()

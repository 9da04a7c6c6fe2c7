"""What a MetaData declares, as a catalog: text, origins, edges, and errors that name object and place."""

import pytest
from sqlalchemy import (
    DDL,
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    String,
    Table,
    event,
    literal,
    select,
    text,
)
from sqlalchemy import Index as SAIndex
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.types import NullType

from pgcraft.catalog.definitions import Column as ColumnDefinition
from pgcraft.catalog.definitions import Function, Grant, Index, View
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, Kind
from pgcraft.catalog.origins import Layer
from pgcraft.collect import collect
from pgcraft.errors import PGCraftValidationError
from pgcraft.models import (
    FunctionDefinition,
    GrantDefinition,
    RoleDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_function,
    register_grant,
    register_role,
    register_trigger,
    register_view,
)
from pgcraft.models.provenance import origin_scope, stamp


@pytest.fixture
def metadata() -> MetaData:
    made = MetaData()
    Table(
        "products",
        made,
        Column("id", Integer, primary_key=True),
        Column("name", String, nullable=False),
        Column("sku", String(32), nullable=False),
        Column("price", Numeric(10, 2), nullable=False),
        Column("internal_notes", String),
        schema="inventory",
    )
    return made


def products(metadata: MetaData) -> Table:
    return metadata.tables["inventory.products"]


def add_view(metadata: MetaData, query: object, name: str = "products", **facts: object) -> None:
    register_view(metadata, ViewDefinition(schema="api", name=name, query=query, **facts))


def add_function(metadata: MetaData, name: str, body: str = "BEGIN RETURN NEW; END", **facts: object) -> None:
    definition = FunctionDefinition(**{"schema": "api", "name": name, "returns": "trigger", "body": body} | facts)
    register_function(metadata, definition)


def needs(catalog: Catalog, line: str) -> set[str]:
    return {str(needed) for needed in catalog.by_id[parse_id(line)].depends_on if needed.kind is not Kind.SCHEMA}


def test_a_select_is_printed_one_clause_a_line(metadata: MetaData) -> None:
    p = products(metadata).alias("p")
    add_view(metadata, select(p.c.id, p.c.name, p.c.sku, p.c.price))
    view = collect(metadata).by_id[parse_id("view api.products")].defined_as(View)
    assert "SELECT p.id, p.name, p.sku, p.price\nFROM inventory.products AS p" == view.query
    assert ("id", "name", "sku", "price") == view.columns
    assert ("integer", "character varying", "character varying(32)", "numeric(10,2)") == view.column_types


def test_values_percent_signs_and_backslashes_stand_in_the_text_once(metadata: MetaData) -> None:
    p = products(metadata).alias("p")
    add_view(metadata, select(literal("100%\\ 'x' :y").label("a"), p.c.id % 5).where(p.c.name.like("%a%")))
    view = collect(metadata).by_id[parse_id("view api.products")].defined_as(View)
    assert (
        "SELECT E'100%\\\\ ''x'' :y' AS a, p.id % 5 AS anon_1\nFROM inventory.products AS p\nWHERE p.name LIKE '%a%'"
    ) == view.query


def test_sql_text_stays_as_written_but_for_its_end(metadata: MetaData) -> None:
    written = "select  id,\n\tname -- all of it\nfrom inventory.products"
    add_view(metadata, f"\n{written};\n")
    assert written == collect(metadata).by_id[parse_id("view api.products")].defined_as(View).query
    for name, query in {"plain": "SELECT 1 AS X;\n", "element": text(" SELECT 1 AS X;;\n")}.items():
        add_view(metadata, query, name=name)
        assert "SELECT 1 AS X" == collect(metadata).by_id[parse_id(f"view api.{name}")].defined_as(View).query


def test_a_trigger_function_of_a_view_needs_what_its_body_names(metadata: MetaData) -> None:
    add_view(metadata, select(products(metadata)))
    body = "BEGIN\n  -- api.products\n  INSERT INTO inventory.products DEFAULT VALUES;\n  RAISE 'no api.products';\nEND"
    add_function(metadata, "products_insert", body)
    trigger = TriggerDefinition(
        schema="api",
        relation="products",
        name="ins",
        timing="instead of",
        events=("insert",),
        function=("api", "products_insert"),
    )
    register_trigger(metadata, trigger)
    catalog = collect(metadata)
    assert {"table inventory.products"} == needs(catalog, "function api.products_insert()")
    assert {"view api.products", "function api.products_insert()"} == needs(catalog, "trigger ins on api.products")
    assert ("trigger ins on api.products",) == tuple(map(str, catalog.by_id[parse_id("view api.products")].parts))


def test_views_need_what_they_read_however_deep(metadata: MetaData) -> None:
    table = products(metadata)
    totals = Table("totals", MetaData(), Column("id", Integer), schema="api")
    inner = select(table.c.id).where(table.c.id.in_(select(totals.c.id))).cte("inner_query")
    add_view(metadata, "SELECT id FROM inventory.products", name="totals")
    add_view(metadata, select(inner.c.id).union_all(select(table.alias("q").c.id)), name="deep")
    add_view(metadata, "TABLE api.deep", name="written")
    add_view(metadata, "SELECT 1", name="told", depends_on=(("api", "written"),))
    catalog = collect(metadata)
    assert {"table inventory.products"} == needs(catalog, "view api.totals")
    assert {"table inventory.products", "view api.totals"} == needs(catalog, "view api.deep")
    assert {"view api.deep"} == needs(catalog, "view api.written")
    assert {"view api.written"} == needs(catalog, "view api.told")


def test_defaults_and_columns_need_functions_sequences_and_types(metadata: MetaData) -> None:
    sequence = Sequence("numbers", schema="inventory", metadata=metadata)
    add_function(metadata, "make_id", "SELECT 'x'", returns="text", language="sql")
    Table(
        "orders",
        metadata,
        Column("id", String, primary_key=True, server_default=text("api.make_id()")),
        Column("number", Integer, server_default=sequence.next_value()),
        Column("status", Enum("new", name="status", schema="inventory")),
        Column("product_id", ForeignKey("inventory.products.id")),
        schema="inventory",
    )
    catalog = collect(metadata)
    assert {"function api.make_id()"} == needs(catalog, "column inventory.orders.id")
    assert {"sequence inventory.numbers"} == needs(catalog, "column inventory.orders.number")
    assert {"enum inventory.status"} == needs(catalog, "column inventory.orders.status")
    key = "constraint orders_product_id_fkey on inventory.orders"
    assert {"table inventory.products"} == needs(catalog, key)


def test_functions_of_public_may_be_called_by_their_name_alone() -> None:
    metadata = MetaData()
    add_function(metadata, "Make", "SELECT 'x'", schema="public", returns="text", language="sql")
    add_function(metadata, "now", "SELECT 'x'", schema="other", returns="text", language="sql")
    columns = {"a": '"Make"()', "b": "'Make()'", "c": "now()", "d": 'upper("Make" ())'}
    Table("t", metadata, *(Column(name, String, server_default=text(call)) for name, call in columns.items()))
    catalog = collect(metadata)
    found = {name: needs(catalog, f"column public.t.{name}") for name in columns}
    made = {"function public.Make()"}
    assert {"a": made, "b": set(), "c": set(), "d": made} == found


def test_grants_of_one_role_on_one_object_add_up(metadata: MetaData) -> None:
    register_role(metadata, RoleDefinition(name="anon"))
    for privileges, columns in ((("SELECT",), ()), (("insert", "update"), ("name",)), (("update",), ())):
        grant = GrantDefinition(privileges=privileges, to="anon", schema="inventory", name="products", columns=columns)
        register_grant(metadata, grant)
    line = "grant on table inventory.products to anon"
    catalog = collect(metadata)
    assert Grant(("select", "update"), columns=(("insert", "name"),)) == catalog.by_id[parse_id(line)].definition
    assert {"role anon", "table inventory.products"} == needs(catalog, line)


def test_the_catalog_is_closed_although_models_point_outside(metadata: MetaData) -> None:
    columns = (Column("id", Integer, primary_key=True), Column("org", Integer), Column("user", Integer))
    keys = (
        ForeignKeyConstraint(["org"], ["public.organizations.id"], name="fk_org"),
        ForeignKeyConstraint(["user"], ["users.id"], name="fk_user"),
    )
    Table("members", metadata, *columns, *keys, schema="inventory")
    register_grant(metadata, GrantDefinition(privileges=("select",), to="stranger", schema="elsewhere", name="thing"))
    catalog = collect(metadata)
    named = {needed for item in catalog.objects for needed in (*item.depends_on, *item.parts)}
    assert named <= set(catalog.by_id)
    assert not [item for item in catalog.of_kind(Kind.TABLE) if item.id.name == "organizations"]
    texts = [
        catalog.by_id[part].definition.text for part in catalog.by_id[parse_id("table inventory.members")].parts[4:]
    ]
    assert [
        "FOREIGN KEY (org) REFERENCES public.organizations(id)",
        'FOREIGN KEY ("user") REFERENCES public.users(id)',
    ] == texts


def test_everything_bears_the_origins_of_who_declared_it(metadata: MetaData) -> None:
    with origin_scope(Layer.FACTORY, 'PGCraftSimple("orders")', place=("models.py", 7)):
        table = Table("orders", metadata, Column("id", Integer, primary_key=True), schema="sales")
        stamp(table)
        with origin_scope(Layer.PLUGIN, "Audit", place=("audit.py", 3)):
            column = Column("changed_at", Integer, index=True)
            stamp(column)
            table.append_column(column)
            add_function(metadata, "log")
    catalog = collect(metadata)

    def names(line: str) -> list[str]:
        return [f"{origin.name} {origin.declared_at}" for origin in catalog.by_id[parse_id(line)].origins]

    factory, plugin = 'PGCraftSimple("orders") models.py:7', "Audit audit.py:3"
    assert [factory] == names("table sales.orders") == names("column sales.orders.id") == names("schema sales")
    assert [factory, plugin] == names("column sales.orders.changed_at") == names("function api.log()")


def test_a_check_on_a_column_bears_the_origins_of_the_table() -> None:
    metadata = MetaData()
    with origin_scope(Layer.FACTORY, 'PGCraftSimple("t")', place=("models.py", 3)):
        stamp(Table("t", metadata, Column("a", Integer, CheckConstraint("a > 0"))))
    check = collect(metadata).by_id[parse_id("constraint t_a_check on public.t")]
    assert ["models.py:3"] == [origin.declared_at for origin in check.origins]


def test_functions_that_run_as_their_owner_have_a_pinned_search_path(metadata: MetaData) -> None:
    add_function(metadata, "bare", security_definer=True)
    add_function(metadata, "own", security_definer=True, settings=(("search_path", "api"),))
    add_function(metadata, "invoker")
    functions = {item.id.name: item.defined_as(Function).settings for item in collect(metadata).of_kind(Kind.FUNCTION)}
    pinned, own = (("search_path", "pg_catalog, pg_temp"),), (("search_path", "api"),)
    assert {"bare": pinned, "own": own, "invoker": ()} == functions


def test_a_generated_column_is_stored_unless_it_says_otherwise() -> None:
    metadata = MetaData()
    computed = {"unsaid": None, "stored": True, "virtual": False}
    columns = [Column(name, Integer, Computed("1 + 1", persisted=kept)) for name, kept in computed.items()]
    Table("t", metadata, *columns)
    found = [item.defined_as(ColumnDefinition) for item in collect(metadata).of_kind(Kind.COLUMN)]
    assert {1: False, 2: False, 3: True} == {column.position: column.is_virtual for column in found}


def test_indexes_tell_their_plain_columns_from_expressions(metadata: MetaData) -> None:
    table = products(metadata)
    for name, elements in {"plain": "name DESC", "call": "lower(name)", "cast": "name::text"}.items():
        table.append_constraint(SAIndex(name, text(elements)))
    found = {item.id.name: item.defined_as(Index).columns for item in collect(metadata).of_kind(Kind.INDEX)}
    assert {"plain": ("name",), "call": (), "cast": ()} == found


def test_an_element_without_sql_is_an_error_with_object_and_place(metadata: MetaData) -> None:
    table = Table("bad", metadata, Column("x", NullType()))
    with origin_scope(Layer.FACTORY, 'PGCraftSimple("bad")', place=("models.py", 12)):
        stamp(table)
    with pytest.raises(PGCraftValidationError) as caught:
        collect(metadata)
    assert str(caught.value).startswith("PGC150: column public.bad.x cannot be written as SQL")
    assert ("models.py", 12) == (caught.value.place.file, caught.value.place.line)


def test_a_query_without_sql_is_an_error_with_object_and_line(metadata: MetaData) -> None:
    add_view(metadata, select(literal(object(), NullType())))
    with pytest.raises(PGCraftValidationError, match=r"PGC150: view api\.products .*\n  at .*test_collect\.py:\d+"):
        collect(metadata)


def test_a_privilege_that_is_none_is_an_error_with_the_nearest(metadata: MetaData) -> None:
    register_grant(metadata, GrantDefinition(privileges=("selct",), to="anon", schema="inventory", name="products"))
    with pytest.raises(
        PGCraftValidationError, match=r'PGC151: there is no privilege "selct" .*\n.*\n  did you mean "sel'
    ):
        collect(metadata)


def test_a_grant_on_an_unknown_kind_names_the_kinds(metadata: MetaData) -> None:
    """The privilege was said to be wrong, and the list of the right ones was empty."""
    register_grant(metadata, GrantDefinition(privileges=("select",), to="anon", schema="api", name="v", on="view"))
    with pytest.raises(PGCraftValidationError, match=r"PGC155: .*\n.*\n  write one of table, schema"):
        collect(metadata)


def test_a_table_and_a_view_of_one_name_are_an_error(metadata: MetaData) -> None:
    register_view(metadata, ViewDefinition(schema="inventory", name="products", query="SELECT 1"))
    with pytest.raises(PGCraftValidationError, match=r"PGC152: view inventory\.products bears the name of the table"):
        collect(metadata)


def test_two_indexes_of_one_name_are_an_error_although_their_tables_differ() -> None:
    metadata = MetaData()
    for name in ("a", "b"):
        Table(name, metadata, Column("id", Integer), SAIndex("ix_id", "id"))
    with pytest.raises(
        PGCraftValidationError, match=r"PGC152: index ix_id on public\.b bears the name of the index ix_id on"
    ):
        collect(metadata)


def test_two_functions_of_one_signature_are_an_error_although_their_arguments_are_named_otherwise() -> None:
    metadata = MetaData()
    for arguments in ("a int", "b integer"):
        add_function(metadata, "f", arguments=arguments)
    with pytest.raises(PGCraftValidationError, match=r"PGC120: function api\.f\(integer\) is declared twice"):
        collect(metadata)


def test_a_name_that_postgresql_would_cut_is_an_error() -> None:
    metadata = MetaData()
    Table("ü" * 32, metadata, Column("id", Integer))
    with pytest.raises(PGCraftValidationError, match=r"PGC153: .* is 64 bytes long, and PostgreSQL keeps 63"):
        collect(metadata)


def test_what_has_no_kind_is_named_in_the_notes() -> None:
    metadata = MetaData()
    table = Table(
        "t",
        metadata,
        Column("n", DOMAIN("positive", Integer, create_type=False)),
        postgresql_on_commit="DROP",
    )
    event.listen(table, "after_create", DDL("SELECT 1"))
    first, second, third = collect(metadata).notes
    assert first.startswith("domain public.positive of table public.t is left out")
    assert second.startswith("table public.t: postgresql_on_commit is left out")
    assert third.startswith("table public.t: the DDL that listens to after_create is left out")

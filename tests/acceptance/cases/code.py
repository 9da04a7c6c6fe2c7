"""Views, functions, triggers, policies, grants, and what needs each other."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Sequence,
    Table,
    func,
    select,
    text,
)

from pgcraft.models import (
    FunctionDefinition,
    GrantDefinition,
    PolicyDefinition,
    RoleDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_function,
    register_grant,
    register_policy,
    register_role,
    register_trigger,
    register_view,
)
from tests.acceptance.cases.registry import add_trigger_function, case, make_table


@case
def views(metadata: MetaData) -> None:
    table = make_table(metadata)
    p = table.alias("p")
    register_view(
        metadata,
        ViewDefinition(
            schema="api",
            name="products",
            query=select(p.c.id, p.c.name, p.c.price),
            options=(("security_barrier", "true"), ("security_invoker", "true")),
            column_defaults=(("price", "0"), ("name", "'100%'")),
            comment="what is for sale",
        ),
    )
    register_view(
        metadata,
        ViewDefinition(
            schema="api",
            name="cheap",
            query=select(p).where(p.c.price < 10, p.c.name.like("%x%")),
            options=(("check_option", "local"),),
        ),
    )
    totals = select(func.count().label("n"), func.sum(p.c.price).label("total")).group_by(p.c.name)
    kept = Table("totals", MetaData(), Column("n", Integer), Column("total", Integer), schema="api")
    indexes = (
        Index("totals_n", kept.c.n, unique=True),
        Index("totals_most", text("(total + n) DESC"), postgresql_where=kept.c.n > 5, _table=kept),
    )
    register_view(
        metadata, ViewDefinition(schema="api", name="totals", query=totals, is_materialized=True, indexes=indexes)
    )
    written = "SELECT id, ':x' AS colon, name || '%' AS percent\n  -- as written;\nFROM inventory.products;\n"
    register_view(metadata, ViewDefinition(schema="api", name="written", query=written))
    register_view(metadata, ViewDefinition(schema="a_first", name="stacked", query="TABLE api.written"))


@case
def functions(metadata: MetaData) -> None:
    make_table(metadata)
    bodies = {"dollars": "$$ $body$ $", "escapes": "\\1 :x %s %% \"\"\" '''", "lines": "a\r\nb\n", "tag": "$body"}
    for name, body in bodies.items():
        source = f"\nBEGIN\n  -- {body!r}\n  RETURN {'NULL' if name == 'tag' else 'NEW'}; -- {body}"
        register_function(metadata, FunctionDefinition(schema="inventory", name=name, returns="trigger", body=source))
    arguments = ("", "a int", "a int4, b text = 'x, y'", "VARIADIC list double precision[]", "timestamptz, varchar(5)")
    for number, listed in enumerate(arguments):
        definition = FunctionDefinition(
            schema="api", name="total", arguments=listed, returns="int", language="SQL", body=f"SELECT {number}"
        )
        register_function(metadata, definition)
    register_function(
        metadata,
        FunctionDefinition(
            schema="api",
            name="search",
            arguments="term text DEFAULT 'a'",
            returns="setof inventory.products",
            language="sql",
            body="SELECT * FROM inventory.products WHERE name = term",
            volatility="stable",
            strict=True,
            security_definer=True,
            settings=(("work_mem", "4MB"), ("search_path", 'inventory, "$user",pg_temp')),
            revoke_public=True,
            depends_on=(("inventory", "products"),),
            comment="finds 100%",
        ),
    )
    register_function(
        metadata,
        FunctionDefinition(
            schema="api",
            name="pairs",
            arguments="n integer, OUT a integer, INOUT b text",
            returns="record",
            body="BEGIN a := n; END",
            security_definer=True,
        ),
    )
    register_function(
        metadata,
        FunctionDefinition(
            schema="api", name="rows", returns="table(id int, name varchar)", language="sql", body="SELECT 1, 'x'"
        ),
    )


@case
def triggers(metadata: MetaData) -> None:
    table = make_table(metadata)
    other = make_table(metadata, name="orders")
    function = add_trigger_function(metadata)
    register_view(metadata, ViewDefinition(schema="api", name="products", query=select(table)))

    def add(relation: str, name: str, timing: str, events: tuple[str, ...], **facts: object) -> None:
        schema = "api" if timing == "instead of" else "inventory"
        definition = TriggerDefinition(
            schema=schema, relation=relation, name=name, timing=timing, events=events, function=function, **facts
        )
        register_trigger(metadata, definition)

    add("products", "audit", "before", ("update", "insert"), arguments=("it's", "100%", "a\\b", ""))
    add(other.name, "audit", "after", ("delete", "update"), update_columns=("price", "name"))
    add("products", "changed", "before", ("update",), when="(OLD.* IS DISTINCT FROM NEW.*)")
    add("products", "gone", "after", ("truncate",), for_each_row=False, state="disabled", comment="it's gone")
    add(
        *("products", "bulk", "after", ("update",)), for_each_row=False, old_table="before_rows", new_table="after_rows"
    )
    add("products", "late", "after", ("insert",), is_constraint=True, deferrable=True, initially_deferred=True)
    for event in ("insert", "update", "delete"):
        add("products", f"api_{event}", "instead of", (event,))


@case
def policies(metadata: MetaData) -> None:
    make_table(metadata)
    make_table(metadata, name="orders")
    register_role(metadata, RoleDefinition(name="accept_tenant"))

    def add(name: str, table: str = "products", **facts: object) -> None:
        register_policy(metadata, PolicyDefinition(schema="inventory", table=table, name=name, **facts))

    add("everyone", using="true")
    add("reads", command="select", roles=("accept_tenant", "public"), using="(price > 0)")
    add("writes", command="insert", roles=("accept_tenant",), check="name <> '100%'")
    add("strict", permissive=False, command="update", using="true", check="price < 5")
    add("everyone", table="orders", using="current_setting('app.tenant', true) = name", force=True)


@case
def grants(metadata: MetaData) -> None:
    table = make_table(metadata)
    register_view(metadata, ViewDefinition(schema="api", name="products", query=select(table)))
    register_view(metadata, ViewDefinition(schema="api", name="totals", query=select(table), is_materialized=True))
    Sequence("numbers", schema="inventory", metadata=metadata)
    for name in ("accept_anon", "accept_user"):
        register_role(metadata, RoleDefinition(name=name))
    register_function(
        metadata,
        FunctionDefinition(
            schema="api",
            name="total",
            arguments="a integer, b text",
            returns="integer",
            language="sql",
            body="SELECT 1",
            revoke_public=True,
        ),
    )

    def add(*privileges: str, to: str = "accept_anon", schema: str = "api", **facts: object) -> None:
        register_grant(metadata, GrantDefinition(privileges=privileges, to=to, schema=schema, **facts))

    add("usage", on="schema")
    add("ALL", on="schema", to="accept_user")
    add("Select", name="products")
    add("insert", name="products")
    add("update", name="products", columns=("name", "price"))
    add("select", name="totals", to="PUBLIC")
    add("all", name="products", to="accept_user")
    add("select", name="products", to="accept_user", schema="inventory", grantable=True)
    add("references", name="products", to="accept_user", schema="inventory")
    add("references", "update", name="products", to="accept_user", schema="inventory", columns=("id",), grantable=True)
    add("update", name="products", to="accept_user", schema="inventory", columns=("name", "price"))
    add("usage", on="sequence", name="numbers", schema="inventory")
    add("execute", on="function", name="total", arguments="int, text")


@case
def public_may_execute(metadata: MetaData) -> None:
    def add(name: str, *, revoke_public: bool) -> None:
        definition = FunctionDefinition(
            schema="api", name=name, returns="integer", language="sql", body="SELECT 1", revoke_public=revoke_public
        )
        register_function(metadata, definition)

    add("open", revoke_public=False)
    add("closed", revoke_public=True)
    add("opened_again", revoke_public=True)
    grant = GrantDefinition(privileges=("execute",), to="public", schema="api", name="opened_again", on="function")
    register_grant(metadata, grant)


@case
def rings(metadata: MetaData) -> None:
    """Tables that point to each other, a table and its default's function, a view and a function that read each other."""
    Table(
        "a", metadata, Column("id", Integer, primary_key=True), Column("b_id", ForeignKey("ring.b.id")), schema="ring"
    )
    Table(
        "b", metadata, Column("id", Integer, primary_key=True), Column("c_id", ForeignKey("ring.c.id")), schema="ring"
    )
    Table(
        "c",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a_id", ForeignKey("ring.a.id")),
        Column("c_id", ForeignKey("ring.c.id")),
        Column("n", Integer, server_default=text("ring.next_number()")),
        schema="ring",
    )
    for name, body in (
        ("next_number", "SELECT 1 + max(n) FROM ring.c"),
        ("from_view", "SELECT n FROM ring.numbers LIMIT 1"),
    ):
        definition = FunctionDefinition(
            schema="ring", name=name, returns="integer", language="sql", body=body, volatility="stable"
        )
        register_function(metadata, definition)
    register_view(metadata, ViewDefinition(schema="ring", name="numbers", query="SELECT ring.from_view() AS n"))

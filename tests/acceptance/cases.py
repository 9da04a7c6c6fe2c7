"""Models of one kind of object each, and of what kinds do to each other; every one goes the whole round."""

from collections.abc import Callable

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    Sequence,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql as pg

from pgcraft.models import (
    FunctionDefinition,
    GrantDefinition,
    PolicyDefinition,
    RoleDefinition,
    SchemaDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_function,
    register_grant,
    register_policy,
    register_role,
    register_schema,
    register_trigger,
    register_view,
)

Case = Callable[[MetaData], None]
CASES: dict[str, Case] = {}

TRIGGER_BODY = "\nBEGIN\n  RETURN NEW;\nEND\n"


def case(build: Case) -> Case:
    CASES[build.__name__] = build
    return build


def make_table(metadata: MetaData, name: str = "products", schema: str | None = "inventory") -> Table:
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String, nullable=False),
        Column("price", Numeric(10, 2)),
        schema=schema,
    )


def add_trigger_function(metadata: MetaData, name: str = "touch", schema: str = "inventory") -> tuple[str, str]:
    register_function(metadata, FunctionDefinition(schema=schema, name=name, returns="trigger", body=TRIGGER_BODY))
    return (schema, name)


@case
def schemas(metadata: MetaData) -> None:
    register_schema(metadata, SchemaDefinition(name="archive", comment="old 100% 'things'"))
    register_schema(metadata, SchemaDefinition(name="empty"))
    make_table(metadata, schema="implied")


@case
def no_schema_means_public(metadata: MetaData) -> None:
    table = make_table(metadata, schema=None)
    Table("lines", metadata, Column("id", Integer, primary_key=True), Column("product_id", ForeignKey("products.id")))
    register_view(metadata, ViewDefinition(schema="public", name="names", query=select(table.c.name)))


@case
def roles(metadata: MetaData) -> None:
    register_role(metadata, RoleDefinition(name="accept_reader"))
    register_role(metadata, RoleDefinition(name="accept_writer", member_of=("accept_reader",)))
    register_role(
        metadata,
        RoleDefinition(name="accept_login", login=True, inherit=False, member_of=("accept_writer", "accept_reader")),
    )
    register_role(metadata, RoleDefinition(name="accept_admin", createdb=True, createrole=True, bypassrls=True))


@case
def column_types(metadata: MetaData) -> None:
    types = [
        *(SmallInteger(), Integer(), BigInteger(), Numeric(), Numeric(10, 2), Numeric(5), Float(), Float(20), Double()),
        *(String(), String(32), Text(), pg.CHAR(), pg.CHAR(3), Boolean(), Date(), DateTime(), DateTime(timezone=True)),
        *(pg.TIMESTAMP(precision=3), pg.TIMESTAMP(timezone=True, precision=0), Time(), pg.TIME(timezone=True)),
        *(Interval(), pg.INTERVAL(precision=3), pg.INTERVAL(fields="DAY TO SECOND"), LargeBinary(), Uuid(), pg.JSON()),
        *(
            pg.JSONB(),
            pg.INET(),
            pg.CIDR(),
            pg.MACADDR(),
            pg.BIT(),
            pg.BIT(3),
            pg.BIT(8, varying=True),
            pg.BIT(varying=True),
        ),
        *(
            ARRAY(Integer),
            ARRAY(String(5), dimensions=2),
            ARRAY(DateTime(timezone=True)),
            pg.INT4RANGE(),
            pg.TSTZRANGE(),
        ),
        *(
            pg.NUMMULTIRANGE(),
            pg.TSVECTOR(),
            pg.OID(),
            pg.REGCLASS(),
            pg.MONEY(),
            pg.HSTORE(text_type=Text()).text_type,
        ),
    ]
    columns = [Column(f"c{number}", type_) for number, type_ in enumerate(types)]
    Table("everything", metadata, Column("id", Integer, primary_key=True), *columns, schema="inventory")


@case
def columns(metadata: MetaData) -> None:
    Table(
        "facts",
        metadata,
        Column("id", BigInteger, primary_key=True),
        Column("note", Text, server_default='it\'s 100% \\ "odd"', comment="a 'comment'\nof two lines"),
        Column("at", DateTime(timezone=True), server_default=func.now(), nullable=False),
        Column("flag", Boolean, server_default=text("false")),
        Column("qty", Integer, nullable=False),
        Column("double", Integer, Computed("qty * 2", persisted=True)),
        Column("label", Text, Computed("'a:b' || (qty)::text", persisted=True)),
        Column("sorted", Text(collation="C")),
        schema="inventory",
        comment="100% facts",
    )


@case
def keys(metadata: MetaData) -> None:
    for number, type_ in enumerate((SmallInteger, Integer, BigInteger)):
        Table(f"serial{number}", metadata, Column("id", type_, primary_key=True), schema="inventory")
    identities = (
        Identity(),
        Identity(always=True),
        Identity(start=1, increment=1),
        Identity(start=10, increment=5, minvalue=5, maxvalue=1000, cache=3, cycle=True),
        Identity(start=-1, increment=-1),
    )
    for number, identity in enumerate(identities):
        Table(f"identity{number}", metadata, Column("id", Integer, identity, primary_key=True), schema="inventory")
    Table("uuids", metadata, Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()))
    Table("pairs", metadata, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True))
    Table("keyless", metadata, Column("a", Integer))


@case
def enums_and_sequences(metadata: MetaData) -> None:
    status = Enum("new", "it's old", "100%", name="status", schema="inventory")
    Sequence("numbers", start=100, increment=5, schema="inventory", metadata=metadata)
    backwards = Sequence("backwards", increment=-1, schema="inventory", metadata=metadata)
    Sequence("small", minvalue=3, maxvalue=9, cycle=True, data_type=SmallInteger(), metadata=metadata)
    Table(
        "parcels",
        metadata,
        Column("id", Integer, backwards, primary_key=True, server_default=backwards.next_value()),
        Column("status", status, server_default="new"),
        Column("history", ARRAY(status)),
        Column("size", Enum("S", "L", name="size", native_enum=False, create_constraint=True)),
        schema="inventory",
    )


@case
def constraints(metadata: MetaData) -> None:
    table = make_table(metadata)
    Table(
        "lines",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("product_id", Integer),
        Column("serial_number", Integer, unique=True),
        Column("low", Integer),
        Column("high", Integer, CheckConstraint("high > 0")),
        CheckConstraint("low < high", name="in order"),
        CheckConstraint("low <> 5 OR (high = 6)", name="odd"),
        UniqueConstraint("low", "high", name="uq_range", postgresql_nulls_not_distinct=True),
        UniqueConstraint("low", postgresql_include=["high"], deferrable=True, initially="DEFERRED"),
        ForeignKeyConstraint(
            ["product_id"], [table.c.id], ondelete="SET NULL", onupdate="CASCADE", deferrable=True, initially="DEFERRED"
        ),
        ForeignKeyConstraint(["high"], ["inventory.lines.serial_number"], name="to_itself", ondelete="RESTRICT"),
        pg.ExcludeConstraint((text("int4range(low, high)"), "&&"), name="apart", using="gist"),
        schema="inventory",
    )


@case
def unnamed_constraints_of_long_names(metadata: MetaData) -> None:
    long_name = "t" * 60
    Table(long_name, metadata, Column("c" * 61, Integer, primary_key=True), Column("d" * 40, Integer, unique=True))
    Table(
        "ümläut" * 7,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("ß" * 30, Integer, CheckConstraint(f'"{"ß" * 30}" > 0'), unique=True),
        Column("parent", ForeignKey(f"{long_name}.{'c' * 61}")),
        CheckConstraint("id > 1"),
        CheckConstraint("id > 2"),
    )


@case
def indexes(metadata: MetaData) -> None:
    Table(
        "products",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(64), index=True),
        Column("sku", Text),
        Column("tags", ARRAY(Text)),
        Column("price", Integer),
        Index("ix_unique", "name", "price", unique=True),
        Index("ix_lower", text("lower(name)"), postgresql_where=text("price > 5")),
        Index("ix_expression", text("(price + 1)"), text("sku DESC NULLS LAST")),
        Index("ix_pattern", "sku", postgresql_ops={"sku": "text_pattern_ops"}),
        Index("ix_tags", "tags", postgresql_using="gin"),
        Index("ix_include", "price", postgresql_include=["sku"], postgresql_with={"fillfactor": 70}),
        Index("ix_nulls", "sku", unique=True, postgresql_nulls_not_distinct=True),
        schema="inventory",
    )


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
    register_view(metadata, ViewDefinition(schema="api", name="totals", query=totals, is_materialized=True))
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
    add("products", "gone", "after", ("truncate",), for_each_row=False)
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


@case
def partitioned_and_stored(metadata: MetaData) -> None:
    Table("log", metadata, Column("at", Date), schema="inventory", postgresql_partition_by="RANGE (at)")
    Table("fast", metadata, Column("a", Integer), prefixes=["UNLOGGED"], postgresql_with={"fillfactor": 50})

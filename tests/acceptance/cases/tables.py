"""Schemas, roles, and tables with all that stands in them."""

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
    DomainDefinition,
    ExtensionDefinition,
    FunctionDefinition,
    PartitionDefinition,
    RoleDefinition,
    SchemaDefinition,
    ViewDefinition,
    register_domain,
    register_extension,
    register_function,
    register_partition,
    register_role,
    register_schema,
    register_view,
)
from tests.acceptance.cases.registry import case, make_table


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
def domains(metadata: MetaData) -> None:
    arguments, body = "a text", "SELECT a <> ''"
    register_function(
        metadata,
        FunctionDefinition(
            schema="shop", name="is_fine", arguments=arguments, returns="boolean", body=body, language="sql"
        ),
    )
    email = pg.DOMAIN("e-mail", Text(), schema="shop", check="VALUE LIKE '%@%' OR VALUE IN ('a', 'b')", not_null=True)
    register_domain(
        metadata,
        DomainDefinition(
            schema="shop",
            name='Say "so"',
            type="varchar(9)",
            default="'it''s'",
            checks={"long, or so": "(length(VALUE) > 2)", "a:b": "shop.is_fine(VALUE)"},
            collation='"C"',
            comment="what is said",
        ),
    )
    register_domain(metadata, DomainDefinition(schema="shop", name="few", type='shop."Say ""so"""'))
    Table(
        "letters",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("sender", email, server_default="a@b"),
        Column("copies", ARRAY(email)),
        Column("price", pg.DOMAIN("price", Numeric(10, 2), default="0", constraint_name="fair", check="VALUE >= 0")),
        Column("said", pg.DOMAIN('Say "so"', String(9), schema="shop")),
        Column("foreign", pg.DOMAIN("few", String(9), schema="shop")),
        schema="shop",
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
            ["product_id"], [table.c.id], ondelete="SET NULL", onupdate="CASCADE", initially="DEFERRED"
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
def inherited(metadata: MetaData) -> None:
    Table("base", metadata, Column("a", Integer, CheckConstraint("a > 0", name="positive")), schema="inventory")
    Table("side", metadata, Column("b", String), schema="inventory")
    Table("child", metadata, Column("own", Date), schema="inventory", postgresql_inherits=("base", "inventory.side"))
    Table("below", metadata, Column("a", Integer), schema="inventory", postgresql_inherits="child")


@case
def extensions(metadata: MetaData) -> None:
    register_extension(metadata, ExtensionDefinition(name="citext", schema="Sales Dept"))
    register_extension(metadata, ExtensionDefinition(name="pg_trgm", schema="public"))
    made = Table("words", metadata, Column("a", String), schema="inventory")
    Index("by trigram", made.c.a, postgresql_using="gin", postgresql_ops={"a": "public.gin_trgm_ops"})


@case
def partitioned_and_stored(metadata: MetaData) -> None:
    Table("log", metadata, Column("at", Date), schema="inventory", postgresql_partition_by="RANGE (at)")
    for name, of, facts in (
        ("log 2026", "log", {"values": "FROM ('2026-01-01') TO ('2027-01-01')", "partition_by": "LIST (at)"}),
        (
            'log "x"',
            "log 2026",
            {"values": "in ('2026-05-05', NULL)", "options": {"fillfactor": "50"}, "unlogged": True},
        ),
        ("log rest", "log", {"values": "default", "comment": "it's"}),
    ):
        definition = PartitionDefinition(schema="inventory", name=name, of=("inventory", of), **facts)
        register_partition(metadata, definition)
    Table("fast", metadata, Column("a", Integer), prefixes=["UNLOGGED"], postgresql_with={"fillfactor": 50})
    how = {"postgresql_storage": "External", "postgresql_compression": "pglz"}
    Table("wide", metadata, Column('a "b"', String, info=how), schema="inventory")

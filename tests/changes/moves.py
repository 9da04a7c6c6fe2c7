"""What gets into another schema, by declaration: rows stay, and so does all that stands on it or names it."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Sequence,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import DOMAIN

from pgcraft.identifiers import quote_qualified
from pgcraft.models import (
    CompositeDefinition,
    DomainDefinition,
    FunctionDefinition,
    GrantDefinition,
    PartitionDefinition,
    PGCraftNamedType,
    PolicyDefinition,
    RangeDefinition,
    RenameDefinition,
    SchemaDefinition,
    StatisticsDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_composite,
    register_domain,
    register_function,
    register_grant,
    register_partition,
    register_policy,
    register_range,
    register_rename,
    register_schema,
    register_statistics,
    register_trigger,
    register_view,
    renamed_from,
)
from tests.changes.cases import Case, Models


class Place:
    """Where a case has its objects: in the schema of the case, or in another one."""

    def __init__(self, m: Models, *, moved: bool, new_name: bool = False) -> None:
        self.m = m
        self.moved = moved
        self.schema = f"{m.schema} b" if moved else m.schema
        self.prefix = "new" if new_name else "old"
        if moved:
            register_schema(m.metadata, SchemaDefinition(name=self.schema))

    def named(self, name: str) -> dict[str, Any]:
        """Return schema, name and what it was called, as definitions take them."""
        was = {"renamed_from": (self.m.schema, f"old {name}")} if self.moved else {}
        return {"schema": self.schema, "name": f"{self.prefix} {name}", **was}

    def info(self, name: str) -> dict[str, Any]:
        """Return the info of a table."""
        return {"info": renamed_from(f"old {name}", schema=self.m.schema)} if self.moved else {}

    def sql(self, name: str) -> str:
        """Return a name as SQL has it."""
        return quote_qualified(self.schema, f"{self.prefix} {name}")


def _table(p: Place) -> None:
    """Declare a table with everything that stands on one, and what names it."""
    m, t = p.m, p.sql("t")
    other = m.table(name="other")
    Table(
        f"{p.prefix} t",
        m.metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer, index=True, comment="counted"),
        Column("b", Text, unique=True),
        Column("n", Integer, Identity()),
        Column("g", Integer, Computed("a * 2", persisted=True)),
        Column("o", ForeignKey(other.c.id)),
        CheckConstraint("a > 0", name="positive"),
        Index("partial", "b", postgresql_where=m.text("a > 5")),
        schema=p.schema,
        comment="kept",
        **p.info("t"),
    )
    m.table(Column("t", Integer, ForeignKey(f"{p.schema}.{p.prefix} t.id")), name="pointing")
    m.view(f"SELECT id, a FROM {t}")
    m.view("SELECT id FROM {s}.v WHERE a > 1", name="above")
    register_policy(m.metadata, PolicyDefinition(schema=p.schema, table=f"{p.prefix} t", name="p", using="a > 0"))
    reader = m.role("reader")
    register_grant(
        m.metadata, GrantDefinition(schema=p.schema, name=f"{p.prefix} t", privileges=("select",), to=reader)
    )
    m.trigger_function()
    register_trigger(
        m.metadata,
        TriggerDefinition(schema=p.schema, relation=f"{p.prefix} t", name="tr", timing="after", events=("update",),
                          function=(m.schema, "tf"), when="NEW.a > 3", update_columns=("a",)),
    )  # fmt: skip
    register_statistics(
        m.metadata, StatisticsDefinition(schema=p.schema, table=f"{p.prefix} t", name="st", columns=("a", "b"))
    )
    m.function(f"SELECT max(a) FROM {t}", name="reading")
    m.function("SELECT 1", arguments=f"t {t}", name="taking")


def _types(p: Place) -> None:
    m = p.m
    register_domain(m.metadata, DomainDefinition(type="text", checks=(("short", "length(VALUE) < 9"),), **p.named("d")))
    register_composite(m.metadata, CompositeDefinition(attributes={"street": "text"}, **p.named("c")))
    register_range(m.metadata, RangeDefinition(subtype="integer", multirange="many", **p.named("r")))
    mood = Enum("glad", "sad", name=f"{p.prefix} e", schema=p.schema)
    if p.moved:
        register_rename(m.metadata, RenameDefinition(kind="enum", **p.named("e")))
    m.table(
        Column("e", mood, server_default="glad"),
        Column("d", DOMAIN(f"{p.prefix} d", Text, schema=p.schema)),
        Column("c", PGCraftNamedType(f"{p.prefix} c", schema=p.schema)),
        Column("r", PGCraftNamedType(f"{p.prefix} r", schema=p.schema), server_default=m.text(f"{p.sql('r')}(1, 2)")),
        CheckConstraint(m.text("e <> 'sad' OR id > 0"), name="ck"),
    )
    m.view(f"SELECT id, (c).street, 'glad'::{p.sql('e')} AS mood FROM {{t}}")
    m.function("SELECT 1", arguments=f"n {p.sql('e')}, m {p.sql('e')}[]")


def _code(p: Place) -> None:
    m = p.m
    m.table(Column("a", Integer))
    number = f"{p.prefix} s"
    Sequence(number, metadata=m.metadata, schema=p.schema)
    if p.moved:
        register_rename(m.metadata, RenameDefinition(kind="sequence", **p.named("s")))
    function = {"returns": "integer", "language": "sql", "body": "SELECT n", "arguments": "n integer"}
    register_function(m.metadata, FunctionDefinition(**function, **p.named("f")))
    register_function(m.metadata, FunctionDefinition(returns="trigger", body="BEGIN RETURN NEW; END", **p.named("tf")))
    procedure = {"returns": "", "body": "BEGIN NULL; END", "is_procedure": True}
    register_function(m.metadata, FunctionDefinition(**procedure, **p.named("pr")))
    m.trigger(function=(p.schema, f"{p.prefix} tf"))
    register_view(m.metadata, ViewDefinition(query=m.sql("SELECT id, a FROM {t}"), **p.named("v")))
    indexed = Table(f"{p.prefix} mv", type(m.metadata)(), Column("a", Integer), schema=p.schema)
    register_view(
        m.metadata,
        ViewDefinition(query=m.sql("SELECT a FROM {t}"), is_materialized=True, bypass_row_security=True,
                       indexes=(Index("mv_a", indexed.c.a),), **p.named("mv")),
    )  # fmt: skip
    m.view(f"SELECT v.a, {p.sql('f')}(1) AS n FROM {p.sql('v')} v JOIN {p.sql('mv')} w USING (a)", name="above")
    counted = m.text(f"nextval('{p.sql('s')}')")
    m.table(Column("n", Integer, server_default=counted), Column("f", Integer, server_default=m.text(f"{p.sql('f')}(1)")),
            name="calling")  # fmt: skip
    reader = m.role("reader")
    for on, name, facts in (("function", "f", {"arguments": "integer"}), ("view", "v", {}), ("sequence", "s", {})):
        privilege = "execute" if on == "function" else "select"
        register_grant(
            m.metadata,
            GrantDefinition(on=on if on != "view" else "table", schema=p.schema, name=f"{p.prefix} {name}",
                            privileges=(privilege,), to=reader, **facts),
        )  # fmt: skip


def _family(p: Place) -> None:
    m = p.m
    Table(
        f"{p.prefix} above",
        m.metadata,
        Column("a", Integer),
        CheckConstraint("a > 0", name="ck"),
        schema=p.schema,
        **p.info("above"),
    )
    m.table(Column("n", Integer), name="below", key=False, postgresql_inherits=f"{p.schema}.{p.prefix} above")
    Table(f"{p.prefix} divided", m.metadata, Column("a", Integer), schema=p.schema,
          postgresql_partition_by="RANGE (a)", **p.info("divided"))  # fmt: skip
    of = (p.schema, f"{p.prefix} divided")
    register_partition(m.metadata, PartitionDefinition(of=of, values="FROM (1) TO (10)", schema=m.schema, name="stays"))
    register_partition(
        m.metadata, PartitionDefinition(of=of, values="FROM (10) TO (20)", schema=p.schema, name=f"{p.prefix} goes")
    )
    if p.moved:
        register_rename(m.metadata, RenameDefinition(kind="partition", **p.named("goes")))


BUILDS = {
    "a table with all that stands on it": _table,
    "types of every kind": _types,
    "functions, sequences and views": _code,
    "a table under others, and one in partitions": _family,
}

MOVES = (
    *(
        Case(
            f"{what} {'is' if what[1] == ' ' else 'are'} moved{' and renamed' if new_name else ''}",
            lambda m, build=build: build(Place(m, moved=False)),
            lambda m, build=build, new_name=new_name: build(Place(m, moved=True, new_name=new_name)),
        )
        for what, build in BUILDS.items()
        for new_name in (False, True)
    ),
)  # fmt: skip

"""Renames that are declared: rows stay, and so does all that stands on what is renamed."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import DOMAIN, ExcludeConstraint

from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.models import (
    CompositeDefinition,
    DomainDefinition,
    PGCraftNamedType,
    RangeDefinition,
    RenameDefinition,
    StatisticsDefinition,
    register_composite,
    register_domain,
    register_range,
    register_rename,
    register_statistics,
    renamed_from,
)
from tests.acceptance.hostile import HOSTILE_NAMES
from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes
from tests.changes.moves import MOVES
from tests.changes.renames_that_meet import MEETING
from tests.changes.swaps import SWAPS


def declare_rich(m: Models, name: str, column: str, *, is_renamed: bool) -> None:
    """Declare a table with everything that stands on one, whose own name and a column's name are given."""
    said: dict[str, Any] = {"info": renamed_from("things")} if is_renamed else {}
    of_column: dict[str, Any] = {"info": renamed_from("a")} if is_renamed else {}
    other = m.table(name="other")
    m.table(
        Column(column, Integer, index=True, comment="counted", **of_column),
        Column("b", Text, unique=True),
        Column("n", Integer, Identity()),
        Column("g", Integer, Computed(f"{column} * 2", persisted=True)),
        Column("o", ForeignKey(other.c.id)),
        CheckConstraint(f"{column} > 0", name="positive"),
        CheckConstraint("b <> ''"),
        Index("partial", "b", postgresql_where=m.text(f"{column} > 5")),
        name=name,
        comment="kept",
        **said,
    )
    m.table(Column("t", Integer, ForeignKey(f"{m.schema}.{name}.id")), name="pointing")
    m.view(f"SELECT id, {column} AS a FROM {{s}}.{name}")
    m.view("SELECT id FROM {s}.v WHERE a > 1", name="above")
    m.policy(table=name, using=f"{column} > 0")
    reader = m.role("reader")
    m.grant(reader, "select", name=name)
    m.grant(reader, "select", name="v")
    m.trigger_function()
    m.trigger(relation=name, events=("update",), when=f"NEW.{column} > 3", update_columns=(column,))


def _hostile(m: Models, prefix: str) -> None:
    """Declare tables and columns whose names begin so, and go on in every hostile way."""
    for number, name in enumerate(HOSTILE_NAMES):
        new, old = (f"{each}{number}{name}"[:31] for each in (prefix, "o"))
        said: dict[str, Any] = {} if prefix == "o" else {"info": renamed_from(old)}
        m.table(Column(new, Integer, CheckConstraint(f"id > {number}", name=new), **said), name=new, **said)


def _parts(m: Models, prefix: str) -> None:
    """Declare constraints and indexes of such names."""

    def named(name: str) -> dict[str, Any]:
        return {"name": prefix + name} | ({} if prefix == "old" else {"info": renamed_from(f"old{name}")})

    other = m.table(name="other")
    m.table(
        Column("id", Integer),
        Column("a", Integer),
        Column("b", Integer),
        Column("o", ForeignKey(other.c.id, **named(" f%k"))),
        CheckConstraint("a > 0", **named(" check")),
        UniqueConstraint("a", "b", **named('"unique"')),
        PrimaryKeyConstraint("id", **named("key")),
        ExcludeConstraint(("a", "="), using="hash", **named("exclude")),
        Index(f"{prefix} :index", "b", postgresql_where=m.text("a > 5"), info=named(" :index").get("info")),
        key=False,
    )


def _with_table_function(m: Models, column: str, **said: Any) -> None:
    m.table(Column(column, Integer, **said))
    m.trigger_function(f"BEGIN NEW.{column} := 1; RETURN NEW; END")
    m.trigger(timing="before")
    m.function(f"SELECT max({column}) FROM {{t}}", name="atomic")


def _code(m: Models, prefix: str, column: str = "a", **said: Any) -> None:
    """Declare views, functions, triggers, policies and statistics whose names begin so, and what stands on them."""

    def named(name: str) -> dict[str, Any]:
        return {
            "name": f'{prefix} "{name}" %s :x',
            **({} if prefix == "old" else {"renamed_from": f'old "{name}" %s :x'}),
        }

    other = m.table(Column("a", Integer), Column("b", Integer))
    view, function = named("v"), named("f")
    m.view("SELECT id, a FROM {t}", **view)
    m.view(f"SELECT a FROM {{s}}.{quote_name(view['name'])}", name="above")
    indexed = Table(named("mv")["name"], MetaData(), Column("a", Integer), schema=m.schema)
    m.view(
        "SELECT a FROM {t}",
        is_materialized=True,
        bypass_row_security=True,
        indexes=(Index("mv_a", indexed.c.a),),
        **named("mv"),
    )
    m.function("SELECT n", arguments="n integer", **function)
    m.function("SELECT n", arguments="n text", returns="text", name=function["name"])
    m.table(Column("d", Integer, server_default=m.text(f"{{s}}.{quote_name(function['name'])}(1)")), name="calling")
    m.function("BEGIN NULL; END", returns="", language="plpgsql", is_procedure=True, **named("p"))
    m.trigger_function(**named("tf"))
    m.trigger(function=(m.schema, named("tf")["name"]), **named("t"))
    m.trigger_function(name="instead")
    m.trigger(relation=view["name"], function=(m.schema, "instead"), timing="instead of", events=("insert",), name="tr")
    m.policy(using="a > 0", **named("pol"))
    register_statistics(
        m.metadata, StatisticsDefinition(schema=m.schema, table=str(other.name), columns=("a", "b"), **named("st"))
    )
    reader = m.role("reader")
    m.grant(reader, "select", name=view["name"])
    m.grant(reader, "execute", on="function", name=f"{function['name']}", arguments="integer")


def _types(m: Models, prefix: str, happy: str, street: str, *, is_renamed: bool) -> None:
    """Declare a type of each kind whose name begins so, with columns and functions that are about them."""

    def named(name: str) -> dict[str, Any]:
        return {
            "schema": m.schema,
            "name": f"{prefix} {name}",
            **({"renamed_from": f"old {name}"} if is_renamed else {}),
        }

    register_domain(
        m.metadata, DomainDefinition(type="text", checks=(("short", "length(VALUE) < 9"),), **named("domain"))
    )
    register_composite(
        m.metadata, CompositeDefinition(attributes={street: "text", "zip": "text"}, **named("composite"))
    )
    register_range(m.metadata, RangeDefinition(subtype="integer", multirange="many", **named("range")))
    enum = Enum(happy, "sad", name=f"{prefix} enum", schema=m.schema)
    m.table(
        Column("a", enum, server_default=happy),
        Column("b", ARRAY(enum)),
        Column("c", DOMAIN(f"{prefix} domain", Text, schema=m.schema)),
        Column("d", PGCraftNamedType(f"{prefix} composite", schema=m.schema)),
        Column("e", PGCraftNamedType(f"{prefix} range", schema=m.schema)),
        CheckConstraint(m.text(f"a <> {quote_literal(happy)} OR id > 0"), name="ck"),
    )
    m.view(f"SELECT id, (d).{street} AS street FROM {{t}} WHERE a = {quote_literal(happy)}")
    m.function(
        "SELECT 1",
        arguments=f'n {{s}}."{prefix} enum", m {{s}}."{prefix} enum"[]',
        **{key: value for key, value in named("f").items() if key != "schema"},
    )
    if is_renamed:
        register_rename(
            m.metadata,
            RenameDefinition(kind="enum", inside={happy: "it's"}, **named("enum")),
        )
        register_rename(
            m.metadata,
            RenameDefinition(kind="composite", inside={street: "street"}, schema=m.schema, name=f"{prefix} composite"),
        )


OLD, NEW = (renamed_from(name) for name in ("old", "new"))

CASES = (
    Case(
        "a table is renamed",
        lambda m: m.table(Column("a", Integer), name="old"),
        lambda m: m.table(Column("a", Integer), name="new", info=OLD),
    ),
    Case(
        "a column is renamed",
        lambda m: m.table(Column("old", Integer)),
        lambda m: m.table(Column("b", Integer, info=OLD)),
    ),
    Case(
        "a table and a column with all that stands on them are renamed",
        lambda m: declare_rich(m, "things", "a", is_renamed=False),
        lambda m: declare_rich(m, "stuff", "amount", is_renamed=True),
    ),
    Case("tables and columns of hostile names are renamed", lambda m: _hostile(m, "o"), lambda m: _hostile(m, "n")),
    Case("constraints and indexes are renamed", lambda m: _parts(m, "old"), lambda m: _parts(m, "new")),
    Case(
        "what is renamed is changed, too",
        lambda m: m.table(Column("old", Integer), Column("gone", Text), CheckConstraint("old > 0"), name="old"),
        lambda m: m.table(
            Column("a", BigInteger, nullable=False, server_default="7", comment="more", info=OLD),
            Column("come", Text, index=True),
            CheckConstraint("a > 1 OR a IS NULL"),
            name="new",
            comment="is new",
            info=OLD,
        ),
        rows="INSERT INTO {s}.old VALUES (1, 2, 'x')",
        reorders=True,
    ),
    Case(
        "a column that functions name is renamed",
        lambda m: _with_table_function(m, "old"),
        lambda m: _with_table_function(m, "b", info=OLD),
    ),
    Case(
        "names move on along a chain",
        lambda m: (m.table(Column("a", Integer), name="old"), m.table(Column("new", Integer), name="new")),
        lambda m: (
            m.table(Column("a", Integer), name="new", info=OLD),
            m.table(Column("b", Integer, info=NEW), name="last", info=NEW),
        ),
    ),
    Case(
        "what is renamed already stays as it is",
        lambda m: m.table(Column("b", Integer), name="new"),
        lambda m: m.table(Column("b", Integer, info=OLD), name="new", info=OLD),
        is_same=True,
    ),
    Case(
        "the old name of what is renamed already is another's",
        lambda m: (m.table(Column("b", Integer), name="new"), m.table(name="old")),
        lambda m: (
            m.table(Column("b", Integer, info=OLD), Column("old", Text), name="new", info=OLD),
            m.table(Column("c", Text), name="old"),
        ),
    ),
    Case(
        "what was never there under the old name is made",
        lambda m: m.table(),
        lambda m: (m.table(Column("b", Integer, info=OLD)), m.table(name="new", info=OLD)),
    ),
    Case(
        "views, functions, triggers, policies and statistics are renamed",
        lambda m: _code(m, "old"),
        lambda m: _code(m, "new"),
    ),
    Case(
        "types, values and attributes are renamed",
        lambda m: _types(m, "old", "it's", "street", is_renamed=False),
        lambda m: _types(m, "new", 'glad % "x"', "way", is_renamed=True),
    ),
    Case(
        "a sequence is renamed",
        lambda m: Sequence("first", metadata=m.metadata, schema=m.schema),
        lambda m: (
            Sequence("second", metadata=m.metadata, schema=m.schema),
            register_rename(
                m.metadata,
                RenameDefinition(kind="sequence", schema=m.schema, name="second", renamed_from="first"),
            ),
        ),
    ),
    Case(
        "a table is renamed as a view of its old name comes",
        lambda m: m.table(Column("a", Integer), name="old"),
        lambda m: (m.table(Column("a", Integer), name="new", info=OLD), m.view("SELECT a FROM {s}.new", name="old")),
    ),
    Case(
        "a table is renamed as one that points to it goes",
        lambda m: (
            m.table(name="first"),
            m.table(Column("o", ForeignKey(f"{m.schema}.first.id")), name="pointing"),
            m.view("SELECT id FROM {s}.first"),
        ),
        lambda m: m.table(name="second", info=renamed_from("first")),
    ),
)


@each_of((*CASES, *MEETING, *MOVES, *SWAPS))
def test_a_rename(case: Case, changes: Changes) -> None:
    changes.check(case)

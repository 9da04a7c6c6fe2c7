"""The table of kinds: whatever is said of a kind of object rather than of one object is said here, in one row.

Rows hold data; what makes SQL, compares or draws reads them. A test of the architecture finds what a kind lacks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum, StrEnum, auto

from pgcraft.catalog import default_privileges, definitions, made_types, partitions, publications, statistics
from pgcraft.catalog.definitions import Definition


class Kind(StrEnum):
    """The kinds of object, in the order in which they can be made."""

    ROLE = "role"
    SCHEMA = "schema"
    EXTENSION = "extension"
    ENUM = "enum"
    DOMAIN = "domain"
    COMPOSITE = "composite"
    RANGE = "range"
    SEQUENCE = "sequence"
    TABLE = "table"
    COLUMN = "column"
    CONSTRAINT = "constraint"
    INDEX = "index"
    PARTITION = "partition"
    FUNCTION = "function"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    STATISTICS = "statistics"
    TRIGGER = "trigger"
    POLICY = "policy"
    PUBLICATION = "publication"
    PUBLISHED = "published"
    DEFAULTS = "defaults"
    GRANT = "grant"

    __hash__ = str.__hash__  # an enum's own is slow, and every id is hashed by its kind, too


class Scope(Enum):
    """What a name of the kind is unique in."""

    DATABASE = auto()
    SCHEMA = auto()
    RELATION = auto()
    GRANT = auto()
    DEFAULTS = auto()


class Stage(IntEnum):
    """When objects of a kind are made in a revision; what goes, goes in the opposite order."""

    SCHEMAS = auto()
    BASE = auto()
    TABLES = auto()
    PARTS = auto()
    LATE = auto()


class Falls(Enum):
    """When an object cannot stay while something goes that it depends on."""

    NEVER = auto()
    ALWAYS = auto()
    WITH_FUNCTION = auto()
    WITH_OWNER = auto()
    WITH_OWNER_OR_VIEW = auto()
    WHEN_NAMED = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a kind.

    Attributes:
        definition: the class of its facts.
        plural: how several are called.
        scope: what its names are unique in; those of a relation are its parts.
        stage: when it is made and dropped.
        catalog: the system catalog that holds it; empty for what is no object there.
        is_relation: it can be read from.
        is_inside: it is made by the statement that makes its table.
        is_type: columns can be of it.
        holds_data: rows or values are lost with it.
        falls: when it cannot stay.
        cascades: PostgreSQL drops it with what it stands on, unasked.
        is_kept: it is recreated with what others set on it.
        rewritten: the facts that PostgreSQL keeps in words of its own.
        uncompared: the facts that follow from others, or are in no database.
        spoken: the facts that are compared only where both sides say something of them.
        open: the facts that stay as others set them while the models say nothing, each with what it is by default.
        inside: what SQL calls that which can be renamed inside of it, and is no object.
        granted_as: what a grant on it calls it; empty where nothing can be granted.
        words: what SQL calls it behind ALTER and DROP.
        aliases: what users call it beside its own name.
        heading: of its group in the workbench; its plural when left out.
        prefix: what narrows a search to it.
        drawn: its place among the groups of the workbench.
        ranked: its place among equally good finds.
    """

    definition: type[Definition]
    plural: str
    scope: Scope
    stage: Stage
    catalog: str
    drawn: int
    ranked: int
    is_relation: bool = False
    is_inside: bool = False
    is_type: bool = False
    holds_data: bool = False
    falls: Falls = Falls.NEVER
    cascades: bool = False
    is_kept: bool = False
    rewritten: frozenset[str] = frozenset()
    uncompared: frozenset[str] = frozenset()
    spoken: frozenset[str] = frozenset()
    open: Mapping[str, object] = field(default_factory=dict)
    inside: str = ""
    granted_as: str = ""
    words: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    heading: str = ""
    prefix: str = ""


_OWNER = frozenset({"owner"})

KINDS: dict[Kind, Row] = {
    Kind.ROLE: Row(
        definitions.Role, "roles", Scope.DATABASE, Stage.BASE, "pg_authid", drawn=130, ranked=60,
        uncompared=frozenset({"password_variable"}), words=("ROLE",), prefix="role",
    ),
    Kind.SCHEMA: Row(
        definitions.Schema, "schemas", Scope.DATABASE, Stage.SCHEMAS, "pg_namespace", drawn=140, ranked=50,
        spoken=_OWNER, granted_as="schema", words=("SCHEMA",), prefix="s",
    ),
    Kind.EXTENSION: Row(
        definitions.Extension, "extensions", Scope.DATABASE, Stage.BASE, "pg_extension", drawn=150, ranked=90,
        spoken=frozenset({"schema"}), words=("EXTENSION",), heading="PostgreSQL extensions",
    ),
    Kind.ENUM: Row(
        definitions.Enum, "enums", Scope.SCHEMA, Stage.BASE, "pg_type", drawn=60, ranked=70,
        spoken=_OWNER, is_type=True, is_kept=True, inside="VALUE", words=("TYPE",), prefix="e",
    ),
    Kind.DOMAIN: Row(
        definitions.Domain, "domains", Scope.SCHEMA, Stage.BASE, "pg_type", drawn=65, ranked=75,
        is_type=True, is_kept=True, rewritten=frozenset({"default", "checks", "collation"}), spoken=_OWNER,
        words=("DOMAIN", "TYPE"), prefix="d",
    ),
    Kind.COMPOSITE: Row(
        made_types.Composite, "composite types", Scope.SCHEMA, Stage.BASE, "pg_type", drawn=62, ranked=72,
        is_type=True, is_kept=True, rewritten=frozenset({"collations"}), spoken=_OWNER, inside="ATTRIBUTE",
        words=("TYPE",), prefix="ct",
    ),
    Kind.RANGE: Row(
        made_types.Range, "range types", Scope.SCHEMA, Stage.BASE, "pg_type", drawn=63, ranked=73,
        is_type=True, is_kept=True, rewritten=frozenset({"operator_class", "collation"}), spoken=_OWNER,
        words=("TYPE",), prefix="rt",
    ),
    Kind.SEQUENCE: Row(
        definitions.Sequence, "sequences", Scope.SCHEMA, Stage.BASE, "pg_class", drawn=50, ranked=80,
        spoken=_OWNER, holds_data=True, is_kept=True, granted_as="sequence", words=("SEQUENCE",), prefix="seq",
    ),
    Kind.TABLE: Row(
        definitions.Table, "tables", Scope.SCHEMA, Stage.TABLES, "pg_class", drawn=10, ranked=10,
        is_relation=True, holds_data=True, rewritten=frozenset({"partition_by"}),
        open={
            "row_security": False, "force_row_security": False,
            "tablespace": "pg_default", "access_method": "heap",
        },
        spoken=_OWNER, granted_as="table", words=("TABLE",), prefix="t",
    ),
    Kind.COLUMN: Row(
        definitions.Column, "columns", Scope.RELATION, Stage.TABLES, "pg_attribute", drawn=70, ranked=150,
        is_inside=True, holds_data=True, is_kept=True, rewritten=frozenset({"default", "generated", "collation"}),
        open={"storage": "default", "compression": "default"},
        uncompared=frozenset({"position", "is_inherited", "is_kept"}), prefix="c",
    ),
    Kind.CONSTRAINT: Row(
        definitions.Constraint, "constraints", Scope.RELATION, Stage.PARTS, "pg_constraint", drawn=80, ranked=120,
        is_inside=True, falls=Falls.WITH_FUNCTION, is_kept=True, rewritten=frozenset({"text", "columns"}),
        uncompared=frozenset({"is_inherited"}), words=("CONSTRAINT",), prefix="k",
    ),
    Kind.INDEX: Row(
        definitions.Index, "indexes", Scope.RELATION, Stage.PARTS, "pg_class", drawn=90, ranked=110,
        falls=Falls.WITH_OWNER, cascades=True, is_kept=True, rewritten=frozenset({"elements", "where"}),
        words=("INDEX", "TABLE"), prefix="i",
    ),
    Kind.PARTITION: Row(
        partitions.Partition, "partitions", Scope.SCHEMA, Stage.LATE, "pg_class", drawn=15, ranked=15,
        holds_data=True, rewritten=frozenset({"bounds", "partition_by"}), words=("TABLE",), prefix="pa",
    ),
    Kind.FUNCTION: Row(
        definitions.Function, "functions", Scope.SCHEMA, Stage.LATE, "pg_proc", drawn=40, ranked=40,
        falls=Falls.WHEN_NAMED, is_kept=True, rewritten=frozenset({"arguments", "returns", "body"}),
        uncompared=frozenset({"stated"}), spoken=_OWNER, granted_as="function",
        words=("FUNCTION", "PROCEDURE", "AGGREGATE", "ROUTINE"), aliases=("procedure", "aggregate"), prefix="f",
    ),
    Kind.VIEW: Row(
        definitions.View, "views", Scope.SCHEMA, Stage.LATE, "pg_class", drawn=20, ranked=20,
        is_relation=True, falls=Falls.ALWAYS, is_kept=True, rewritten=frozenset({"query", "column_defaults"}),
        uncompared=frozenset({"columns", "column_types"}), spoken=_OWNER, granted_as="view",
        words=("VIEW", "TABLE"), prefix="v",
    ),
    Kind.MATERIALIZED_VIEW: Row(
        definitions.View, "materialized views", Scope.SCHEMA, Stage.LATE, "pg_class", drawn=30, ranked=30,
        is_relation=True, holds_data=True, falls=Falls.ALWAYS, is_kept=True, rewritten=frozenset({"query"}),
        uncompared=frozenset({"columns", "column_types"}), spoken=_OWNER, granted_as="view",
        words=("VIEW", "TABLE"), aliases=("matview", "materialized_view"), prefix="v",
    ),
    Kind.STATISTICS: Row(
        statistics.Statistics, "statistics objects", Scope.RELATION, Stage.LATE, "pg_statistic_ext",
        drawn=95, ranked=115, falls=Falls.WITH_OWNER, cascades=True, is_kept=True, rewritten=frozenset({"expressions"}),
        words=("STATISTICS",), prefix="st",
    ),
    Kind.TRIGGER: Row(
        definitions.Trigger, "triggers", Scope.RELATION, Stage.LATE, "pg_trigger", drawn=100, ranked=100,
        falls=Falls.WITH_OWNER_OR_VIEW, cascades=True, is_kept=True, rewritten=frozenset({"when"}),
        open={"state": "enabled"}, words=("TRIGGER",), prefix="tr",
    ),
    Kind.POLICY: Row(
        definitions.Policy, "policies", Scope.RELATION, Stage.LATE, "pg_policy", drawn=110, ranked=130,
        falls=Falls.WITH_OWNER_OR_VIEW, cascades=True, is_kept=True, rewritten=frozenset({"using", "check"}),
        words=("POLICY",), prefix="p",
    ),
    Kind.PUBLICATION: Row(
        publications.Publication, "publications", Scope.DATABASE, Stage.LATE, "pg_publication", drawn=145, ranked=85,
        is_kept=True,
        words=("PUBLICATION",), prefix="pub",
    ),
    Kind.PUBLISHED: Row(
        publications.Published, "published tables", Scope.RELATION, Stage.LATE, "pg_publication_rel",
        drawn=115, ranked=135, falls=Falls.WITH_OWNER, cascades=True, is_kept=True,
        rewritten=frozenset({"where"}), prefix="pt",
    ),
    Kind.DEFAULTS: Row(
        default_privileges.DefaultPrivileges, "default privileges", Scope.DEFAULTS, Stage.LATE, "pg_default_acl",
        drawn=125, ranked=145, prefix="dp",
    ),
    Kind.GRANT: Row(
        definitions.Grant, "grants", Scope.GRANT, Stage.LATE, "", drawn=120, ranked=140,
        falls=Falls.WITH_OWNER, cascades=True, prefix="g",
    ),
}  # fmt: skip
"""Each kind's row."""


def select(test: Callable[[Row], bool]) -> tuple[Kind, ...]:
    """Return the kinds whose row passes, in the order in which they can be made."""
    return tuple(kind for kind in Kind if test(KINDS[kind]))


def rank(place: Callable[[Row], int]) -> dict[Kind, int]:
    """Return each kind's place by a number of its row, from 0 and in that order."""
    return {kind: at for at, kind in enumerate(sorted(Kind, key=lambda kind: place(KINDS[kind])))}


RELATIONS = select(lambda row: row.is_relation)
"""What shares one set of names in a schema and can be read from."""

PARTS = select(lambda row: row.scope is Scope.RELATION)
"""What stands on a relation, in the order in which a relation lists it."""

INSIDE = select(lambda row: row.is_inside)
"""What is made by the statement that makes its table."""

OF_DATABASE = select(lambda row: row.scope is Scope.DATABASE)
"""What stands in no schema."""

OF_SCHEMA = select(lambda row: row.scope is Scope.SCHEMA)
"""What SQL names with a schema."""

IN_PG_CLASS = select(lambda row: row.catalog == "pg_class")
"""What shares its name with no other such object of its schema, an index too."""

NAMED_AS_RELATIONS = (*IN_PG_CLASS, Kind.COMPOSITE)
"""What has a name among its schema's relations: a composite type has one for its attributes."""

TYPES = select(lambda row: row.is_type)
"""What columns can be of."""

GRANTABLE = select(lambda row: bool(row.granted_as))
"""What roles can be granted something on."""

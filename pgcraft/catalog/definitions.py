"""The facts of each kind of object. Expressions are SQL text; the standard library is all they need."""

from dataclasses import dataclass
from typing import Literal

from pgcraft.catalog.default_privileges import DefaultPrivileges
from pgcraft.catalog.made_types import Composite, Range
from pgcraft.catalog.partitions import Partition
from pgcraft.catalog.publications import Publication, Published
from pgcraft.catalog.routines import Function as Function
from pgcraft.catalog.routines import Volatility as Volatility
from pgcraft.catalog.statistics import Statistics

Timing = Literal["before", "after", "instead of"]
TriggerState = Literal["enabled", "disabled", "replica", "always"]
ConstraintType = Literal["primary key", "unique", "check", "foreign key", "exclude"]


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema; of its owner see ``View``."""

    comment: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role (https://www.postgresql.org/docs/current/sql-createrole.html).

    Attributes:
        member_of: names of the roles it is a member of, sorted.
        membership_options: of these, groups and what is otherwise than a plain GRANT makes it: ``INHERIT FALSE``.
        password_variable: environment variable that holds its password while a migration runs; never the password.
    """

    login: bool = False
    inherit: bool = True
    createdb: bool = False
    createrole: bool = False
    bypassrls: bool = False
    member_of: tuple[str, ...] = ()
    membership_options: tuple[tuple[str, str], ...] = ()
    password_variable: str | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """A PostgreSQL extension (not one of pgcraft's)."""

    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Enum:
    """An enumerated type; of its owner, and those of the others, see ``View``."""

    values: tuple[str, ...]
    comment: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain: a type that takes some values of another.

    Attributes:
        type: what it is made of, as ``format_type`` prints it.
        default: SQL expression, or None.
        checks: pairs of name and condition, in which ``VALUE`` is the value, sorted.
        collation: as it stands behind COLLATE; None for the type's own.
    """

    type: str
    default: str | None = None
    nullable: bool = True
    checks: tuple[tuple[str, str], ...] = ()
    collation: str | None = None
    comment: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence that no column owns."""

    type: str = "bigint"
    start: int = 1
    increment: int = 1
    minimum: int | None = None
    maximum: int | None = None
    cache: int = 1
    cycle: bool = False
    comment: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its columns, constraints and indexes are objects of their own, named in ``parts``.

    Attributes:
        options: storage parameters, sorted, as ``("fillfactor", "70")``.
        partition_by: ``RANGE (created_at)`` for a partitioned table.
        tablespace: None for the database's, or where nothing is said of it, as of ``access_method``.
        inherits: schemas and names of the tables that it inherits from, in order.
    """

    comment: str | None = None
    row_security: bool = False
    force_row_security: bool = False
    is_unlogged: bool = False
    options: tuple[tuple[str, str], ...] = ()
    partition_by: str | None = None
    tablespace: str | None = None
    access_method: str | None = None
    owner: str | None = None
    inherits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """``GENERATED … AS IDENTITY`` of a column; None leaves the server's default."""

    always: bool = False
    start: int | None = None
    increment: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    cache: int | None = None
    cycle: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        position: counted from 1.
        type: as ``format_type`` prints it: ``character varying(32)``, ``numeric(10,2)``. ``serial`` is not a type:
            see ``is_serial``.
        default: SQL expression, or None.
        generated: expression of a generated column, or None.
        is_virtual: it is generated when read, not stored (PostgreSQL 18).
        is_serial: its default is the next value of a sequence that it owns.
        collation: as it stands behind COLLATE; None for the type's own.
        storage: ``plain``, ``main``, ``external`` or ``extended``; None for the type's own, or where nothing is said of
            it, as of ``compression``: ``pglz`` or ``lz4``.
        is_inherited: it comes with a table that its own inherits from, and changes with that.
        is_kept: it was there before that, and stays when it goes from there.
    """

    position: int
    type: str
    nullable: bool = True
    default: str | None = None
    generated: str | None = None
    identity: Identity | None = None
    is_serial: bool = False
    is_virtual: bool = False
    collation: str | None = None
    comment: str | None = None
    storage: str | None = None
    compression: str | None = None
    is_inherited: bool = False
    is_kept: bool = False

    @property
    def is_counting(self) -> bool:
        """Whether PostgreSQL makes a sequence for it: a serial or an identity column."""
        return self.is_serial or self.identity is not None

    def gives_default(self, heir: "Column") -> bool:
        """Whether the default of a column that inherits this one comes from here; what counts gives its next value."""
        if self.is_counting and (heir.default is None or heir.default.startswith("nextval(")):
            return True
        return self.default == heir.default


NOT_VALID = " NOT VALID"
"""How the text of a constraint ends that holds for new rows, and was never tried on the old ones."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A table constraint.

    Attributes:
        columns: the constrained columns in order; for a check those it names.
        text: what stands behind ``CONSTRAINT name``: ``PRIMARY KEY (id)``, ``CHECK (price > 0)``,
            ``FOREIGN KEY (customer_id) REFERENCES public.customers(id) ON DELETE CASCADE``.
        references: schema and name of the table a foreign key points to.
        is_inherited: as of a column.
    """

    type: ConstraintType
    columns: tuple[str, ...]
    text: str
    references: tuple[str, str] | None = None
    referenced_columns: tuple[str, ...] = ()
    comment: str | None = None
    is_inherited: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """An index that no constraint owns.

    Attributes:
        elements: key columns and expressions with their operator class and order, as they stand in parentheses.
        columns: names of the plain columns among them.
        options: storage parameters, sorted, as ``("fillfactor", "70")``.
    """

    elements: tuple[str, ...]
    columns: tuple[str, ...] = ()
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: str | None = None
    nulls_not_distinct: bool = False
    options: tuple[tuple[str, str], ...] = ()
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A view, plain or materialized (the kind of its id tells).

    Attributes:
        query: the SELECT without a semicolon, as the user wrote it or as our printer made it.
        columns: names of its columns in order.
        column_types: as ``format_type`` prints them, beside ``columns``; empty when unknown.
        options: sorted pairs: ``("security_barrier", "true")``, ``("security_invoker", "true")``,
            ``("check_option", "local")``.
        column_defaults: pairs of column and expression, for inserts through the view.
        owner: a role; empty for the one that deploys, None where nothing is said of it.
    """

    query: str
    columns: tuple[str, ...] = ()
    column_types: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    column_defaults: tuple[tuple[str, str], ...] = ()
    comment: str | None = None
    column_comments: tuple[tuple[str, str], ...] = ()
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger on a table or view.

    Attributes:
        events: of ``insert``, ``update``, ``delete``, ``truncate``, in this order.
        update_columns: the columns of ``UPDATE OF``, sorted.
        function: schema and name of the function it calls.
        arguments: string arguments of the call.
        old_table: transition table's name, or None.
        state: when it fires, if not in the ordinary way; None where nothing is said of it.
    """

    timing: Timing
    events: tuple[str, ...]
    function: tuple[str, str]
    arguments: tuple[str, ...] = ()
    for_each_row: bool = True
    update_columns: tuple[str, ...] = ()
    when: str | None = None
    old_table: str | None = None
    new_table: str | None = None
    is_constraint: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    comment: str | None = None
    state: TriggerState | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A row security policy.

    Attributes:
        command: ``all``, ``select``, ``insert``, ``update`` or ``delete``.
        roles: names, sorted; ``("public",)`` for everyone.
    """

    command: str = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: str | None = None
    check: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What one role may do with one object.

    Attributes:
        privileges: lower case, sorted: ``("insert", "select")``, ``("usage",)``, ``("execute",)``.
        grantable: those of them with grant option.
        columns: pairs of privilege and column, for column grants.
        grantable_columns: those of them with grant option.
    """

    privileges: tuple[str, ...] = ()
    grantable: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    grantable_columns: tuple[tuple[str, str], ...] = ()


Definition = (
    Schema
    | Role
    | Extension
    | Enum
    | Domain
    | Composite
    | Range
    | Statistics
    | Sequence
    | Table
    | Column
    | Constraint
    | Index
    | Partition
    | View
    | Function
    | Trigger
    | Policy
    | Grant
    | DefaultPrivileges
    | Publication
    | Published
)

"""Row security policies as they stand on tables: a resource that is a view has them on the tables behind it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import MetaData

from pgcraft.catalog.linking import QualifiedName
from pgcraft.collect.compiling import schema_of
from pgcraft.collect.listing import list_tables
from pgcraft.errors import PGCraftValidationError, Place, find_nearest
from pgcraft.models.declarations import Declarations, Declared
from pgcraft.models.definitions import PolicyDefinition


@dataclass(frozen=True)
class TablePolicy:
    """A policy as it stands on a table.

    Attributes:
        definition: of the policy on the table.
        declared: what the user declared, on this table or on the resource that it belongs to.
    """

    definition: PolicyDefinition
    declared: Declared[PolicyDefinition]

    @property
    def table(self) -> QualifiedName:
        """Schema and name of the table."""
        return self.definition.schema, self.definition.table


@dataclass(frozen=True)
class Policies:
    """Every policy of a MetaData.

    Attributes:
        alone: the tables that are under row security by a word of their own, and whether that holds the owner, too.
    """

    all: tuple[TablePolicy, ...] = field(default=())
    alone: Mapping[QualifiedName, bool] = field(default_factory=dict)

    @cached_property
    def by_table(self) -> Mapping[QualifiedName, TablePolicy]:
        """The tables that have policies, each with the first of them."""
        return {policy.table: policy for policy in reversed(self.all)}

    @cached_property
    def guarded(self) -> frozenset[QualifiedName]:
        """The tables under row security."""
        return frozenset({*self.by_table, *self.alone})

    @cached_property
    def forced(self) -> frozenset[QualifiedName]:
        """The tables whose owner is held too."""
        alone = (table for table, is_forced in self.alone.items() if is_forced)
        return frozenset({*(policy.table for policy in self.all if policy.definition.force), *alone})


def read_policies(metadata: MetaData, declarations: Declarations) -> Policies:
    """Return the policies of a MetaData.

    Raises:
        PGCraftValidationError: PGC160, one is for something that is neither a table nor a resource; PGC164, it has a
            command that does not exist, or a condition that its command does not take.
    """
    tables = {(schema_of(table), str(table.name)) for table in list_tables(metadata)}
    found: dict[tuple[str, str, str], TablePolicy] = {}
    for item in declarations.policies.all():
        _check_clauses(item)
        named = f'policy "{item.definition.name}"'
        for definition in _place_on_tables(named, item.definition, item.place, tables, declarations):
            key = (definition.schema, definition.table, definition.name)
            known = found.setdefault(key, TablePolicy(definition, item))
            if known.definition != definition:
                raise _declared_twice(item, known)
    return Policies(tuple(found.values()), dict(_read_alone(tables, declarations)))


def _read_alone(tables: Collection[QualifiedName], declarations: Declarations) -> Iterator[tuple[QualifiedName, bool]]:
    """Return the tables of what is said of row security alone."""
    for item in declarations.row_security.all():
        given = item.definition
        standing = PolicyDefinition(schema=given.schema, table=given.table, name="row security", using="true")
        for policy in _place_on_tables("row security", standing, item.place, tables, declarations):
            yield (policy.schema, policy.table), given.force


def _place_on_tables(
    what: str, policy: PolicyDefinition, place: Place, tables: Collection[QualifiedName], declarations: Declarations
) -> tuple[PolicyDefinition, ...]:
    key = (policy.schema, policy.table)
    if key in tables:
        return (policy,)
    rules = declarations.row_rules.find(key)
    if rules is not None:
        return rules.definition.translate(policy)
    is_view = declarations.views.find(key) is not None
    which = "a view: row security stands on tables" if is_view else "neither a table nor a resource of the models"
    near = find_nearest(f"{policy.schema}.{policy.table}", _list_targets(tables, declarations))
    advice = f"did you mean {near}? " if near and not is_view else ""
    raise PGCraftValidationError(
        "PGC160",
        f"{what} is for {policy.schema}.{policy.table}, which is {which}",
        place=place,
        remedy=f"{advice}declare it for the table or the resource whose rows it is about; views over that hold it",
    )


def _check_clauses(item: Declared[PolicyDefinition]) -> None:
    policy = item.definition
    command = policy.command.lower()
    if command not in _TAKES:
        raise _wrong(item, f'is for command "{policy.command}"', f"write one of {', '.join(_TAKES)}")
    for clause in ("using", "check"):
        if getattr(policy, clause) is not None and clause not in _TAKES[command]:
            raise _wrong(item, f"is for {command} and has {clause}", f"give {' and '.join(_TAKES[command])} alone")


_TAKES = {
    "all": ("using", "check"),
    "select": ("using",),
    "insert": ("check",),
    "update": ("using", "check"),
    "delete": ("using",),
}
"""The conditions of each command (https://www.postgresql.org/docs/current/sql-createpolicy.html)."""


def _wrong(item: Declared[PolicyDefinition], what: str, remedy: str) -> PGCraftValidationError:
    policy = item.definition
    named = f'policy "{policy.name}" of {policy.schema}.{policy.table}'
    return PGCraftValidationError("PGC164", f"{named} {what}", place=item.place, remedy=remedy)


def _list_targets(tables: Collection[QualifiedName], declarations: Declarations) -> Iterator[str]:
    yield from (f"{schema}.{name}" for schema, name in tables)
    for key in declarations.row_rules.keys_since(0):
        yield ".".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _declared_twice(item: Declared[PolicyDefinition], known: TablePolicy) -> PGCraftValidationError:
    policy = known.definition
    return PGCraftValidationError(
        "PGC120",
        f'policy "{policy.name}" on {policy.schema}.{policy.table} is declared twice, and the two differ',
        place=item.place,
        remedy=f"the first stands at {known.declared.place}; rename one of them",
    )

"""Changes of a column where it stands: default, identity, collation."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Identity
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.sequences import default_sequence
from pgcraft.catalog.tokens import mentions_name
from pgcraft.catalog.types import canonical_type
from pgcraft.diff.bounds import find_bounds, move_along
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.serials import become_serial, count_column, go_on, leave_serial, widen_sequence
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.columns import drop_default, set_compression, set_default, set_storage
from pgcraft.render.comments import column_target, comment_on
from pgcraft.render.sequences import sequence_options


def find_new_columns(
    diff: Diff,
    current: Catalog,
    wanted: Catalog,
    *,
    retyped: frozenset[ObjectId],
    going: frozenset[ObjectId] = frozenset(),
) -> frozenset[ObjectId]:
    """Return the generated columns that must be dropped and added.

    PostgreSQL up to 16 cannot change how one is generated, and none the type of a column that one is made of.

    Args:
        retyped: columns that get another type where they stand.
        going: what cannot stay, such as a function by which one is generated.
    """
    changed = {change.id for change in diff.changed if {"generated", "is_virtual", "type"}.intersection(change.facts)}
    found = set()
    for item in current.of_kind(Kind.COLUMN):
        declared = wanted.find(item.id)
        if declared is None or declared.defined_as(Column).generated is None:
            continue
        if item.defined_as(Column).is_inherited and declared.defined_as(Column).is_inherited:
            continue  # it goes and comes with the one that it inherits
        is_generated = item.defined_as(Column).generated is not None
        if (
            item.id in changed
            or (is_generated and not going.isdisjoint(item.depends_on))
            or not retyped.isdisjoint(find_generating(item, current))
        ):
            found.add(item.id)
    return frozenset(found)


def is_retyped(change: Change) -> bool:
    """Whether a column gets another type where it stands."""
    if change.id.kind is not Kind.COLUMN or "type" not in change.facts:
        return False
    return change.wanted.defined_as(Column).generated is None


def loses_expression(change: Change) -> bool:
    """Whether a generated column becomes a plain one; only a new column leads back."""
    return "generated" in change.facts and change.wanted.defined_as(Column).generated is None


def find_generating(item: CatalogObject, catalog: Catalog) -> Iterator[ObjectId]:
    """Return the columns that a generated column is made of; none for a plain one."""
    expression = item.defined_as(Column).generated
    if expression is None:
        return
    table = catalog.find(item.id.table)
    for part in table.parts if table else ():
        if part.kind is Kind.COLUMN and part != item.id and mentions_name(expression, part.name):
            yield part


def alter_column(
    before: CatalogObject,
    after: CatalogObject,
    facts: tuple[str, ...],
    using: str,
    *,
    rests: bool = False,
    is_unlogged: bool = False,
    only: bool = False,
) -> tuple[str, ...]:
    """Return the SQL that leads from one state of a column to another, in an order that holds backwards, too.

    Args:
        facts: what differs.
        using: turns values into those of the new type; empty where none is needed.
        rests: the default is set aside by somebody else meanwhile.
        is_unlogged: the table is, afterwards.
        only: columns that inherit it keep their defaults.
    """
    return tuple(_Alteration(before, after, facts, using, rests=rests, is_unlogged=is_unlogged, only=only).write())


class _Alteration:
    def __init__(
        self,
        before: CatalogObject,
        after: CatalogObject,
        facts: tuple[str, ...],
        using: str,
        *,
        rests: bool,
        is_unlogged: bool,
        only: bool,
    ) -> None:
        self._only = only
        self._is_unlogged = is_unlogged
        self._before, self._after = before, after
        self._old, self._new = before.defined_as(Column), after.defined_as(Column)
        self._facts = frozenset(facts)
        self._using = using
        self._is_retyped = "type" in facts
        self._sets_default = not rests and (self._is_retyped or "default" in facts)
        stops = self._is_retyped and not (can_count(self._old) and can_count(self._new))
        self._stops_counting = stops or "identity" in facts or "is_serial" in facts
        self._head = f"ALTER TABLE {quote_qualified(*after.id.relation)} ALTER COLUMN {quote_name(after.id.name)} "

    def write(self) -> Iterator[str]:
        yield from self._stop_counting()
        if "generated" in self._facts and self._old.generated is not None and self._new.generated is None:
            yield self._head + "DROP EXPRESSION"
        if self._sets_default and self._old.default is not None and (self._is_retyped or self._new.default is None):
            yield drop_default(self._after, only=self._only)
        yield from self._change_type()
        yield from self._change_storage()
        yield from self._change_nullable()
        if self._sets_default and self._new.default is not None:
            yield set_default(self._after, self._new.default, only=self._only)
        yield from self._start_counting()
        if "comment" in self._facts:
            yield comment_on(column_target(*self._after.id.relation, self._after.id.name), self._new.comment)

    def _stop_counting(self) -> Iterator[str]:
        if not self._stops_counting:
            return
        if self._old.is_serial and (not self._new.is_serial or self._is_retyped):
            yield leave_serial(self._before)
        if self._old.identity is not None and (self._new.identity is None or self._is_retyped):
            yield self._head + "DROP IDENTITY"

    def _change_type(self) -> Iterator[str]:
        if not self._is_retyped and "collation" not in self._facts:
            return
        collation = self._new.collation  # without one it becomes what comes with the type
        yield "".join(
            (
                f"{self._head}TYPE {self._new.type}",
                f" COLLATE {collation}" if collation else "",
                f" USING {self._using}" if self._using else "",
            )
        )

    def _change_storage(self) -> Iterator[str]:
        """Say how values are stored; another type is stored in its own way at first."""
        if "storage" in self._facts or (self._is_retyped and self._new.storage):
            yield set_storage(self._after)
        if "compression" in self._facts or (self._is_retyped and self._new.compression):
            yield set_compression(self._after)

    def _change_nullable(self) -> Iterator[str]:
        if "nullable" in self._facts:
            yield self._head + ("DROP NOT NULL" if self._new.nullable else "SET NOT NULL")

    def _start_counting(self) -> Iterator[str]:
        new, old = self._new, self._old
        if self._is_retyped and old.is_serial and new.is_serial and not self._stops_counting:
            yield widen_sequence(self._after)
        if not self._stops_counting:
            return
        if new.is_serial and (not old.is_serial or self._is_retyped):
            yield from become_serial(self._after, is_unlogged=self._is_unlogged)
        if new.identity is not None:
            before = None if self._is_retyped else old.identity
            restart: tuple[str, ...] = ()
            if before is not None:
                there, meant = find_bounds(old.type, before), find_bounds(new.type, new.identity)
                yield from move_along(count_column(self._before), there, meant)
                restart = ("RESTART",) if meant.misses(there) else ()
            yield self._head + " ".join((*_set_identity(old.type, before, new.identity), *restart))
            if before is None:
                yield go_on(self._after)


_WHOLE_NUMBERS = frozenset({"smallint", "integer", "bigint"})


def can_count(column: Column) -> bool:
    """Whether values of the column may come from a sequence."""
    return canonical_type(column.type) in _WHOLE_NUMBERS


def _set_identity(type_: str, before: Identity | None, identity: Identity) -> Iterator[str]:
    if before is None:
        options = " ".join(sequence_options(identity))
        yield f"ADD GENERATED {'ALWAYS' if identity.always else 'BY DEFAULT'} AS IDENTITY"
        if options:
            yield f"({options})"
        return
    old, new = _spell_out(type_, before), _spell_out(type_, identity)
    yield from (f"SET {text}" for text, known in zip(new, old, strict=True) if text != known)


def _spell_out(type_: str, identity: Identity) -> tuple[str, ...]:
    """Return every option, also those that are the server's choice."""
    default = default_sequence(type_, identity.increment)
    minimum = default.minimum if identity.minimum is None else identity.minimum
    maximum = default.maximum if identity.maximum is None else identity.maximum
    first = minimum if default.increment > 0 else maximum
    return (
        f"GENERATED {'ALWAYS' if identity.always else 'BY DEFAULT'}",
        f"START WITH {first if identity.start is None else identity.start}",
        f"INCREMENT BY {default.increment}",
        f"MINVALUE {minimum}",
        f"MAXVALUE {maximum}",
        f"CACHE {identity.cache or 1}",
        "CYCLE" if identity.cycle else "NO CYCLE",
    )

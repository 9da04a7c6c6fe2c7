"""Changes of a column where it stands: default, identity, collation."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Identity
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.sequences import default_sequence
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.serials import become_serial, go_on, leave_serial
from pgcraft.identifiers import quote_name, quote_qualified
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
        is_generated = item.defined_as(Column).generated is not None
        if (
            item.id in changed
            or (is_generated and not going.isdisjoint(item.depends_on))
            or not retyped.isdisjoint(find_generating(item, current))
        ):
            found.add(item.id)
    return frozenset(found)


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


def alter_column(before: CatalogObject, after: CatalogObject, facts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the SQL that leads from one state of a column to another, in the facts that Alembic does not compare."""
    table = quote_qualified(*after.id.relation)
    head = f"ALTER TABLE {table} ALTER COLUMN {quote_name(after.id.name)}"
    old, new = before.defined_as(Column), after.defined_as(Column)
    found = [f"{head} {action}" for action in _actions(old, new, facts)]
    if old.is_serial and not new.is_serial:
        found.insert(0, leave_serial(before))
    if new.is_serial and not old.is_serial:
        found += become_serial(after)
    if new.identity is not None and old.is_serial:
        found.append(go_on(after))
    return tuple(found)


def _actions(before: Column, after: Column, facts: tuple[str, ...]) -> Iterator[str]:
    if "generated" in facts and before.generated is not None and after.generated is None:
        yield "DROP EXPRESSION"
    if "identity" in facts and before.identity is not None and after.identity is None:
        yield "DROP IDENTITY"
    if "collation" in facts:
        yield f"TYPE {after.type} COLLATE {after.collation or quote_name('default')}"
    if "default" in facts and before.default is not None and after.default is None:
        yield "DROP DEFAULT"
    if "default" in facts and after.default is not None:
        yield f"SET DEFAULT {after.default}"
    if "identity" in facts and after.identity is not None:
        yield from _set_identity(before, after.identity)


def _set_identity(before: Column, identity: Identity) -> Iterator[str]:
    kind = "ALWAYS" if identity.always else "BY DEFAULT"
    if before.identity is None:
        options = " ".join(sequence_options(identity))
        if before.nullable:
            yield "SET NOT NULL"
        yield f"ADD GENERATED {kind} AS IDENTITY{f' ({options})' if options else ''}"
        return
    old, new = _spell_out(before.type, before.identity), _spell_out(before.type, identity)
    changed = [f"SET {text}" for text, known in zip(new, old, strict=True) if text != known]
    yield " ".join(changed)


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

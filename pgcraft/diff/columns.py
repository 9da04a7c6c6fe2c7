"""Changes of a column where it stands: default, identity, collation."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Identity
from pgcraft.catalog.objects import CatalogObject
from pgcraft.diff.compare import Change
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.sequences import sequence_options


def needs_new_column(change: Change) -> bool:
    """Whether a column must be dropped and added: PostgreSQL up to 16 cannot change how one is generated."""
    if not {"generated", "is_virtual"}.intersection(change.facts):
        return False
    return change.wanted.defined_as(Column).generated is not None


def alter_column(before: CatalogObject, after: CatalogObject, facts: tuple[str, ...]) -> tuple[str, ...]:
    """Give the SQL that leads from one state of a column to another, in the facts that Alembic does not compare."""
    table = quote_qualified(after.id.schema, after.id.parent or "")
    head = f"ALTER TABLE {table} ALTER COLUMN {quote_name(after.id.name)}"
    return tuple(f"{head} {action}" for action in _actions(before.defined_as(Column), after.defined_as(Column), facts))


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
    words = [f"SET GENERATED {kind}", *(f"SET {option}" for option in sequence_options(identity))]
    if before.identity.cycle and not identity.cycle:
        words.append("SET NO CYCLE")
    yield " ".join(words)

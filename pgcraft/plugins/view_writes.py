"""What the factories have in common whose view is written through INSTEAD OF triggers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.models.definitions import Need
from pgcraft.plugins.concurrency import Merging
from pgcraft.plugins.equality import (
    has_exact_equality,
    has_own_equality,
    write_differing,
    write_equal,
    write_same,
    write_same_rows,
)
from pgcraft.plugins.trigger_function import Firing, declare_trigger
from pgcraft.plugins.view_defaults import is_numbered, takes_from_sequence
from pgcraft.sqltext.compiling import compile_server_default
from pgcraft.sqltext.plpgsql import write_if, write_raise

VIEW_WRITES = "view_writes"
"""Context key of what :func:`declare_view_writes` declared."""


ROW_VERSION = "xmin"
"""The system column by which a function knows who wrote a row."""


@dataclass(frozen=True)
class ViewWrites:
    """What writes a resource through a view that shows every column of it.

    Attributes:
        bodies: of the functions, by operation.
        triggers: names of the triggers on the resource's own view.
        settings: what is set while a function runs, beside the path.
        depends_on: the tables that the bodies name.
        needs: what the caller of each needs, where it runs with the caller's rights.
    """

    bodies: Mapping[str, str]
    triggers: frozenset[str]
    settings: tuple[tuple[str, str], ...]
    depends_on: tuple[tuple[str, str], ...]
    needs: Mapping[str, tuple[Need, ...]]


@dataclass(frozen=True)
class ViewColumn:
    """A column that clients see in a view.

    Attributes:
        name: quoted.
        is_written: whether clients write it; numbers of a sequence and computed values are the server's.
        sequence: expression of its default when that takes from a sequence.
        is_exact: whether equal values of its type are the same.
        is_numbered: whether its values are numbers of a sequence.
        has_own_equality: whether its type's ``=`` is PostgreSQL's own.
    """

    name: str
    is_written: bool
    sequence: str | None
    is_exact: bool
    is_numbered: bool
    has_own_equality: bool

    def is_same(self, one: str, other: str) -> str:
        """The condition that two records agree in this column."""
        return write_same(f"{one}.{self.name}", f"{other}.{self.name}", is_exact=self.is_exact)

    def differs(self, one: str, other: str) -> str:
        """The condition that two records disagree in this column."""
        return write_differing(f"{one}.{self.name}", f"{other}.{self.name}", is_exact=self.is_exact)

    def equals(self, one: str, other: str) -> str:
        """The condition that two of its values are equal, neither of which is NULL."""
        return write_equal(one, other, has_own_equality=self.has_own_equality)


def describe_column(column: Column[Any]) -> ViewColumn:
    """Return what a trigger must know of a column."""
    default = compile_server_default(column)
    return ViewColumn(
        name=quote_name(column.name),
        is_written=column.computed is None and not is_numbered(column),
        sequence=default if default is not None and takes_from_sequence(default) else None,
        is_exact=has_exact_equality(column.type),
        is_numbered=is_numbered(column),
        has_own_equality=has_own_equality(column.type),
    )


def write_merge(columns: Iterable[ViewColumn], merging: Merging) -> list[str]:
    """Write the lines that take over what another transaction has made of values, or refuse to overwrite it."""
    names = [column.name for column in columns]
    return [f"NEW.{name} := {merging.call_merge(f'NEW.{name}', f'OLD.{name}', f'latest.{name}')};" for name in names]


def write_same_columns(columns: Sequence[ViewColumn], one: str, other: str) -> list[str]:
    """Write the condition that two records agree in several columns, on one line or two."""
    ones, others = ([f"{record}.{column.name}" for column in columns] for record in (one, other))
    return write_same_rows(ones, others, is_exact=all(column.is_exact for column in columns))


def keep_key(view: str, key: Column[Any]) -> list[str]:
    """Write the lines that let a key stay as it is: one of the server's silently, another by an error.

    Args:
        view: its name with its schema.
        key: the key's column.
    """
    name = quote_name(key.name)
    if is_numbered(key):
        return [f"NEW.{name} := OLD.{name};"]
    message = f"the key of a row of {view} cannot change".replace("%", "%%")
    refuse = write_raise(quote_literal(message), errcode="'feature_not_supported'")
    is_changed = write_differing(f"NEW.{name}", f"OLD.{name}", is_exact=has_exact_equality(key.type))
    return write_if([is_changed], refuse)


def is_made(key: Column[Any]) -> bool:
    """Whether the server makes a key where the client gives none; asked once the key stands on its table."""
    return compile_server_default(key) is not None or is_numbered(key)


def fill_key(key: Column[Any], table: str) -> list[str]:
    """Write the lines that give NEW its key where the server makes it; a number is the server's in any case.

    Args:
        key: the key's column.
        table: the quoted table that has it, and owns its sequence.
    """
    name = quote_name(key.name)
    default = compile_server_default(key)
    if is_numbered(key):
        owned = f"pg_catalog.pg_get_serial_sequence({quote_literal(table)}, {quote_literal(key.name)})"
        return [f"NEW.{name} := {default or f'pg_catalog.nextval({owned})'};"]
    return write_if([f"NEW.{name} IS NULL"], [f"NEW.{name} := {default};"]) if default else []


def declare_view_writes(
    ctx: FactoryContext,
    kind: str,
    bodies: Mapping[str, str],
    *,
    depends_on: tuple[tuple[str, str], ...],
    needs: Mapping[str, tuple[Need, ...]],
    settings: tuple[tuple[str, str], ...] = (),
) -> None:
    """Register a function and an INSTEAD OF trigger on the resource's view for each operation; sets ``view_writes``.

    Args:
        ctx: of the factory.
        kind: of factory, as the naming convention has it.
        bodies: body of the function by operation: ``insert``, ``update``, ``delete``.
        depends_on: the tables that the bodies name.
        needs: what the caller of each needs, where it runs with the caller's rights.
        settings: what is set while they run, beside the path.
    """
    triggers = [
        declare_trigger(
            ctx,
            kind,
            op,
            body,
            Firing(relation=ctx.tablename, timing="instead of", events=(op,)),
            reaches=depends_on,
            needs=needs[op],
            settings=settings,
        )
        for op, body in bodies.items()
    ]
    ctx[VIEW_WRITES] = ViewWrites(bodies, frozenset(triggers), settings, depends_on, needs)

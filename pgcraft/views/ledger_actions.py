"""Ledger events as SQL functions."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    MetaData,
    Select,
    SelectBase,
    Table,
    and_,
    func,
    insert,
    literal_column,
    select,
    true,
)
from sqlalchemy.types import TypeEngine, to_instance

from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftColumnError, PGCraftValidationError, Place, find_nearest
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.ledger.events import LedgerEvent
from pgcraft.models.definitions import Need
from pgcraft.models.generated import GeneratedFunction
from pgcraft.models.naming import build_name
from pgcraft.models.provenance import find_caller
from pgcraft.models.register import register_function
from pgcraft.plugins.entity import qualify
from pgcraft.plugins.equality import are_same
from pgcraft.plugins.ledger.amounts import find_direction
from pgcraft.sqltext.compiling import compile_sql
from pgcraft.sqltext.dialect import DIALECT
from pgcraft.views.declaration import Declaration
from pgcraft.views.ledger import read_ledger


class LedgerActions(Declaration):
    """Declares a function ``S.S_T_<event>`` for each event of a ledger; it writes one entry and returns its rows.

    The functions run with their owner's rights, and nobody else may execute them until a grant says so. Where a policy
    stands on the ledger they run with their caller's, who sees and writes what the policy lets through.

    Args:
        source: the ledger's factory, or the class that was registered with it.
        events: the events.
        bypass_row_security: run with the owner's rights, whatever policies the ledger has.

    Raises:
        PGCraftValidationError: PGC126, the source is no ledger; PGC127, an event is wrong.
        PGCraftColumnError: PGC104, an event names a column that is not there (a ValueError too).
    """

    def __init__(self, source: object, events: Sequence[LedgerEvent], *, bypass_row_security: bool = False) -> None:
        place = Place(*find_caller(), type(self).__name__)
        self.ctx = read_ledger(source, place)
        self.locate(self.ctx.tablename)
        self.events = tuple(events)
        self.bypass_row_security = bypass_row_security
        self.declare_on(self.ctx.metadata)

    def declare(self, metadata: MetaData) -> None:
        """Register the functions."""
        for event in self.events:
            function = _write_function(self.ctx, event, self.place)
            register_function(metadata, replace(function, bypass_row_security=self.bypass_row_security))


@dataclass
class _Parameters:
    """The arguments of one function, in the order in which they are first named."""

    function: str
    types: dict[str, TypeEngine[Any]] = field(default_factory=dict)

    def __call__(self, name: str, type_: Any) -> ColumnElement[Any]:
        """Name an argument; where a column has the same name, the function's own name tells them apart."""
        self.types.setdefault(name, to_instance(type_))
        qualified = f"{quote_name(self.function)}.{quote_name(name)}"
        return literal_column(qualified, self.types[name]).label(name)

    def write(self) -> str:
        """Return them as CREATE FUNCTION takes them."""
        return ", ".join(f"{quote_name(name)} {type_.compile(dialect=DIALECT)}" for name, type_ in self.types.items())


def _write_function(ctx: FactoryContext, event: LedgerEvent, place: Place) -> GeneratedFunction:
    name = build_name(ctx.metadata, "ledger_function", schema=ctx.schemaname, table_name=ctx.tablename, op=event.name)
    parameters = _Parameters(name)
    rows = event.input(parameters)
    if not isinstance(rows, SelectBase):
        raise _wrong(event, f"input gives {rows!r}", "let it give a SQLAlchemy select()", place)
    table: Table = ctx["table"]
    written, inserted = _make_insert(ctx, event, rows, place)
    statements = [*_write_lock(ctx, event), compile_sql(written)]
    relation, columns = (ctx.schemaname, table.name), tuple(column.name for column in table.columns)
    return GeneratedFunction(
        schema=ctx.schemaname,
        name=name,
        arguments=parameters.write(),
        returns=f"SETOF {qualify(table)}",
        body="\n" + "".join(f"{statement};\n" for statement in statements),
        language="sql",
        security_definer=True,
        depends_on=(relation,),
        needs=(Need("insert", relation, inserted), Need("select", relation, columns)),
    )


def _write_lock(ctx: FactoryContext, event: LedgerEvent) -> list[str]:
    """Let events that compare with what is there run one after the other."""
    if event.existing is None:
        return []
    return [f"SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended({quote_literal(ctx.fullname)}, 0))"]


def _make_insert(
    ctx: FactoryContext, event: LedgerEvent, rows: SelectBase, place: Place
) -> tuple[Any, tuple[str, ...]]:
    """Return the statement, and the names of the columns that it fills."""
    table: Table = ctx["table"]
    input_rows = rows.cte("input")
    wanted = select(input_rows) if event.desired is None else event.desired(input_rows)
    desired = wanted.cte("desired")
    names = [column.name for column in desired.columns]
    _check_columns(ctx, event, names, place)
    entry = select(func.pg_catalog.gen_random_uuid().label("id")).cte("entry")
    selected = _select_rows(ctx, event, desired, names, place)
    query = selected.add_columns(entry.c.id).add_cte(entry).join_from(desired, entry, true())
    filled = [*names, ctx["entry_id_column"]]
    returned: Any = literal_column(f"{qualify(table)}.*")
    return insert(table).from_select(filled, query).returning(returned), tuple(filled)


def _select_rows(
    ctx: FactoryContext, event: LedgerEvent, desired: FromClause, names: list[str], place: Place
) -> Select[Any]:
    """Select what is desired, or by how much it differs from what is there."""
    if event.existing is None:
        return select(*desired.columns)
    _check_keys(ctx, event, names, place)
    existing = event.existing(ctx, desired).cte("existing")
    same = and_(*(are_same(desired.c[key], existing.c[key]) for key in event.diff_keys))
    value = ctx["value_column"]
    difference = desired.c[value] - func.coalesce(existing.c[value], 0)
    columns = (difference.label(value) if name == value else desired.c[name] for name in names)
    return select(*columns).outerjoin_from(desired, existing, same).where(difference != 0)


def _check_columns(ctx: FactoryContext, event: LedgerEvent, names: list[str], place: Place) -> None:
    known = set(ctx.column_names.values()) - {ctx["entry_id_column"]}
    for name in names:
        if name not in known:
            near = find_nearest(name, known)
            raise PGCraftColumnError(
                "PGC104",
                f'event "{event.name}" writes column "{name}", which {ctx.fullname} does not have',
                place=place,
                remedy=(f'did you mean "{near}"? ' if near else "") + f"it has {', '.join(sorted(known))}",
            )
    if ctx["value_column"] not in names:
        raise _wrong(event, f'its rows have no column "{ctx["value_column"]}"', "label one of them so", place)


def _check_keys(ctx: FactoryContext, event: LedgerEvent, names: list[str], place: Place) -> None:
    if not event.diff_keys:
        raise _wrong(event, "it has existing and no diff_keys", "name the columns to compare by in diff_keys", place)
    missing = [key for key in event.diff_keys if key not in names]
    if missing:
        raise _wrong(event, f"diff_keys name {', '.join(missing)}, which its rows do not have", "select them", place)
    if find_direction(ctx) is not None:
        raise _wrong(event, "a difference has no direction", "leave existing out for double entries", place)


def _wrong(event: LedgerEvent, what: str, remedy: str, place: Place) -> PGCraftValidationError:
    return PGCraftValidationError("PGC127", f'event "{event.name}": {what}', place=place, remedy=remedy)

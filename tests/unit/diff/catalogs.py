"""Catalogs from the lines of their ids, closed as those are that were declared."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from pgcraft.catalog.definitions import (
    Column,
    Constraint,
    Definition,
    Function,
    Index,
    Policy,
    Role,
    Trigger,
    View,
)
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.linking import Draft, link
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import target_of
from pgcraft.diff.actions import Action
from pgcraft.diff.casts import Casting
from pgcraft.diff.compare import Diff, compare_catalogs
from pgcraft.diff.order import order_steps
from pgcraft.diff.plan import make_step, plan_changes
from pgcraft.diff.tables import plan_tables
from pgcraft.diff.types import find_remade

Objects = Mapping[str, Definition]


def make(objects: Objects) -> Catalog:
    """Return a closed catalog: each object needs what its definition names."""
    return link([_draft(parse_id(line), definition) for line, definition in objects.items()])


def without(objects: Objects, *lines: str) -> Objects:
    return {line: definition for line, definition in objects.items() if line not in lines}


def plan_change(before: Objects, after: Objects) -> tuple[Action, ...]:
    """Return what leads from one to the other, in run order; all of it is ours."""
    current, wanted = make(before), make(after)
    diff = compare_catalogs(current, wanted)
    moved = find_remade(diff, current, wanted)
    return plan_in_order(current, wanted, diff, disturbed=moved)


def plan_in_order(
    current: Catalog,
    wanted: Catalog,
    diff: Diff,
    *,
    is_ours: Callable[[ObjectId], bool] = lambda _: True,
    disturbed: frozenset[ObjectId] = frozenset(),
) -> tuple[Action, ...]:
    """Return what is planned for everything but tables, in run order; all of it is ours where nothing else is said."""
    found = plan_changes(current, wanted, diff, is_ours=is_ours, disturbed=disturbed)
    return order_steps([make_step(action, action) for action in found])


def plan_inside(
    before: Objects,
    after: Objects,
    *,
    moved: Iterable[str] = (),
    new_columns: Iterable[str] = (),
    foreign: Iterable[str] = (),
) -> tuple[Action, ...]:
    """Return what is done inside of tables; lines of ids say what others do, and what is not ours."""
    current, wanted = make(before), make(after)
    others = frozenset(map(parse_id, foreign))
    return plan_tables(
        current,
        wanted,
        compare_catalogs(current, wanted),
        moved=frozenset(map(parse_id, moved)),
        new_columns=frozenset(map(parse_id, new_columns)),
        is_ours=lambda object_id: object_id not in others,
        cast=lambda name, old, new: Casting(f"{name}::{new}", f"{name}::{old}"),
    )


def up(actions: tuple[Action, ...]) -> list[str]:
    return [sql for action in actions for sql in action.up]


def down(actions: tuple[Action, ...]) -> list[str]:
    return [sql for action in reversed(actions) for sql in action.down]


def titles(actions: tuple[Action, ...]) -> list[str]:
    return [f"{action.verb} {action.id}" for action in actions]


def _draft(object_id: ObjectId, definition: Definition) -> Draft:
    texts, queries = _texts(definition)
    return Draft(
        CatalogObject(object_id, definition),
        needs=tuple(_needs(object_id, definition)),
        relations=((object_id.schema or "", object_id.parent or ""),) if object_id.kind in _ON_RELATIONS else (),
        functions=(definition.function,) if isinstance(definition, Trigger) else (),
        texts=texts,
        queries=queries,
    )


_ON_RELATIONS = (Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX, Kind.TRIGGER, Kind.POLICY)


def _needs(object_id: ObjectId, definition: Definition) -> Iterator[ObjectId]:
    if object_id.kind is Kind.GRANT:
        yield ObjectId(Kind.ROLE, None, object_id.parent or "")
        yield from target_of(object_id)
    if isinstance(definition, Constraint) and definition.references:
        yield ObjectId(Kind.TABLE, *definition.references)
    if isinstance(definition, Role):
        yield from (ObjectId(Kind.ROLE, None, name) for name in definition.member_of)


def _texts(definition: Definition) -> tuple[tuple[str, ...], tuple[str, ...]]:
    match definition:
        case Column():
            return (definition.type, definition.default or "", definition.generated or ""), ()
        case Constraint():
            return (definition.text,), ()
        case Index():
            return (*definition.elements, definition.where or ""), ()
        case Function():
            return (definition.arguments, definition.returns, definition.body), ()
        case Trigger():
            return (definition.when or "",), ()
        case View():
            return tuple(default for _, default in definition.column_defaults), (definition.query,)
        case Policy():
            return (), (definition.using or "", definition.check or "")
        case _:
            return (), ()

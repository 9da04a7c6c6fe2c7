"""The statements that make one catalog what another is, and what they leave alone unless they may drop."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pgcraft.catalog.default_privileges import DefaultPrivileges
from pgcraft.catalog.definitions import Constraint, Index
from pgcraft.catalog.kinds import KINDS, PARTS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.privileges import PUBLIC
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.casts import Cast
from pgcraft.diff.compare import Diff
from pgcraft.diff.renamed import Renamed
from pgcraft.diff.renames import Rename
from pgcraft.diff.schemas_first import find_schemas
from pgcraft.diff.whole import plan_everything
from pgcraft.render.closing import CLOSED, close
from pgcraft.render.owners import change_owner
from pgcraft.render.renderer import Sql
from pgcraft.render.statement import Statement


@dataclass(frozen=True)
class Comparison:
    """Two catalogs side by side.

    Attributes:
        wanted: under the current catalog's names of constraints and indexes.
        diff: of the two, with SQL text in one form on both sides.
        renamed: constraints and indexes of the current catalog that the other calls otherwise.
        renames: what is declared to have had another name, and what follows that: it has the new one in both.
    """

    current: Catalog
    wanted: Catalog
    diff: Diff
    renamed: tuple[Renamed, ...] = ()
    renames: tuple[Rename, ...] = ()


@dataclass(frozen=True)
class Mending:
    """What is to be run.

    Attributes:
        kept: what only the current catalog has, and stays.
    """

    statements: tuple[Statement, ...]
    kept: tuple[ObjectId, ...]


def plan_mending(
    compared: Comparison,
    *,
    cast: Cast,
    drops: bool,
    owners: Mapping[ObjectId, str],
    wanted_owners: Mapping[ObjectId, str],
) -> Mending:
    """Plan the way from the current catalog to the wanted one.

    Args:
        drops: whether what holds rows, or stands for itself and so may be somebody else's, goes where only the current
            catalog has it. What stands on an object of both always goes.
        owners: of the current objects; what is recreated is given back to them.
        wanted_owners: of objects that are to be another role's.
    """
    kept = () if drops else tuple(_find_kept(compared))
    ids = frozenset(item.id for item in kept)
    wanted = _with(compared.wanted, kept)
    diff = replace(compared.diff, removed=tuple(item for item in compared.diff.removed if item.id not in ids))
    actions = [
        _close(action, compared.current, wanted)
        for action in plan_everything(compared.current, wanted, diff, cast=cast)
    ]
    dropped = {action.id for action in actions if action.verb is Verb.DROP}
    anew = [action.id for action in actions if action.verb is Verb.CREATE and action.id in dropped]
    back = {object_id: owners[object_id] for object_id in anew if object_id in owners}
    made = {action.id for action in actions if action.verb is Verb.CREATE}
    given = {object_id: owner for object_id, owner in wanted_owners.items() if object_id not in made}
    late = back | {object_id: owner for object_id, owner in wanted_owners.items() if object_id in made}
    schemas = find_schemas(actions, wanted, compared.renames)
    # PostgreSQL makes one of what the old owner and the new one may do: rights go before, and come after.
    taken = [action for action in actions if action.verb is Verb.DROP and action.id.kind is Kind.GRANT]
    statements = (
        *(statement for action in schemas for statement in action.statements()),
        *(_state(each.id, sql, "rename") for each in compared.renames if not each.is_implied for sql in each.up),
        *(statement for action in taken for statement in action.statements()),
        *(_state(object_id, change_owner(object_id, owner), "alter") for object_id, owner in sorted(given.items())),
        *(each for action in actions if action not in (*schemas, *taken) for each in action.statements()),
        *(_state(each.id, each.render(), "rename") for each in compared.renamed if not each.is_number),
        *(_state(object_id, change_owner(object_id, owner), "alter") for object_id, owner in sorted(late.items())),
    )
    alone = (item.id for item in kept if _stands_alone(item.id, compared.wanted))
    return Mending(statements, tuple(sorted(alone)))


def _close(action: Action, current: Catalog, wanted: Catalog) -> Action:
    """Let what is made have no privileges by default: those that it is to have are granted afterwards."""
    item = wanted.find(action.id)
    if action.verb is not Verb.CREATE or item is None or action.id.kind not in CLOSED:
        return action
    given = (
        each.defined_as(DefaultPrivileges).grantee for side in (current, wanted) for each in side.of_kind(Kind.DEFAULTS)
    )
    names = sorted({*given} - {PUBLIC})
    if not names:
        return action
    made = tuple(Sql(text) for text in action.up)
    return action._replace(up=tuple(each.text for each in close(item, made, names, wanted)))


def _stands_alone(object_id: ObjectId, wanted: Catalog) -> bool:
    """Whether what is kept stands for itself, or is a column of a table that both have."""
    if object_id.kind is Kind.COLUMN:
        return object_id.table in wanted.by_id
    return object_id.kind not in PARTS and object_id.kind is not Kind.GRANT


def _state(object_id: ObjectId, sql: str, verb: str) -> Statement:
    return Statement(sql, f"{verb} {object_id}", (), object_id)


def _find_kept(compared: Comparison) -> Iterator[CatalogObject]:
    """Return what only the current catalog has and stays: what holds rows, whole objects, and what stands on these."""
    removed = compared.diff.removed
    whole = {item.id for item in removed if item.id.kind not in PARTS and item.id.kind is not Kind.GRANT}
    columns = {item.id for item in removed if item.id.kind is Kind.COLUMN}
    names = {(each.schema, each.name) for each in whole}
    for item in removed:
        if item.id in whole or item.id in columns or _stands_on(item, names, columns):
            yield item


def _stands_on(item: CatalogObject, names: set[tuple[str | None, str]], columns: set[ObjectId]) -> bool:
    if item.id.kind is Kind.GRANT:
        target = item.id.granted_on
        return (target.schema, target.name) in names
    if (item.id.schema, item.id.parent) in names:
        return True
    if item.id.kind is Kind.PUBLISHED:  # belongs to the publication of its name
        return (None, item.id.name) in names
    definition: Any = item.definition
    is_on_columns = isinstance(definition, Constraint | Index)
    return is_on_columns and any(item.id.table.column(name) in columns for name in definition.columns)


def _with(wanted: Catalog, kept: tuple[CatalogObject, ...]) -> Catalog:
    """Return the wanted catalog with what stays, each part given to its owner."""
    if not kept:
        return wanted
    added: dict[tuple[str, str], list[ObjectId]] = {}
    for item in kept:
        if item.id.kind in PARTS:
            added.setdefault(item.id.relation, []).append(item.id)
    objects = (
        replace(item, parts=(*item.parts, *added.get(item.id.qualified, ())))
        if KINDS[item.id.kind].is_relation
        else item
        for item in wanted.objects
    )
    return make_catalog((*objects, *kept), server_version=wanted.server_version)

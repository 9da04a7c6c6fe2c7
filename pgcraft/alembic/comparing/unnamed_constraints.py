"""Names of constraints that the models leave to PostgreSQL, which numbers them as they come."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from alembic.operations import ops
from sqlalchemy import CheckConstraint
from sqlalchemy.sql.elements import conv

from pgcraft.alembic.operations.tables import table_id
from pgcraft.catalog.definitions import Constraint
from pgcraft.catalog.implicit import choose_constraint_name
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.collect.constraints import define_constraint, given_name, list_constraints

_NUMBERED = ("foreign key", "unique")
_Table = tuple[str | None, str | None]
"""Schema and name."""

_NUMBER = re.compile(r"\d*\Z")


def adopt_names(wanted: Catalog, current: Catalog) -> Catalog:
    """Return the wanted catalog with the database's names for nameless foreign keys and unique constraints.

    Of several on the same columns, the database numbered the ones that came first; new ones get a number that is free.
    """
    unsettled = [item for item in wanted.of_kind(Kind.CONSTRAINT) if _is_numbered(item) and not _has(current, item)]
    if not unsettled:
        return wanted
    ours, theirs, open_ = _by_table(wanted), _by_table(current), _group(unsettled)
    names: dict[ObjectId, ObjectId] = {}
    for table, items in open_.items():
        names |= _rename(items, ours[table], theirs.get(table, []))
    return _with_names(wanted, names) if names else wanted


def step_aside(wanted: Catalog, taken: Collection[ObjectId]) -> Catalog:
    """Return nameless constraints other numbers where somebody else's constraints have the names.

    Args:
        taken: constraints of somebody else that say something else than the wanted ones of their names.
    """
    names = {}
    for object_id in sorted(taken):
        item = wanted.find(object_id)
        if item is not None and _NUMBER.sub("", object_id.name) == _choose_name(item, frozenset()):
            ours = {
                other.name for other in wanted.by_id if other.kind is Kind.CONSTRAINT and _is_beside(other, item.id)
            }
            theirs = {other.name for other in taken if _is_beside(other, object_id)}
            names[object_id] = replace(object_id, name=_choose_name(item, ours | theirs))
    return _with_names(wanted, names) if names else wanted


def _is_beside(left: ObjectId, right: ObjectId) -> bool:
    return (left.schema, left.parent) == (right.schema, right.parent)


def _by_table(catalog: Catalog) -> dict[_Table, list[CatalogObject]]:
    return _group(catalog.of_kind(Kind.CONSTRAINT))


def _group(items: Iterable[CatalogObject]) -> dict[_Table, list[CatalogObject]]:
    found: dict[_Table, list[CatalogObject]] = {}
    for item in items:
        found.setdefault((item.id.schema, item.id.parent), []).append(item)
    return found


def _has(catalog: Catalog, item: CatalogObject) -> bool:
    other = catalog.find(item.id)
    return other is not None and _is_same(item, other)


def _rename(
    unsettled: list[CatalogObject], wanted: list[CatalogObject], current: list[CatalogObject]
) -> dict[ObjectId, ObjectId]:
    """Return the new ids of a table's unsettled constraints, where those are others."""
    ids = {item.id for item in unsettled}
    settled = {item.id for item in wanted} - ids
    free = [item for item in current if item.id not in settled]
    found: dict[ObjectId, ObjectId] = {}
    for item in unsettled:
        same = next((other for other in free if _is_numbered(other) and _is_same(item, other)), None)
        if same is not None:
            free.remove(same)
            found[item.id] = same.id
    kept = {item.id.name for item in free if any(_is_same(item, other) for other in wanted)}
    taken = {object_id.name for object_id in (*settled, *found.values())} | kept
    for item in unsettled:
        if item.id not in found:
            chosen = item.id.name if item.id.name not in taken else _choose_name(item, taken)
            taken.add(chosen)
            found[item.id] = replace(item.id, name=chosen)
    return {old: new for old, new in found.items() if old != new}


def _is_numbered(item: CatalogObject) -> bool:
    """Whether a constraint has the name that PostgreSQL would give it, with or without a number."""
    definition = item.defined_as(Constraint)
    return definition.type in _NUMBERED and _NUMBER.sub("", item.id.name) == _choose_name(item, frozenset())


def _choose_name(item: CatalogObject, taken: Iterable[str]) -> str:
    definition = item.defined_as(Constraint)
    return choose_constraint_name(definition.type, item.id.relation[1], definition.columns, frozenset(taken))


def _is_same(left: CatalogObject, right: CatalogObject) -> bool:
    return _is_text_of(left.defined_as(Constraint), right.defined_as(Constraint))


def _with_names(catalog: Catalog, names: dict[ObjectId, ObjectId]) -> Catalog:
    return make_catalog(
        replace(item, id=names.get(item.id, item.id), parts=tuple(names.get(part, part) for part in item.parts))
        for item in catalog.objects
    )


def complete_constraint(operation: ops.MigrateOperation, wanted: Catalog, default_schema: str) -> None:
    """Bring the addition of a constraint in line with the wanted catalog.

    One without a name gets it there, for the downgrade needs it; a foreign key names columns by their names, where
    Alembic writes the keys that the models know them by.
    """
    if not isinstance(operation, ops.CreateForeignKeyOp | ops.CreateUniqueConstraintOp):
        return
    item = _find_declared(operation, wanted, default_schema)
    if item is None:
        return
    operation.constraint_name = operation.constraint_name or item.id.name
    if isinstance(operation, ops.CreateForeignKeyOp):
        operation.remote_cols = list(item.defined_as(Constraint).referenced_columns)


def _find_declared(
    operation: ops.CreateForeignKeyOp | ops.CreateUniqueConstraintOp, wanted: Catalog, default_schema: str
) -> CatalogObject | None:
    known = list_table_constraints(wanted, table_id(operation, default_schema))
    if operation.constraint_name:
        return next((item for item in known if item.id.name == operation.constraint_name), None)
    constraint = operation.to_constraint()
    definition = define_constraint(constraint, constraint.table)
    for is_alike in (_is_text_of, _is_about_what):
        for item in known:
            if is_alike(item.defined_as(Constraint), definition):
                return item
    return None


def _is_text_of(left: Constraint, right: Constraint) -> bool:
    return left.text == right.text


def _is_about_what(left: Constraint, right: Constraint) -> bool:
    return (left.type, left.columns, left.references) == (right.type, right.columns, right.references)


def name_checks(operation: ops.MigrateOperation, wanted: Catalog, default_schema: str) -> ops.MigrateOperation:
    """Return nameless checks of a new table the names that the wanted catalog has.

    PostgreSQL numbers them as they come, and Alembic does not write them in the order of the models.
    """
    if not isinstance(operation, ops.CreateTableOp):
        return operation
    table = operation.to_table()
    checks = [part for part in list_constraints(table) if isinstance(part, CheckConstraint) and not given_name(part)]
    if len(checks) < 2:
        return operation
    known = list_table_constraints(wanted, table_id(operation, default_schema))
    for check in checks:
        definition = define_constraint(check, table)
        item = next((item for item in known if item.definition == definition), None)
        if item is not None:
            known.remove(item)
            check.name = conv(item.id.name)
    return ops.CreateTableOp.from_table(table)


def list_table_constraints(catalog: Catalog, table: ObjectId) -> list[CatalogObject]:
    """Return the constraints of a table in the order of its parts."""
    item = catalog.find(table)
    parts = (catalog.by_id[part] for part in (item.parts if item else ()))
    return [part for part in parts if isinstance(part.definition, Constraint)]

"""Foreign keys to dimensions by name, and to tables that only the database knows.

A dimension is what a factory makes, under the factory's own name; the table that holds its key may be another one (the
root of an append-only dimension). A reference to a dimension that is not declared yet waits until it is.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, MetaData, Table

from pgcraft.errors import PGCraftColumnError, PGCraftValidationError, find_nearest
from pgcraft.models.declarations import Declarations, get_declarations
from pgcraft.models.foreign_keys import Dimension, Reference


def register_dimension(metadata: MetaData, dimension: Dimension) -> None:
    """Make a dimension known to foreign keys."""
    declarations = get_declarations(metadata)
    declarations.dimensions.add((dimension.name, dimension.schema), dimension)
    declarations.dimension_schemas.setdefault(dimension.name, []).append(dimension.schema)


def add_reference(metadata: MetaData, reference: Reference) -> None:
    """Declare a foreign key; it is attached at once when its dimension is known, and waits when it is not.

    Raises:
        PGCraftValidationError: PGC106, the short form names two dimensions.
        PGCraftColumnError: PGC107, the dimension has no such column.
    """
    declarations = get_declarations(metadata)
    table = reference.table
    key = (table.schema, table.name, reference.columns, reference.targets, reference.name)
    declarations.references.add(key, reference)
    if reference.is_raw:
        reference.attach(".".join(target) for target in reference.targets)
        return
    dimension = _find_dimension(declarations, reference)
    if dimension is None:
        declarations.waiting_references.setdefault(reference.dimension_name, []).append(reference)
    else:
        reference.attach(_get_columns(dimension, reference))


def attach_waiting(metadata: MetaData, name: str) -> None:
    """Attach the references that waited for a dimension of this name.

    One that is wrong goes on waiting, and :func:`resolve_references` says why: the factory that has just been called is
    not to blame.
    """
    declarations = get_declarations(metadata)
    waiting = declarations.waiting_references.pop(name, None)
    if waiting is None:
        return
    for reference in waiting:
        if metadata.tables.get(reference.table.key) is not reference.table:
            continue  # its factory failed and was taken back
        try:
            dimension = _find_dimension(declarations, reference)
            columns = None if dimension is None else _get_columns(dimension, reference)
        except PGCraftValidationError:
            columns = None
        if columns is not None:
            reference.attach(columns)
        else:
            declarations.waiting_references.setdefault(name, []).append(reference)


def resolve_references(metadata: MetaData) -> None:
    """See to it that every foreign key has its target.

    Raises:
        PGCraftValidationError: PGC105, a foreign key names no dimension; PGC106, it names two.
        PGCraftColumnError: PGC107, its dimension has no such column; PGC109, the table it names directly has none.
    """
    declarations = get_declarations(metadata)
    for name in tuple(declarations.waiting_references):
        attach_waiting(metadata, name)
    references = (declared.definition for declared in declarations.references.all())
    _resolve_raw(metadata, [reference for reference in references if reference.is_raw])
    check_references(declarations)


def check_references(declarations: Declarations) -> None:
    """Check that every foreign key to a dimension has its target.

    Raises:
        PGCraftValidationError: PGC105, a foreign key names no dimension; PGC106, it names two.
        PGCraftColumnError: PGC107, its dimension has no such column.
    """
    for declared in declarations.references.all():
        reference = declared.definition
        if reference.is_raw:
            continue
        dimension = _find_dimension(declarations, reference)
        if dimension is None:
            raise _unknown_dimension(declarations, reference)
        if reference.constraint is None:
            _get_columns(dimension, reference)


def _find_dimension(declarations: Declarations, reference: Reference) -> Dimension | None:
    name, schema = reference.dimension_name, reference.dimension_schema
    schemas = [schema] if schema is not None else declarations.dimension_schemas.get(name, ())
    found = [declared.definition for one in schemas if (declared := declarations.dimensions.find((name, one)))]
    found = list(dict.fromkeys(found))
    if len(found) > 1:
        listed = " and ".join(str(dimension) for dimension in found)
        raise PGCraftValidationError(
            "PGC106",
            f"{reference} names dimension {name}, and there are {len(found)}: {listed}",
            place=reference.place,
            remedy=f'write the schema too: "{found[0]}.{reference.target_columns[0]}"',
        )
    return found[0] if found else None


def _get_columns(dimension: Dimension, reference: Reference) -> list[Column[Any]]:
    found = []
    for name in reference.target_columns:
        column = dimension.find_column(name)
        if column is None:
            raise _no_such_column(reference, name, str(dimension), dimension.table, "PGC107")
        found.append(column)
    return found


def _resolve_raw(metadata: MetaData, references: Iterable[Reference]) -> None:
    """Let SQLAlchemy know the columns of tables that only the database has.

    A stand-in of each is put on the metadata, which makes SQLAlchemy resolve the foreign keys that wait for it, and
    taken off again, so that nobody creates, drops or compares it.
    """
    unknown: dict[tuple[str | None, str], dict[str, Column[Any]]] = {}
    for reference in references:
        schema, name = reference.raw_table
        table = metadata.tables.get(f"{schema}.{name}" if schema else name)
        if table is not None:
            _check_columns(reference, table)
            continue
        columns = unknown.setdefault((schema, name), {})
        for local, target in zip(reference.columns, reference.target_columns, strict=True):
            columns.setdefault(target, Column(target, reference.table.columns[local].type))
    for (schema, name), columns in unknown.items():
        metadata.remove(Table(name, metadata, *columns.values(), schema=schema))


def _check_columns(reference: Reference, table: Table) -> None:
    for target in reference.target_columns:
        if target not in table.columns:
            raise _no_such_column(reference, target, table.fullname, table, "PGC109")


def _unknown_dimension(declarations: Declarations, reference: Reference) -> PGCraftValidationError:
    dimensions = sorted((declared.definition for declared in declarations.dimensions.all()), key=str)
    known = [str(dimension) for dimension in dimensions]
    wanted = ".".join(reference.targets[0][:-1])
    short = {dimension.name: str(dimension) for dimension in dimensions}
    near = find_nearest(wanted, known) or short.get(find_nearest(reference.dimension_name, short) or "")
    advice = f'did you mean "{near}"? ' if near else ""
    return PGCraftValidationError(
        "PGC105",
        f"{reference} names dimension {wanted}, which nothing declares",
        place=reference.place,
        remedy=f"{advice}known dimensions: {', '.join(known)}\nfor a table outside of pgcraft use raw_references",
    )


def _no_such_column(reference: Reference, name: str, target: str, table: Table, code: str) -> PGCraftColumnError:
    known = [column.name for column in table.columns]
    near = find_nearest(name, known)
    return PGCraftColumnError(
        code,
        f'{reference} points to column "{name}", which {target} does not have',
        place=reference.place,
        remedy=(f'did you mean "{near}"? ' if near else "") + f"{target} has {', '.join(known)}",
    )

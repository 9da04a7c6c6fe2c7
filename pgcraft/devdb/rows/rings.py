"""Tables whose rows need each other, or themselves: their rows are written by one statement. Standard library only.

Foreign keys are looked at when a statement ends, whether they can be deferred or not.
"""

from collections.abc import Iterator, Mapping

from pgcraft.devdb.rows.shapes import ForeignKey, RelationShape, Shapes


def find_ring(shapes: Shapes, shape: RelationShape) -> tuple[RelationShape, ...]:
    """Return the tables that a row of this one needs, and whose rows need one of it; itself first, empty for none."""
    reached = _reach(shapes, shape)
    if shape.oid not in reached:
        return ()
    others = (shapes.by_oid[oid] for oid in sorted(reached - {shape.oid}))
    return (shape, *(other for other in others if shape.oid in _reach(shapes, other)))


def list_promised(ring: tuple[RelationShape, ...], member: RelationShape) -> tuple[str, ...]:
    """Return the columns of a table in the ring that foreign keys of the ring point to."""
    keys = (key for table in ring for key in table.foreign_keys if key.table == member.oid)
    return tuple(dict.fromkeys(name for key in keys for name in key.referenced))


def write_ring(inserts: Mapping[str, str]) -> str:
    """Write INSERTs, by alias, as one statement that gives the row of each as JSON."""
    parts = ", ".join(f"{alias} AS ({insert})" for alias, insert in inserts.items())
    return f"WITH {parts} SELECT {', '.join(f'(SELECT row_to_json({alias}) FROM {alias})' for alias in inserts)}"


def is_required(shape: RelationShape, key: ForeignKey) -> bool:
    """Whether no row can be without a row that the key points to."""
    return all(shape.column(name).is_required for name in key.columns)


def _reach(shapes: Shapes, shape: RelationShape) -> set[int]:
    found: set[int] = set()
    waiting = list(_list_needed(shape))
    while waiting:
        oid = waiting.pop()
        if oid not in found and oid in shapes.by_oid:
            found.add(oid)
            waiting += _list_needed(shapes.by_oid[oid])
    return found


def _list_needed(shape: RelationShape) -> Iterator[int]:
    return (key.table for key in shape.foreign_keys if is_required(shape, key))

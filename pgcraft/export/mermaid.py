"""Tables, views and what they point to, as an entity relationship diagram in Mermaid's language.

Syntax: https://mermaid.js.org/syntax/entityRelationshipDiagram.html
"""

import re
from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Constraint, View
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId

_NOT_IN_WORDS = re.compile(r"[^\w()\[\]-]+")


def export_mermaid(catalog: Catalog, *, with_views: bool = True) -> str:
    """Return a diagram: an entity for each table and view, a line for each foreign key.

    Args:
        with_views: show views, too, with a dotted line to each relation that one reads.
    """
    lines = ["erDiagram"]
    for table in catalog.of_kind(Kind.TABLE):
        lines += _entity(table.id, _columns_of_table(table, catalog))
    views = [*catalog.of_kind(Kind.VIEW, Kind.MATERIALIZED_VIEW)] if with_views else []
    for view in views:
        lines += _entity(view.id, _columns_of_view(view))
    for table in catalog.of_kind(Kind.TABLE):
        lines += _foreign_keys(table, catalog)
    for view in views:
        lines += _readings(view)
    return "\n".join(lines) + "\n"


def _entity(object_id: ObjectId, columns: list[str]) -> list[str]:
    if not columns:
        return [f"    {_name(object_id)}"]
    return [f"    {_name(object_id)} {{", *(f"        {column}" for column in columns), "    }"]


def _columns_of_table(table: CatalogObject, catalog: Catalog) -> list[str]:
    keys = _keys(table, catalog)
    columns = (catalog.by_id[part] for part in table.parts if part.kind is Kind.COLUMN)
    return [_column(item.id.name, item.defined_as(Column), keys.get(item.id.name, [])) for item in columns]


def _column(name: str, column: Column, keys: list[str]) -> str:
    marks = f" {', '.join(keys)}" if keys else ""
    note = "" if column.nullable or "PK" in keys else ' "not null"'
    return f"{_word(column.type)} {_word(name)}{marks}{note}"


def _keys(table: CatalogObject, catalog: Catalog) -> dict[str, list[str]]:
    """Return PK, FK and UK of each column that has one, in this order; UK only where it is unique by itself."""
    marks = {"primary key": "PK", "foreign key": "FK", "unique": "UK"}
    found: dict[str, list[str]] = {}
    for constraint in _constraints(table, catalog):
        mark = None if constraint.type == "unique" and len(constraint.columns) > 1 else marks.get(constraint.type)
        for column in constraint.columns if mark else ():
            found.setdefault(column, []).append(str(mark))
    return {column: sorted(set(keys), key=list(marks.values()).index) for column, keys in found.items()}


def _columns_of_view(view: CatalogObject) -> list[str]:
    definition = view.defined_as(View)
    types = definition.column_types or ("unknown",) * len(definition.columns)
    return [f"{_word(type_)} {_word(name)}" for name, type_ in zip(definition.columns, types, strict=True)]


def _foreign_keys(table: CatalogObject, catalog: Catalog) -> Iterator[str]:
    constraints = list(_constraints(table, catalog))
    unique = {frozenset(found.columns) for found in constraints if found.type in ("primary key", "unique")}
    for constraint in constraints:
        if constraint.references is None:
            continue
        target = ObjectId(Kind.TABLE, *constraint.references)
        if target not in catalog.by_id:
            continue
        many = "|o" if frozenset(constraint.columns) in unique else "}o"
        one = "||" if _all_required(table, constraint, catalog) else "o|"
        yield f'    {_name(table.id)} {many}--{one} {_name(target)} : "{_quoted(", ".join(constraint.columns))}"'


def _all_required(table: CatalogObject, constraint: Constraint, catalog: Catalog) -> bool:
    ids = (table.id.column(name) for name in constraint.columns)
    return all(not catalog.by_id[column].defined_as(Column).nullable for column in ids)


def _readings(view: CatalogObject) -> Iterator[str]:
    for needed in view.depends_on:
        if needed.kind in RELATIONS:
            yield f'    {_name(view.id)} ||..|| {_name(needed)} : "reads"'


def _constraints(table: CatalogObject, catalog: Catalog) -> Iterator[Constraint]:
    for part in table.parts:
        definition = catalog.by_id[part].definition
        if isinstance(definition, Constraint):
            yield definition


def _name(object_id: ObjectId) -> str:
    return f'"{_quoted(f"{object_id.schema}.{object_id.name}")}"'


def _quoted(text: str) -> str:
    """Mermaid has no way to write a double quote, a percent sign or a line's end in a name."""
    return re.sub(r"[\"%\\]|[^\S ]", "_", text)


def _word(text: str) -> str:
    """Types and columns are words there: ``numeric(10,2)`` gives ``numeric(10-2)``."""
    word = _NOT_IN_WORDS.sub("_", text.replace(",", "-")).strip("_") or "_"
    return word if re.match(r"[^\W\d]", word) else f"_{word}"

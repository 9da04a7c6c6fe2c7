"""Columns, inside CREATE TABLE and added to a table that is there."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.comments import column_target, render_comment
from pgcraft.render.renderer import Renderer, Sql
from pgcraft.render.sequences import sequence_options

_SERIALS = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}


def create_column(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Add a column to its table."""
    text = f"ALTER TABLE {_table(item)} ADD COLUMN {column_text(item)}"
    return (Sql(text, "create", item.id), *store_column(item), *comment_column(item))


def drop_column(item: CatalogObject) -> tuple[str, ...]:
    """Drop a column."""
    return (f"ALTER TABLE {_table(item)} DROP COLUMN {quote_name(item.id.name)}",)


def drop_alone(item: CatalogObject) -> tuple[str, ...]:
    """Drop a column of its table, and of none that inherits it."""
    return (f"ALTER TABLE ONLY {_table(item)} DROP COLUMN {quote_name(item.id.name)}",)


def set_default(item: CatalogObject, default: str, *, only: bool = False) -> str:
    """Return the SQL that gives a column a default, and those that inherit it, unless it is for it alone."""
    return f"{_alter(item, only=only)} SET DEFAULT {default}"


def drop_default(item: CatalogObject, *, only: bool = False) -> str:
    """Return the SQL that takes the default from a column, and from those that inherit it."""
    return f"{_alter(item, only=only)} DROP DEFAULT"


def _alter(item: CatalogObject, *, only: bool) -> str:
    return f"ALTER TABLE {'ONLY ' if only else ''}{_table(item)} ALTER COLUMN {quote_name(item.id.name)}"


def column_text(item: CatalogObject) -> str:
    """Return a column as it stands in CREATE TABLE."""
    definition = item.defined_as(Column)
    return " ".join((quote_name(item.id.name), *_clauses(definition)))


def store_column(item: CatalogObject) -> Iterator[Sql]:
    """Return the statements that say how a new column's values are stored; none where the type says it."""
    column = item.defined_as(Column)
    if column.storage not in (None, "default"):
        yield Sql(set_storage(item), "set the storage of", item.id)
    if column.compression not in (None, "default"):
        yield Sql(set_compression(item), "set the compression of", item.id)


def set_storage(item: CatalogObject) -> str:
    """Return the SQL that says how a column's values are stored; PostgreSQL 15 has no word for the type's own way."""
    column = item.defined_as(Column)
    storage = column.storage if column.storage not in (None, "default") else _usual_storage(column.type)
    return f"ALTER TABLE {_table(item)} ALTER COLUMN {quote_name(item.id.name)} SET STORAGE {str(storage).upper()}"


def set_compression(item: CatalogObject) -> str:
    """Return the SQL that says how a column's values are compressed."""
    compression = item.defined_as(Column).compression or "default"
    return f"ALTER TABLE {_table(item)} ALTER COLUMN {quote_name(item.id.name)} SET COMPRESSION {compression}"


def _usual_storage(type_: str) -> str:
    return "main" if type_.partition("(")[0] in ("numeric", "inet", "cidr") else "extended"


def comment_column(item: CatalogObject) -> Iterator[Sql]:
    """Return the statement that comments a column; none when it has no comment."""
    definition = item.defined_as(Column)
    target = column_target(*item.id.relation, item.id.name)
    return render_comment(item.id, definition.comment, target)


def _clauses(column: Column) -> Iterator[str]:
    yield _SERIALS[column.type] if column.is_serial else column.type
    if column.collation is not None:
        yield f"COLLATE {column.collation}"
    if column.default is not None:
        yield f"DEFAULT {column.default}"
    if column.generated is not None:
        yield f"GENERATED ALWAYS AS ({column.generated}) {'VIRTUAL' if column.is_virtual else 'STORED'}"
    if column.identity is not None:
        options = " ".join(sequence_options(column.identity))
        yield f"GENERATED {'ALWAYS' if column.identity.always else 'BY DEFAULT'} AS IDENTITY"
        if options:
            yield f"({options})"
    elif not column.nullable:
        yield "NOT NULL"


def _table(item: CatalogObject) -> str:
    return quote_qualified(*item.id.relation)


RENDERER = Renderer((Kind.COLUMN,), create_column, drop_column)

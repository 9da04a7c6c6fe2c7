"""Tables with their columns and constraints."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Constraint, Table
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.columns import column_text, comment_column, drop_default, set_default, store_column
from pgcraft.render.comments import comment_on, object_target, render_comment
from pgcraft.render.constraints import comment_constraint, constraint_text
from pgcraft.render.options import render_options, set_options
from pgcraft.render.owners import render_owner
from pgcraft.render.renderer import Renderer, Sql


def create_table(item: CatalogObject, catalog: Catalog) -> tuple[Sql, ...]:
    """Make a table with its columns, constraints, comments and row security."""
    return create_table_without(item, catalog, frozenset())


def create_table_without(item: CatalogObject, catalog: Catalog, left_out: frozenset[ObjectId]) -> tuple[Sql, ...]:
    """Make a table, but leave out these constraints: they can only be added when another table is there."""
    definition = item.defined_as(Table)
    parts = [catalog.by_id[part] for part in item.parts if part in catalog.by_id and part not in left_out]
    columns = [part for part in parts if part.id.kind is Kind.COLUMN]
    constraints = [part for part in parts if part.id.kind is Kind.CONSTRAINT]
    return (
        Sql(_create_text(item, definition, _own(columns), _own(constraints)), "create", item.id),
        *(Sql(text, "set row security of", item.id) for text in row_security(item.id, Table(), definition)),
        *render_comment(item.id, definition.comment),
        *(sql for column in columns for sql in _say_beside(column, definition, catalog)),
        *(sql for constraint in constraints for sql in comment_constraint(constraint)),
        *render_owner(item.id, definition.owner),
    )


def _say_beside(column: CatalogObject, table: Table, catalog: Catalog) -> Iterator[Sql]:
    yield from _set_own_default(column, table, catalog)
    yield from store_column(column)
    yield from comment_column(column)


def _set_own_default(item: CatalogObject, table: Table, catalog: Catalog) -> Iterator[Sql]:
    """Set the default of an inherited column where it is not that of the parent."""
    column = item.defined_as(Column)
    parents = [ObjectId(Kind.TABLE, *parent).column(item.id.name) for parent in table.inherits]
    above = [each.defined_as(Column) for each in map(catalog.find, parents) if each]
    if column.is_inherited and any(not each.gives_default(column) for each in above):
        text = drop_default(item) if column.default is None else set_default(item, column.default)
        yield Sql(text, "set the default of", item.id)


def _own(parts: list[CatalogObject]) -> list[CatalogObject]:
    """Return what a table has of its own, and not with those that it inherits from."""
    return [part for part in parts if not getattr(part.definition, "is_inherited", False)]


def inherit(table_id: ObjectId, before: Table, after: Table) -> tuple[str, ...]:
    """Return the SQL that leads from some parents of a table to others."""
    lost = (f"NO INHERIT {quote_qualified(*parent)}" for parent in before.inherits if parent not in after.inherits)
    new = (f"INHERIT {quote_qualified(*parent)}" for parent in after.inherits if parent not in before.inherits)
    return tuple(f"ALTER TABLE {_name(table_id)} {change}" for change in (*lost, *new))


def drop_table(item: CatalogObject) -> tuple[str, ...]:
    """Drop a table."""
    return (f"DROP TABLE {_name(item.id)}",)


def alter_table(table_id: ObjectId, before: Table, after: Table) -> tuple[str, ...]:
    """Return the SQL that leads from one state of a table to another, but for row security and how it is divided."""
    head, found = f"ALTER TABLE {_name(table_id)}", []
    if before.is_unlogged is not after.is_unlogged:
        found.append(f"{head} SET {'UNLOGGED' if after.is_unlogged else 'LOGGED'}")
    found += [f"{head} {change}" for change in set_options(before.options, after.options)]
    if before.access_method != after.access_method:
        found.append(f"{head} SET ACCESS METHOD {quote_name(after.access_method or 'heap')}")
    if before.tablespace != after.tablespace:
        found.append(f"{head} SET TABLESPACE {quote_name(after.tablespace or 'pg_default')}")
    if before.comment != after.comment:
        found.append(comment_on(object_target(table_id), after.comment))
    return tuple(found)


def row_security(table_id: ObjectId, before: Table, after: Table) -> tuple[str, ...]:
    """Return the SQL that leads from one state of a table's row security to another."""
    found = []
    if before.row_security is not after.row_security:
        found.append("ENABLE" if after.row_security else "DISABLE")
    if before.force_row_security is not after.force_row_security:
        found.append("FORCE" if after.force_row_security else "NO FORCE")
    return tuple(f"ALTER TABLE {_name(table_id)} {word} ROW LEVEL SECURITY" for word in found)


def foreign_keys(item: CatalogObject, catalog: Catalog) -> tuple[CatalogObject, ...]:
    """Return a table's foreign keys."""
    found = (catalog.by_id[part] for part in item.parts if part in catalog.by_id)
    return tuple(
        part for part in found if isinstance(part.definition, Constraint) and part.definition.type == "foreign key"
    )


def _create_text(
    item: CatalogObject, definition: Table, columns: list[CatalogObject], constraints: list[CatalogObject]
) -> str:
    lines = [*map(column_text, columns), *map(constraint_text, constraints)]
    body = ",".join(f"\n    {line}" for line in lines) + ("\n" if lines else "")
    unlogged = "UNLOGGED " if definition.is_unlogged else ""
    text = f"CREATE {unlogged}TABLE {_name(item.id)} ({body})"
    if definition.inherits:
        text += f"\nINHERITS ({', '.join(quote_qualified(*parent) for parent in definition.inherits)})"
    if definition.partition_by:
        text += f"\nPARTITION BY {definition.partition_by}"
    if definition.access_method:
        text += f"\nUSING {quote_name(definition.access_method)}"
    if definition.options:
        text += f"\nWITH ({render_options(definition.options)})"
    if definition.tablespace:
        text += f"\nTABLESPACE {quote_name(definition.tablespace)}"
    return text


def _name(object_id: ObjectId) -> str:
    return quote_qualified(object_id.schema, object_id.name)


RENDERER = Renderer((Kind.TABLE,), create_table, drop_table)

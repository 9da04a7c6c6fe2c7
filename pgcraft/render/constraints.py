"""Constraints, inside CREATE TABLE and added to a table that is there."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Constraint
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.comments import relation_target, render_comment
from pgcraft.render.renderer import Renderer, Sql


def create_constraint(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Add a constraint to its table."""
    text = f"ALTER TABLE {_table(item)}\nADD {constraint_text(item)}"
    return (Sql(text, "create", item.id), *comment_constraint(item))


def drop_constraint(item: CatalogObject) -> tuple[str, ...]:
    """Drop a constraint."""
    return (f"ALTER TABLE {_table(item)} DROP CONSTRAINT {quote_name(item.id.name)}",)


def constraint_text(item: CatalogObject) -> str:
    """Return a constraint as it stands in CREATE TABLE."""
    definition = item.defined_as(Constraint)
    return f"CONSTRAINT {quote_name(item.id.name)} {definition.text}"


def comment_constraint(item: CatalogObject) -> Iterator[Sql]:
    """Return the statement that comments a constraint; none when it has no comment."""
    definition = item.defined_as(Constraint)
    return render_comment(item.id, definition.comment, relation_target(item.id))


def _table(item: CatalogObject) -> str:
    return quote_qualified(*item.id.relation)


RENDERER = Renderer((Kind.CONSTRAINT,), create_constraint, drop_constraint)

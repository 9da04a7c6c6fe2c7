"""COMMENT ON, for every kind that has one."""

from collections.abc import Iterator

from pgcraft.catalog.objects import ObjectId
from pgcraft.identifiers import quote_literal, quote_name, quote_qualified
from pgcraft.render.renderer import Sql


def render_comment(object_id: ObjectId, text: str | None, target: str = "") -> Iterator[Sql]:
    """Return the statement that comments an object; none when there is no text.

    Args:
        target: what stands behind COMMENT ON; the kind and the qualified name when left out.
    """
    if text is not None:
        yield Sql(comment_on(target or object_target(object_id), text), "comment on", object_id)


def comment_on(target: str, text: str | None) -> str:
    """Return the statement that comments something; None takes its comment away."""
    return f"COMMENT ON {target} IS {'NULL' if text is None else quote_literal(text)}"


def object_target(object_id: ObjectId) -> str:
    """Return what stands behind COMMENT ON for what a schema holds, and for a schema: ``VIEW api.products``."""
    return f"{object_id.kind.upper()} {quote_qualified(object_id.schema, object_id.name)}"


def column_target(schema: str | None, relation: str, column: str) -> str:
    """Return what stands behind COMMENT ON for a column."""
    return f"COLUMN {quote_qualified(schema, relation)}.{quote_name(column)}"


def relation_target(object_id: ObjectId) -> str:
    """Return what stands behind COMMENT ON for what is scoped by a relation: ``TRIGGER a ON b.c``."""
    relation = quote_qualified(*object_id.relation)
    return f"{object_id.kind.upper()} {quote_name(object_id.name)} ON {relation}"

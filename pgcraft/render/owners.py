"""SQL for the owners of objects."""

from collections.abc import Iterator

from pgcraft.catalog.kinds import KINDS
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.renderer import Sql


def change_owner(object_id: ObjectId, owner: str) -> str:
    """Return the SQL that gives an object to a role, the one that runs it where the name is empty.

    A procedure is a routine, too.
    """
    word = "ROUTINE" if object_id.kind is Kind.FUNCTION else _word(object_id)
    name = quote_qualified(object_id.schema, object_id.name)
    return f"ALTER {word} {name}{object_id.arguments} OWNER TO {quote_name(owner) if owner else 'CURRENT_USER'}"


def render_owner(object_id: ObjectId, owner: str | None) -> Iterator[Sql]:
    """Return the statement that gives a new object to its owner; none where that is the role that made it."""
    if owner:
        yield Sql(change_owner(object_id, owner), f"give {object_id} to {owner}")


def _word(object_id: ObjectId) -> str:
    return "MATERIALIZED VIEW" if object_id.kind is Kind.MATERIALIZED_VIEW else KINDS[object_id.kind].words[0]

"""SQL for the owners of objects."""

from pgcraft.catalog.kinds import KINDS
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.identifiers import quote_name, quote_qualified


def change_owner(object_id: ObjectId, owner: str) -> str:
    """Return the SQL that gives an object to a role; a procedure is a routine, too."""
    word = "ROUTINE" if object_id.kind is Kind.FUNCTION else _word(object_id)
    name = quote_qualified(object_id.schema, object_id.name)
    return f"ALTER {word} {name}{object_id.arguments} OWNER TO {quote_name(owner)}"


def _word(object_id: ObjectId) -> str:
    return "MATERIALIZED VIEW" if object_id.kind is Kind.MATERIALIZED_VIEW else KINDS[object_id.kind].words[0]

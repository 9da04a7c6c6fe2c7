"""The comment line above each of our statements: what it does to which object, and whose the object is.

``# pgcraft: create view api.products · PostgRESTView("products") · extension postgrest · models.py:41``

The part before the first middle dot is read back (see ``history``): it tells what the migrations made.
"""

import re
from collections.abc import Iterator

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.origins import Layer, Origins
from pgcraft.diff.actions import Verb
from pgcraft.identifiers import quote_name, quote_qualified

PREFIX = "# pgcraft: "
_DIVIDER = " · "


_MARKER = re.compile(rf"[ \t]+{re.escape(PREFIX)}({'|'.join(Verb)}) (.+)\Z")


def describe(object_id: ObjectId) -> str:
    """Name an object on one line, with quotes where SQL would need them: ``trigger "Audit" on api.products``."""
    return _on_one_line(_describe(object_id))


def render_marker(verb: Verb, object_id: ObjectId, origins: Origins = ()) -> str:
    """Give the comment line for a statement."""
    return _DIVIDER.join((f"{PREFIX}{verb} {describe(object_id)}", *_show_origins(origins)))


def parse_marker(line: str) -> tuple[Verb, str] | None:
    """Give verb and description of an indented marker line, or None for any other line."""
    match = _MARKER.match(line)
    if match is None:
        return None
    return Verb(match[1]), match[2].split(_DIVIDER, 1)[0].rstrip()


def _describe(object_id: ObjectId) -> str:
    name = quote_qualified(object_id.schema, object_id.name)
    match object_id.kind:
        case Kind.FUNCTION:
            return f"function {name}({object_id.signature or ''})"
        case Kind.GRANT:
            return f"grant on {object_id.signature} {name} to {quote_name(object_id.parent or '')}"
        case Kind.COLUMN:
            return f"column {quote_qualified(object_id.schema, object_id.parent or '')}.{quote_name(object_id.name)}"
        case Kind.CONSTRAINT | Kind.TRIGGER | Kind.POLICY:
            relation = quote_qualified(object_id.schema, object_id.parent or "")
            return f"{object_id.kind} {quote_name(object_id.name)} on {relation}"
        case _:
            return f"{object_id.kind} {name}"


def _show_origins(origins: Origins) -> Iterator[str]:
    for origin in origins:
        layer = f"{origin.layer} " if origin.layer in (Layer.EXTENSION, Layer.PLUGIN) else ""
        yield _on_one_line(layer + origin.name)
    places = [origin.declared_at for origin in origins if origin.declared_at]
    yield from map(_on_one_line, places[:1])


def _on_one_line(text: str) -> str:
    return "".join(char if char.isprintable() and char != "·" else repr(char)[1:-1] for char in text).replace(
        "·", "\\xb7"
    )

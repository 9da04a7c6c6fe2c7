"""The comment line above each of our statements: what it does to which object, and whose the object is.

``# pgcraft: create view api.products · PostgRESTView("products") · extension postgrest · models.py:41``

The part before the first middle dot is read back (see ``history``): it tells what the migrations made.
"""

import re
from collections.abc import Iterator

from pgcraft.catalog.objects import ObjectId, escape_text
from pgcraft.catalog.origins import Layer, Origins
from pgcraft.diff.actions import Verb

PREFIX = "# pgcraft: "
_DIVIDER = " · "
_MARKER = re.compile(
    rf"""[ \t]+{re.escape(PREFIX)}({"|".join(Verb)})[ ]((?:"(?:[^"\\]|\\.)*"|[^"])+?)(?:{_DIVIDER}.*)?\Z"""
)


def render_marker(verb: Verb, object_id: ObjectId, origins: Origins = ()) -> str:
    """Give the comment line for a statement."""
    return _DIVIDER.join((f"{PREFIX}{verb} {object_id}", *_show_origins(origins)))


def parse_marker(line: str) -> tuple[Verb, str] | None:
    """Give verb and object of an indented marker line, or None for any other line."""
    match = _MARKER.match(line.rstrip())
    return None if match is None else (Verb(match[1]), match[2])


def _show_origins(origins: Origins) -> Iterator[str]:
    for origin in origins:
        layer = f"{origin.layer} " if origin.layer in (Layer.EXTENSION, Layer.PLUGIN) else ""
        yield escape_text(layer + origin.name)
    places = [origin.declared_at for origin in origins if origin.declared_at]
    yield from map(escape_text, places[:1])

"""The comment line above each of our statements: what it does to which object, and whose the object is.

``# pgcraft: create view api.products · PostgRESTView("products") · extension postgrest · models.py:41``

The part before the first middle dot is read back (see ``history``): it tells what the migrations made.
"""

import re
from functools import lru_cache

from pgcraft.catalog.objects import ObjectId, escape_text
from pgcraft.catalog.origins import Origins, list_origins
from pgcraft.diff.actions import Verb

NOTIFICATION = "NOTIFY pgrst, 'reload schema'"
"""What makes a running PostgREST read the schema anew, once the transaction is committed."""

PREFIX = "# pgcraft: "
_DIVIDER = " · "
_MARKER = re.compile(
    rf"""[ \t]+{re.escape(PREFIX)}({"|".join(Verb)})[ ]((?:"(?:[^"\\]|\\.)*"|[^"])+?)(?:{_DIVIDER}.*)?\Z"""
)

_PASSWORD = re.compile(rf"{re.escape(PREFIX)}{Verb.ALTER} (role .+){_DIVIDER}password from (\w+)")
_SERVER_NEED = re.compile(rf"{re.escape(PREFIX)}need PostgreSQL (\d+){_DIVIDER}")


def render_marker(verb: Verb, object_id: ObjectId, origins: Origins = ()) -> str:
    """Return the comment line for a statement."""
    return f"{PREFIX}{verb} {object_id}{_write_origins(origins)}"


@lru_cache(maxsize=10_000)  # a resource's are those of all that it consists of, both ways
def _write_origins(origins: Origins) -> str:
    return "".join(f"{_DIVIDER}{escape_text(each)}" for each in list_origins(origins))


def parse_marker(line: str) -> tuple[Verb, str] | None:
    """Return verb and object of an indented marker line, or None for any other line."""
    match = _MARKER.match(line.rstrip())
    return None if match is None else (Verb(match[1]), match[2])


def render_password_marker(object_id: ObjectId, variable: str) -> str:
    """Return the comment line above what sets a role's password."""
    return f"{render_marker(Verb.ALTER, object_id)}{_DIVIDER}password from {variable}"


def find_password(line: str) -> tuple[str, str] | None:
    """Return role and variable of such a line, or None for any other."""
    match = _PASSWORD.fullmatch(line.strip())
    return None if match is None else (match[1], match[2])


def render_server_need_marker(version: int, who: str) -> str:
    """Return the comment line above what refuses an older server."""
    return f"{PREFIX}need PostgreSQL {version}{_DIVIDER}{who}"


def find_server_need(line: str) -> int | None:
    """Return the version of such a line, or None for any other."""
    match = _SERVER_NEED.match(line.strip())
    return None if match is None else int(match[1])

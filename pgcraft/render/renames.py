"""ALTER … RENAME and SET SCHEMA, for every kind that can be renamed."""

from collections.abc import Iterable

from pgcraft.catalog.kinds import KINDS, TYPES
from pgcraft.catalog.objects import CatalogObject, Kind
from pgcraft.identifiers import quote_body, quote_literal, quote_name, quote_qualified
from pgcraft.render.functions import function_target

_VALUE = "VALUE"
_ON_TABLE = {Kind.COLUMN: "COLUMN", Kind.CONSTRAINT: "CONSTRAINT"}
_ON_RELATION = (Kind.TRIGGER, Kind.POLICY)


def render_rename(item: CatalogObject, name: str) -> str:
    """Return the statement that gives an object another name.

    Args:
        item: what is inside of a type has that for its parent.
    """
    quote = quote_literal if _is_inside(item) and KINDS[item.id.kind].inside == _VALUE else quote_name
    return f"ALTER {_target(item)} RENAME {_part(item)}TO {quote(name)}"


def render_move(item: CatalogObject, schema: str) -> str:
    """Return the statement that puts an object into another schema."""
    return f"ALTER {_target(item)} SET SCHEMA {quote_name(schema)}"


def render_if_allowed(statements: Iterable[str]) -> str:
    """Return the SQL that runs statements about a function where the role may, and back where it could."""
    handler = "EXCEPTION WHEN insufficient_privilege OR undefined_function THEN NULL"
    body = "; ".join((*statements, handler, "END"))
    return f"DO {quote_body(f'BEGIN {body}')}"


def _is_inside(item: CatalogObject) -> bool:
    return item.id.kind in TYPES and item.id.parent is not None


def _target(item: CatalogObject) -> str:
    """Return what is altered: the object itself, or what it is a part of."""
    kind = item.id.kind
    if _is_inside(item):
        return f"TYPE {quote_qualified(*item.id.relation)}"
    if kind in _ON_TABLE:
        return f"TABLE {quote_qualified(*item.id.relation)}"
    if kind in _ON_RELATION:
        return f"{kind.upper()} {quote_name(item.id.name)} ON {quote_qualified(*item.id.relation)}"
    if kind is Kind.FUNCTION:
        return function_target(item)
    word = kind.upper() if KINDS[kind].is_relation else KINDS[kind].words[0]
    return f"{word} {quote_qualified(item.id.schema, item.id.name)}"


def _part(item: CatalogObject) -> str:
    """Return what of the altered object is renamed; nothing where that is all of it."""
    if _is_inside(item):
        word = KINDS[item.id.kind].inside
        return f"{word} {(quote_literal if word == _VALUE else quote_name)(item.id.name)} "
    return f"{_ON_TABLE[item.id.kind]} {quote_name(item.id.name)} " if item.id.kind in _ON_TABLE else ""

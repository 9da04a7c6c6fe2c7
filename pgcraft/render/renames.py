"""ALTER … RENAME, for every kind that can be renamed."""

from pgcraft.catalog.kinds import KINDS
from pgcraft.catalog.objects import CatalogObject, Kind
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.functions import function_target

_ON_TABLE = {Kind.COLUMN: "COLUMN", Kind.CONSTRAINT: "CONSTRAINT"}
_ON_RELATION = (Kind.TRIGGER, Kind.POLICY)


def render_rename(item: CatalogObject, name: str) -> str:
    """Return the statement that gives an object another name."""
    return f"ALTER {_target(item)} TO {quote_name(name)}"


def _target(item: CatalogObject) -> str:
    """Return everything from ALTER to TO."""
    kind, named = item.id.kind, quote_name(item.id.name)
    if kind in _ON_TABLE:
        return f"TABLE {quote_qualified(*item.id.relation)} RENAME {_ON_TABLE[kind]} {named}"
    if kind in _ON_RELATION:
        return f"{kind.upper()} {named} ON {quote_qualified(*item.id.relation)} RENAME"
    if kind is Kind.FUNCTION:
        return f"{function_target(item)} RENAME"
    word = kind.upper() if KINDS[kind].is_relation else KINDS[kind].words[0]
    return f"{word} {quote_qualified(item.id.schema, item.id.name)} RENAME"

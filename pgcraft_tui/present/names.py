"""How objects and their kinds are called on the screen."""

from pgcraft.catalog.definitions import Column, Constraint, Grant, Index, Role, Trigger, View
from pgcraft.catalog.kinds import KINDS, PARTS, rank
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId, escape_text

PLURALS = {kind: KINDS[kind].heading or KINDS[kind].plural for kind in rank(lambda row: row.drawn)}
"""Name of a group of each kind, in the order in which groups stand under their parent."""


def format_count(kind: Kind, count: int) -> str:
    """Count objects of a kind: ``1 view``, ``2 policies``."""
    return f"{count} {kind.value if count == 1 else PLURALS[kind]}"


def is_part(object_id: ObjectId) -> bool:
    """Whether the object belongs to a relation: a column, constraint, index, trigger or policy."""
    return object_id.kind in PARTS and object_id.parent is not None


def format_qualified(object_id: ObjectId) -> str:
    """Return the name as one would type it after a command: ``api.products``, ``inventory.products.price``."""
    names = [object_id.schema, object_id.parent if is_part(object_id) else None, object_id.name]
    text = ".".join(name for name in names if name)
    return text + object_id.arguments


def format_label(object_id: ObjectId) -> str:
    """Return the name as it stands in the tree, where its parent is seen: ``price``, ``total(integer)``, ``anon``."""
    if object_id.kind is Kind.GRANT:
        return f"to {object_id.grantee}"
    return object_id.name + object_id.arguments


def format_detail(item: CatalogObject) -> str:
    """Return the one fact that tells an object from its neighbours: a column's type, a relation's role."""
    if item.role:
        return escape_text(item.role)
    match item.definition:
        case Column():
            return item.definition.type + ("" if item.definition.nullable else " not null")
        case Constraint():
            return item.definition.type
        case Index():
            return "unique" if item.definition.unique else ""
        case Trigger():
            return f"{item.definition.timing} {' or '.join(item.definition.events)}"
        case Grant():
            return ", ".join(_privileges(item.definition))
        case Role():
            return "login" if item.definition.login else ""
        case View():
            return f"{len(item.definition.columns)} columns" if item.definition.columns else ""
        case _:
            return ""


def _privileges(grant: Grant) -> tuple[str, ...]:
    partial = {privilege for privilege, _ in grant.columns}
    return (*grant.privileges, *(f"{name} (some columns)" for name in sorted(partial - set(grant.privileges))))

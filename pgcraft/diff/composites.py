"""Changes of a composite type: attributes come at the end and go where it stands; else it is made again."""

from collections.abc import Iterator

from pgcraft.catalog.made_types import Composite
from pgcraft.catalog.objects import Catalog, CatalogObject
from pgcraft.diff.changes import Sql, TypeChanges
from pgcraft.diff.compare import Change
from pgcraft.diff.hazards import hazards_of_type_change
from pgcraft.diff.type_uses import holds_rows
from pgcraft.identifiers import quote_name
from pgcraft.render.comments import comment_on
from pgcraft.render.composites import attribute_type, comment_attributes, type_target
from pgcraft.render.statement import Hazard, HazardType


def _is_in_place(change: Change, current: Catalog) -> bool:
    """Whether PostgreSQL alters it: new attributes are last, and no column holds one that gets another type."""
    old, new = change.current.defined_as(Composite), change.wanted.defined_as(Composite)
    return _leads_to(old, new) and not (_list_retyped(old, new) and holds_rows(current, change.id))


def _leads_to(old: Composite, new: Composite) -> bool:
    """Whether the attributes that stay come first, in their order."""
    names, wanted = dict(old.attributes), [name for name, _ in new.attributes]
    kept = [name for name in names if name in dict(new.attributes)]
    return wanted[: len(kept)] == kept


def _list_retyped(old: Composite, new: Composite) -> list[str]:
    """Return the attributes that stay and get another type or collation."""
    known, collations = dict(old.attributes), (dict(old.collations), dict(new.collations))
    return [
        name
        for name, type_ in new.attributes
        if name in known and (known[name] != type_ or collations[0].get(name) != collations[1].get(name))
    ]


def disturbs(change: Change) -> bool:
    """Whether what reads attributes cannot stay: one goes, or gets another type."""
    old, new = change.current.defined_as(Composite), change.wanted.defined_as(Composite)
    return any(name not in dict(new.attributes) for name, _ in old.attributes) or bool(_list_retyped(old, new))


def _alter(change: Change, declared: CatalogObject) -> tuple[Sql, Sql | None]:
    old, new = change.current.defined_as(Composite), change.wanted.defined_as(Composite)
    up = tuple(_steps(change.current, declared, change.facts))
    return up, tuple(_steps(declared, change.current, change.facts)) if _leads_to(new, old) else None


def _steps(before: CatalogObject, after: CatalogObject, facts: tuple[str, ...]) -> Iterator[str]:
    old, new = before.defined_as(Composite), after.defined_as(Composite)
    known, wanted = dict(old.attributes), dict(new.attributes)
    actions = [f"DROP ATTRIBUTE {quote_name(name)}" for name in known if name not in wanted]
    actions += [
        f"ALTER ATTRIBUTE {quote_name(name)} TYPE {attribute_type(new, name)}" for name in _list_retyped(old, new)
    ]
    actions += [f"ADD ATTRIBUTE {quote_name(name)} {attribute_type(new, name)}" for name in wanted if name not in known]
    if actions:
        yield f"ALTER {type_target(after)} {', '.join(actions)}"
    if "comment" in facts:
        yield comment_on(type_target(after), new.comment)
    kept = {name: text for name, text in old.column_comments if name in wanted}
    comments = dict.fromkeys(kept) | dict(new.column_comments)
    yield from comment_attributes(after, ((name, text) for name, text in comments.items() if kept.get(name) != text))


def _hazards(change: Change, current: Catalog) -> tuple[Hazard, ...]:
    if not holds_rows(current, change.id):
        return ()
    old, new = change.current.defined_as(Composite), change.wanted.defined_as(Composite)
    known, wanted = dict(old.attributes), dict(new.attributes)
    found = [
        Hazard(HazardType.DATA_LOSS, f"what attribute {name} of {change.id} holds is lost", _name(change, name))
        for name in known
        if name not in wanted
    ]
    for name in _list_retyped(old, new):
        found += hazards_of_type_change(old_type=known[name], new_type=wanted[name])
    if not _is_in_place(change, current):
        found.append(Hazard(HazardType.TABLE_REWRITE, f"every row that holds a value of {change.id} is written anew"))
    return tuple(dict.fromkeys(found))


def _name(change: Change, attribute: str) -> str:
    return ".".join((*change.id.qualified, attribute))


CHANGES = TypeChanges(_is_in_place, _alter, _hazards)

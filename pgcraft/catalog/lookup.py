"""Objects by what a user types: ``api.products``, ``products``, ``view api.products``, ``role:anon``."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.kinds import KINDS, OF_DATABASE, OF_SCHEMA, RELATIONS, TYPES
from pgcraft.catalog.objects import Catalog, Kind, ObjectId, escape_name
from pgcraft.catalog.tokens import TokenType, tokenize
from pgcraft.catalog.types import canonical_signature
from pgcraft.errors import PGCraftConfigError, find_nearest

_KINDS = {
    **{kind.value: (kind,) for kind in Kind},
    **{alias: (kind,) for kind in Kind for alias in KINDS[kind].aliases},
    "type": TYPES,
    "relation": RELATIONS,
}
_LISTED = 8
"""How many objects an error lists before it says how many more there are."""


def find_objects(catalog: Catalog, text: str) -> tuple[ObjectId, ...]:
    """Return the objects that a text may mean, sorted by id; none when it means nothing.

    A printed id means that object. Else a kind may stand first, divided by a blank or a colon; then a name, with as
    much of its schema and relation before it as the user likes, and for a function its argument types. Names are
    matched exactly, and only where nothing matches without regard to case. A grant counts only where it is asked for
    by its kind.
    """
    exact = _find_exact(catalog, text)
    if exact is not None:
        return (exact,)
    for kinds, rest in _readings(text.strip()):
        wanted, signature = _parse_name(rest)
        for is_folded in (False, True):
            found = tuple(
                item.id
                for item in catalog.objects
                if (item.id.kind in kinds) and _is_meant(item.id, wanted, signature, is_folded=is_folded)
            )
            if found:
                return found
    return ()


def get_objects(catalog: Catalog, text: str) -> tuple[ObjectId, ...]:
    """Return the objects that a text may mean, at least one.

    Raises:
        PGCraftConfigError: PGC005, there is none; the nearest name is shown.
    """
    found = find_objects(catalog, text)
    if not found:
        raise _unknown(catalog, text)
    return found


def get_object(catalog: Catalog, text: str) -> ObjectId:
    """Return the one object that a text means; of a relation and what belongs to it, the relation.

    Raises:
        PGCraftConfigError: PGC005, there is none, or there are several; the nearest or all of them are named.
    """
    found = get_objects(catalog, text)
    best = _most_prominent(found)
    if len(best) > 1:
        listed = "\n".join(f'"{object_id}"' for object_id in best[:_LISTED])
        more = f"\nand {len(best) - _LISTED} more" if len(best) > _LISTED else ""
        raise PGCraftConfigError(
            "PGC005", f'"{text}" may mean {len(best)} objects', remedy=f"name one of them:\n{listed}{more}"
        )
    return best[0]


def _find_exact(catalog: Catalog, text: str) -> ObjectId | None:
    try:
        object_id = parse_id(text)
    except ValueError:
        return None
    return object_id if object_id in catalog.by_id else None


_ANY = frozenset(Kind) - {Kind.GRANT}


def _readings(text: str) -> Iterator[tuple[frozenset[Kind], str]]:
    """Return what may be meant: with the first word as a kind, and with all of it as a name."""
    for word, kinds in _KINDS.items():
        for divider in (":", " "):
            if text.lower().startswith(word + divider):
                yield frozenset(kinds), text[len(word) + 1 :].strip()
    yield _ANY, text


def _parse_name(text: str) -> tuple[tuple[str, ...], str | None]:
    """Return the parts of a dotted name, and a function's argument types where the text ends in parentheses."""
    signature = None
    if text.endswith(")") and "(" in text:
        text, _, arguments = text.partition("(")
        signature = canonical_signature(arguments[:-1])
    parts = [""]
    for token in tokenize(text):
        if token.text == ".":
            parts.append("")
        else:
            parts[-1] += (token.name or "") if token.type is TokenType.QUOTED_NAME else token.text
    return tuple(part.strip() for part in parts), signature


def _is_meant(object_id: ObjectId, wanted: tuple[str, ...], signature: str | None, *, is_folded: bool) -> bool:
    if signature is not None and object_id.signature != signature:
        return False
    parent = None if object_id.kind is Kind.GRANT else object_id.parent
    full = tuple(part for part in (object_id.schema, parent, object_id.name) if part)
    shorts = {full[start:] for start in range(len(full))} | {object_id.qualified}
    if is_folded:
        return _fold(wanted) in {_fold(short) for short in shorts}
    return wanted in shorts


def _fold(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.casefold() for part in parts)


def _most_prominent(found: tuple[ObjectId, ...]) -> tuple[ObjectId, ...]:
    for kinds in (OF_SCHEMA, OF_DATABASE):
        best = tuple(object_id for object_id in found if object_id.kind in kinds)
        if best:
            return best
    return found


def _unknown(catalog: Catalog, text: str) -> PGCraftConfigError:
    known = {_show_name(item.id) for item in catalog.objects if item.id.kind is not Kind.GRANT}
    known |= {escape_name(item.id.name) for item in catalog.objects}
    nearest = find_nearest(text, known)
    return PGCraftConfigError(
        "PGC005",
        f'the models make no object "{text}"',
        remedy=f'did you mean "{nearest}"?' if nearest else '"pgcraft show" lists all of them',
    )


def _show_name(object_id: ObjectId) -> str:
    return ".".join(escape_name(part) for part in (object_id.schema, object_id.parent, object_id.name) if part)

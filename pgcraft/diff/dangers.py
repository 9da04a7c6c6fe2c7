"""What statements endanger, read from their text: whoever wrote them, it is said."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pgcraft.catalog.objects import ObjectId
from pgcraft.catalog.tokens import Token
from pgcraft.catalog.words import holds_word, list_statements, skip_fillers, split_list, take_name
from pgcraft.diff.access import changes_access
from pgcraft.diff.hazards import hazard_of_loss, hazards_of_index, hazards_of_not_null, hazards_of_validation
from pgcraft.diff.losses import find_losses, find_retyped
from pgcraft.render.statement import Hazard, HazardType


def find_unsaid_losses(statements: Iterable[str], said: ObjectId) -> Iterator[Hazard]:
    """Return what planned statements lose beside what is said of the object that they are about."""
    for sql in statements:
        for lost in find_losses(sql):
            if (lost.parent, lost.name) != (said.parent, said.name):
                yield _lose(lost)


def find_dangers(statements: Iterable[str]) -> Iterator[Hazard]:
    """Return what statements endanger of which nobody says anything."""
    for sql in statements:
        yield from map(_lose, find_losses(sql))
        for column in find_retyped(sql):
            yield Hazard(HazardType.DATA_LOSS, f"values of {column} may be cut or rounded", column.dotted)
        if changes_access(sql):
            yield Hazard(HazardType.ACCESS, "it changes who may do what")
        for words in list_statements(sql):
            yield from _find(words)


def find_subject(statements: Iterable[str]) -> ObjectId | None:
    """Return what SQL of somebody else takes away; None when it takes nothing away."""
    return next((lost for sql in statements for lost in find_losses(sql)), None)


def _find(words: list[Token]) -> Iterator[Hazard]:
    keywords = [word.keyword for word in words[:3]]
    if keywords[:1] == ["CREATE"] and "INDEX" in keywords and not holds_word(words, "CONCURRENTLY"):
        yield from hazards_of_index(is_unique="UNIQUE" in keywords)
    elif keywords[:2] == ["ALTER", "TABLE"]:
        _, rest = take_name(skip_fillers(words[2:]))
        for part in split_list(rest):
            yield from _find_in_action([word.keyword or word.text for word in part])


def _find_in_action(texts: list[str]) -> Iterator[Hazard]:
    """Return what one action of ALTER TABLE endangers."""
    head, said = texts[:2], set(texts)
    if texts[-3:] == ["SET", "NOT", "NULL"]:
        yield from hazards_of_not_null()
    elif head[:1] != ["ADD"] or {"USING", "INDEX"} <= said or {"NOT", "VALID"} <= said:
        return
    elif _is_key(texts):
        yield from hazards_of_index(is_unique=True)
    elif head[1] in ("CONSTRAINT", "CHECK", "FOREIGN", "EXCLUDE"):
        yield from hazards_of_validation("the constraint")
    elif "NOT" in said and said.isdisjoint({"DEFAULT", "GENERATED"}):
        yield Hazard(HazardType.MAY_FAIL, "NOT NULL without a default fails when the table has rows")


def _is_key(texts: list[str]) -> bool:
    """Whether what is added is a constraint with an index under it."""
    place = 3 if texts[1] == "CONSTRAINT" else 1
    return texts[place : place + 1] in (["UNIQUE"], ["PRIMARY"])


def _lose(lost: ObjectId) -> Hazard:
    return replace(hazard_of_loss(lost), subject=lost.dotted)

"""What a definition is given, brought into the form in which it is kept, or refused on the line where it stands.

A list or a set does for a tuple, one text for a list of one, a mapping for pairs, and words are taken in any case. What
is none of these would come out as SQL that PostgreSQL refuses, or worse be left out of it without a word.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pgcraft.catalog.objects import OldName
from pgcraft.errors import PGCraftValidationError, Place, find_nearest
from pgcraft.models.provenance import find_caller

Form = Callable[[Any], object]
"""Gives a value in the form in which it is kept.

Raises:
    Unfit: it is no such value; the text says what is.
"""


class Unfit(Exception):  # noqa: N818  it never leaves this module and those that make forms
    """A value is not what is asked for; the text says what to give."""


class Given:
    """The base of definitions: a class names the form of each of its fields that can go wrong."""

    forms: ClassVar[Mapping[str, Form]] = {}

    def __post_init__(self) -> None:
        """Bring every field into its form.

        Raises:
            PGCraftValidationError: PGC156, a value cannot be brought into it, or two do not go together.
        """
        self.bring(self.forms)
        for what, remedy in self.contradictions():
            raise self._wrong(what, remedy)

    def bring(self, forms: Mapping[str, Form]) -> None:
        """Bring some fields into their forms."""
        try:
            for name, form in forms.items():
                value = getattr(self, name)
                kept = form(value)
                if kept is not value:
                    object.__setattr__(self, name, kept)
        except Unfit as unfit:
            raise self._wrong(f"{name} is {value!r}", f"give {unfit}") from None

    def contradictions(self) -> Iterable[tuple[str, str]]:
        """Return what does not go together, each with how to mend it."""
        return ()

    def _wrong(self, what: str, remedy: str) -> PGCraftValidationError:
        noun = type(self).__name__
        named = ".".join(part for key in ("schema", "name") if isinstance(part := getattr(self, key, None), str))
        place = Place(*find_caller(), noun)
        return PGCraftValidationError("PGC156", f'{noun} "{named}": {what}', place=place, remedy=remedy)


@dataclass(frozen=True, kw_only=True)
class GivenName(Given):
    """The base of definitions of what has a name that may change.

    Attributes:
        renamed_from: the name that it had before, or schema and name; it may stay for good.
    """

    renamed_from: OldName | None = None

    def __post_init__(self) -> None:
        """Bring every field into its form.

        Raises:
            PGCraftValidationError: PGC156, as of every definition.
        """
        super().__post_init__()
        if self.renamed_from is not None:
            self.bring({"renamed_from": old_name})


def text(value: Any) -> str:
    """Take a text that is not blank."""
    if isinstance(value, str) and value.strip() and "\0" not in value:
        return value
    raise Unfit("a text that is not empty")


def text_or_none(value: Any) -> str | None:
    """Take a text that is not blank, or None."""
    return None if value is None else text(value)


def old_name(value: Any) -> OldName:
    """Take the name that an object had, or the schema that it stood in and its name there."""
    if isinstance(value, tuple | list):
        if len(value) == 2:
            return text(value[0]), text(value[1])
        raise Unfit('the old name, or the old schema and name: ("sales", "clients")')
    return text(value)


def old_name_or_none(value: Any) -> OldName | None:
    """Take an old name, or None."""
    return None if value is None else old_name(value)


def flag(value: Any) -> bool:
    """Take True or False."""
    if isinstance(value, bool):
        return value
    raise Unfit("True or False")


def texts(value: Any) -> tuple[str, ...]:
    """Take any number of texts, which may be empty; one text is a list of one."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, tuple | list | set | frozenset) and all(isinstance(each, str) for each in value):
        return tuple(sorted(value) if isinstance(value, set | frozenset) else value)
    raise Unfit("a list of texts")


def names(value: Any) -> tuple[str, ...]:
    """Take any number of names; one text is a list of one."""
    found = texts(value)
    if all(found):
        return found
    raise Unfit("names that are not empty")


def some_names(value: Any) -> tuple[str, ...]:
    """Take at least one name."""
    if found := names(value):
        return found
    raise Unfit("at least one name")


def word(*known: str) -> Form:
    """Take one of some words, in any case."""

    def form(value: Any) -> str:
        if value in known:
            return str(value)
        folded = " ".join(value.lower().split()) if isinstance(value, str) else ""
        if folded in known:
            return folded
        near = find_nearest(folded, known)
        raise Unfit(f"one of {', '.join(known)}" + (f"; did you mean {near}?" if near else ""))

    return form


def some_words(*known: str) -> Form:
    """Take at least one of some words, in any case."""
    one = word(*known)

    def form(value: Any) -> tuple[object, ...]:
        found = some_names(value)
        kept = tuple(one(each) for each in found)
        return found if found == kept else kept

    return form


def pair(value: Any) -> tuple[str, str]:
    """Take two texts, as the schema and the name of something."""
    match value:
        case (str() as left, str() as right) if left and right:
            return left, right
    raise Unfit('two texts: ("schema", "name")')


def pairs(value: Any) -> tuple[tuple[str, str], ...]:
    """Take any number of pairs of texts; a mapping has them, too."""
    listed = value.items() if isinstance(value, Mapping) else value
    if isinstance(listed, str) or not isinstance(listed, Iterable):
        raise Unfit('pairs of texts: (("a", "b"), …)')
    found = tuple(map(_any_pair, listed))
    return value if found == value else found


def _any_pair(value: Any) -> tuple[str, str]:
    match value:
        case (str() as left, str() as right) if left:
            return left, right
    raise Unfit('pairs of texts: (("a", "b"), …)')

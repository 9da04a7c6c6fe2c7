"""Finding an object by a part of its name: words first, letters second."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice

from pgcraft.catalog.kinds import KINDS, rank
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft_tui.present.names import format_qualified
from pgcraft_tui.present.visible import make_visible_line

PREFIXES = {
    row.prefix: tuple(kind for kind in Kind if KINDS[kind].prefix == row.prefix) for row in KINDS.values() if row.prefix
}
"""What may stand before a colon, and the kinds that it narrows to; a kind's own name works as well."""

_ORDER = rank(lambda row: row.ranked)
_ENOUGH = 20
_EDGE = re.compile(r"[\s._()\"]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object that may be jumped to.

    Attributes:
        name: as it is shown.
        folded: the same for comparing.
    """

    object_id: ObjectId
    name: str
    folded: str


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate that fits what was typed.

    Attributes:
        marks: places of the characters of the name that fit.
    """

    candidate: Candidate
    marks: tuple[int, ...]


def make_candidates(ids: Iterable[ObjectId]) -> tuple[Candidate, ...]:
    """Prepare objects for finding, in the order in which equals are shown."""
    named = (Candidate(each, name, fold(name)) for each, name in ((each, _name(each)) for each in ids))
    return tuple(sorted(named, key=lambda one: (_ORDER[one.object_id.kind], one.folded, one.object_id.sort_key)))


def fold(text: str) -> str:
    """Fold case character by character, so that places stay the same."""
    return "".join(low if len(low := character.casefold()) == 1 else character for character in text)


def split_prefix(query: str) -> tuple[frozenset[Kind], str]:
    """Return the kinds that a query narrows to, and the rest of it; no kinds mean all."""
    prefix, colon, rest = query.partition(":")
    prefix = prefix.strip().casefold()
    named = PREFIXES.get(prefix) or tuple(kind for kind in Kind if kind.value == prefix)
    return (frozenset(named), rest) if colon and named else (frozenset(), query)


def find_matches(query: str, candidates: tuple[Candidate, ...], *, limit: int = 200) -> tuple[Match, ...]:
    """Return what fits a query, best first.

    Every word must be in the name, in any order; a name that begins with the first one, or has it after a dot or an
    underscore, comes before others. Where that finds little, names that hold all letters in order follow.

    Args:
        query: words, perhaps behind a prefix as ``t:``.
        candidates: as :func:`make_candidates` gives them.
        limit: how many are wanted.
    """
    kinds, rest = split_prefix(query)
    fitting = [one for one in candidates if not kinds or one.object_id.kind in kinds]
    words = fold(rest).split()
    if not words:
        return tuple(Match(one, ()) for one in fitting[:limit])
    best = nsmallest(limit, _rank_by_words(words, fitting), key=lambda pair: pair[0])
    matches = [Match(one, _mark_words(words, one)) for _, one in best]
    if len(matches) < _ENOUGH:
        taken = {match.candidate.object_id for match in matches}
        others = [one for one in fitting if one.object_id not in taken]
        matches += islice(_match_letters("".join(words), others), limit - len(matches))
    return tuple(matches)


def _name(object_id: ObjectId) -> str:
    name = format_qualified(object_id)
    if object_id.kind is Kind.GRANT:
        name = f"{name} to {object_id.grantee}"
    return make_visible_line(name)


def _rank_by_words(words: list[str], fitting: list[Candidate]) -> Iterator[tuple[tuple[int, ...], Candidate]]:
    for place, one in enumerate(fitting):
        if all(word in one.folded for word in words):
            yield (_rank(words[0], one.folded), _ORDER[one.object_id.kind], len(one.folded), place), one


def _mark_words(words: list[str], one: Candidate) -> tuple[int, ...]:
    return tuple(sorted({at for word in words for at in _spread(_find_best(word, one.folded), word)}))


def _rank(word: str, name: str) -> int:
    """Whole names before beginnings before whole parts before parts' beginnings before the rest."""
    parts = _EDGE.split(name)
    last = name.rpartition(".")[2]
    if word in (name, last):
        return 0
    if last.startswith(word):
        return 1
    if word in parts:
        return 2
    return 3 if any(part.startswith(word) for part in parts) else 4


def _find_best(word: str, name: str) -> int:
    """Return where a word is marked: at the beginning of a part, else at its last place."""
    at = name.find(word)
    while at >= 0:
        if at == 0 or _EDGE.match(name[at - 1]):
            return at
        at = name.find(word, at + 1)
    return name.rfind(word)


def _spread(start: int, word: str) -> range:
    return range(start, start + len(word))


def _match_letters(letters: str, fitting: list[Candidate]) -> Iterator[Match]:
    """Return names that hold the letters in order, the tightest first."""
    pattern = re.compile(".*?".join(f"({re.escape(letter)})" for letter in letters))
    found = []
    for place, one in enumerate(fitting):
        match = pattern.search(one.folded)
        if match is not None:
            marks = tuple(match.start(group) for group in range(1, len(letters) + 1))
            found.append((match.end() - match.start(), len(one.folded), place, Match(one, marks)))
    return (match for *_, match in sorted(found, key=lambda entry: entry[:3]))

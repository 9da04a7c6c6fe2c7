"""The difference of two texts as plain data: lines with signs, numbers, and marks on the words that differ."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_ALIKE = 0.5
_MAX_ALIGNED = 1_600
_MAX_MARKED = 2_000


class Sign(StrEnum):
    """What happened to a line."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of one side.

    Attributes:
        old_number: counted from 1; None for an added line.
        new_number: counted from 1; None for a removed line.
        marks: half-open ranges of characters that differ from the line beside it; empty when the whole line does.
    """

    sign: Sign
    text: str
    old_number: int | None = None
    new_number: int | None = None
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lines that stand beside each other; equal lines are on both sides, others may have no partner."""

    left: DiffLine | None
    right: DiffLine | None

    @property
    def is_same(self) -> bool:
        """Whether nothing happened here."""
        return self.left is not None and self.left.sign is Sign.SAME


@dataclass(frozen=True, slots=True)
class Fold:
    """Equal lines that are not shown."""

    count: int


@dataclass(frozen=True)
class TextDiff:
    """Two texts against each other.

    Attributes:
        pairs: every line of both, in order.
    """

    pairs: tuple[Pair, ...]

    @property
    def added(self) -> int:
        """How many lines were added."""
        return sum(1 for pair in self.pairs if pair.right is not None and pair.right.sign is Sign.ADDED)

    @property
    def removed(self) -> int:
        """How many lines were removed."""
        return sum(1 for pair in self.pairs if pair.left is not None and pair.left.sign is Sign.REMOVED)

    def fold_pairs(self, context: int | None = 3) -> tuple[Pair | Fold, ...]:
        """Return the pairs side by side, with runs of equal lines folded.

        Args:
            context: equal lines kept beside each change; None folds nothing.
        """
        if context is None:
            return self.pairs
        changed = [index for index, pair in enumerate(self.pairs) if not pair.is_same]
        kept = {near for at in changed for near in range(at - context, at + context + 1)}
        return tuple(_fold(self.pairs, kept))

    def fold_lines(self, context: int | None = 3) -> tuple[DiffLine | Fold, ...]:
        """Return the lines one under the other: of each run of changes the removed ones first."""
        return tuple(_unify(self.fold_pairs(context)))


def compute_diff(old: str, new: str) -> TextDiff:
    """Compare two texts line by line, and the lines that changed word by word."""
    old_lines, new_lines = split_lines(old), split_lines(new)
    head = _count_equal(old_lines, new_lines)
    tail = _count_equal(old_lines[head:][::-1], new_lines[head:][::-1])
    old_end, new_end = len(old_lines) - tail, len(new_lines) - tail
    pairs = [_same(text, index, index) for index, text in enumerate(old_lines[:head])]
    matcher = SequenceMatcher(None, old_lines[head:old_end], new_lines[head:new_end])
    for tag, left, left_end, right, right_end in matcher.get_opcodes():
        old_at, new_at = left + head, right + head
        if tag == "equal":
            pairs += [_same(old_lines[old_at + step], old_at + step, new_at + step) for step in range(left_end - left)]
        else:
            pairs += _pair_changed(
                old_lines[old_at : left_end + head], new_lines[new_at : right_end + head], old_at, new_at
            )
    pairs += [_same(old_lines[old_end + step], old_end + step, new_end + step) for step in range(tail)]
    return TextDiff(tuple(pairs))


def split_lines(text: str) -> list[str]:
    """Split at newlines only; a last empty line is none."""
    lines = text.split("\n")
    return lines[:-1] if not lines[-1] else lines


def _count_equal(left: list[str], right: list[str]) -> int:
    return next(
        (index for index, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )


def _same(text: str, old_index: int, new_index: int) -> Pair:
    line = DiffLine(Sign.SAME, text, old_index + 1, new_index + 1)
    return Pair(line, line)


def _pair_changed(old: list[str], new: list[str], old_at: int, new_at: int) -> Iterator[Pair]:
    """Put the changed lines beside each other, like to like."""
    for left, right in _align(old, new):
        if left is not None and right is not None:
            old_marks, new_marks = mark_words(old[left], new[right])
        else:
            old_marks, new_marks = (), ()
        yield Pair(
            None if left is None else DiffLine(Sign.REMOVED, old[left], old_at + left + 1, None, old_marks),
            None if right is None else DiffLine(Sign.ADDED, new[right], None, new_at + right + 1, new_marks),
        )


def _align(old: list[str], new: list[str]) -> Iterator[tuple[int | None, int | None]]:
    """Choose which old line stands beside which new one: in order, the most alike in sum."""
    if len(old) * len(new) > _MAX_ALIGNED:
        yield from zip_longest(range(len(old)), range(len(new)))
        return
    best = _score_alignments(old, new)
    left = right = 0
    while left < len(old) or right < len(new):
        rest = best[left][right]
        if right == len(new) or (left < len(old) and rest == best[left + 1][right]):
            yield left, None
            left += 1
        elif left == len(old) or rest == best[left][right + 1]:
            yield None, right
            right += 1
        else:
            yield left, right
            left, right = left + 1, right + 1


def _score_alignments(old: list[str], new: list[str]) -> list[list[float]]:
    """For each pair of places the best sum of likeness from there to the end."""
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for left in range(len(old) - 1, -1, -1):
        for right in range(len(new) - 1, -1, -1):
            alike = measure_likeness(old[left], new[right])
            together = alike + best[left + 1][right + 1] if alike >= _ALIKE else 0.0
            best[left][right] = max(together, best[left + 1][right], best[left][right + 1])
    return best


def measure_likeness(old: str, new: str) -> float:
    """Return how alike two lines are by their words: 0 for nothing in common, 1 for the same."""
    matcher = SequenceMatcher(None, _split_words(old.strip()), _split_words(new.strip()), autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE else 0.0


def mark_words(old: str, new: str) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Return the ranges of characters that differ, word by word, on the old and on the new line.

    Lines that have little in common get no marks: then the whole line is the difference.
    """
    if len(old) > _MAX_MARKED or len(new) > _MAX_MARKED:
        return (), ()
    old_words, new_words = _split_words(old), _split_words(new)
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return (), ()
    old_starts, new_starts = _find_starts(old_words), _find_starts(new_words)
    changed = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return (
        _join_ranges((old_starts[low], old_starts[high]) for _, low, high, _, _ in changed),
        _join_ranges((new_starts[low], new_starts[high]) for _, _, _, low, high in changed),
    )


def _split_words(line: str) -> list[str]:
    return _WORDS.findall(line)


def _find_starts(words: list[str]) -> list[int]:
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts


def _join_ranges(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple((low, high) for low, high in ranges if low < high)


def _fold(pairs: tuple[Pair, ...], kept: set[int]) -> Iterator[Pair | Fold]:
    hidden = 0
    for index, pair in enumerate(pairs):
        if index not in kept:
            hidden += 1
            continue
        if hidden:
            yield Fold(hidden)
            hidden = 0
        yield pair
    if hidden:
        yield Fold(hidden)


def _unify(pairs: Iterable[Pair | Fold]) -> Iterator[DiffLine | Fold]:
    waiting: list[DiffLine] = []
    for pair in pairs:
        if isinstance(pair, Fold) or pair.is_same:
            yield from waiting
            waiting = []
            if isinstance(pair, Fold):
                yield pair
            elif pair.left is not None:
                yield pair.left
            continue
        if pair.left is not None:
            yield pair.left
        if pair.right is not None:
            waiting.append(pair.right)
    yield from waiting

"""Values to try for a column of a type. Standard library only.

A value is text as PostgreSQL's input function of the type reads it. Candidates come in order of preference; the
variant shifts them, so that two rows differ.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from pgcraft.catalog.tokens import list_strings
from pgcraft.devdb.rows.patterns import is_pattern, sample_pattern

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
LIMITS = {"int2": 2**15, "int4": 2**31, "int8": 2**63}
MAX_LENGTH = 10_000
COMPOSED = 8
RANGED = 8
"""Members that composites and ranges are tried with."""


@dataclass(frozen=True)
class ColumnType:
    """A type as far as values for it depend on it.

    Attributes:
        name: its plain name without length: ``numeric``, ``varchar``; for a domain that of its base.
        kind: PostgreSQL's typtype: ``b`` base, ``e`` enum, ``c`` composite, ``r`` range, ``m`` multirange.
        length: characters or bits, or the number of dimensions of a vector; None for no limit.
        precision: digits in all and behind the point, of a numeric.
        labels: of an enum.
        element: of an array, a range or a multirange.
        fields: of a composite.
    """

    name: str
    kind: str = "b"
    length: int | None = None
    precision: tuple[int, int] | None = None
    labels: tuple[str, ...] = ()
    element: "ColumnType | None" = None
    fields: tuple["ColumnType", ...] = ()


@dataclass(frozen=True)
class Wish:
    """What a value is wanted for.

    Attributes:
        variant: counted from 0; the first candidates of different variants differ where the type has room.
        hints: text of the checks on the column; constants in it are tried as well.
    """

    type: ColumnType
    variant: int = 0
    hints: str = ""

    @property
    def number(self) -> int:
        """The variant counted from 1."""
        return self.variant + 1

    @property
    def numbers(self) -> list[str]:
        """The numbers in the hints."""
        return NUMBER.findall(self.hints)

    @property
    def whole_numbers(self) -> list[int]:
        """The numbers in the hints without what is behind their point."""
        return list(dict.fromkeys(int(float(text)) for text in self.numbers))

    @property
    def near_numbers(self) -> list[int]:
        """The whole numbers in the hints, each with its neighbours."""
        return [near for number in self.whole_numbers for near in (number, number + 1, number - 1)]

    @property
    def far_numbers(self) -> list[int]:
        """What is as far from those in the hints as the variant says, their multiples, and the sums of these."""
        found = self.whole_numbers
        multiples = [number * self.number for number in found if number]
        sums = [multiple + number for multiple in multiples for number in found]
        return [*(number + self.variant for number in found), *multiples, *sums]

    @property
    def strings(self) -> list[str]:
        """The string constants in the hints."""
        return list(list_strings(self.hints))


def make_candidates(wish: Wish) -> tuple[str, ...]:
    """Return values to try, none twice."""
    wanted = wish.type
    if wanted.labels:
        return _rotate(wanted.labels, wish.variant)
    if wanted.kind == "c":
        return (*_compose(wish), f"({',' * (len(wanted.fields) - 1)})")
    if wanted.element is not None:
        return _make_collections(wish, replace(wish, type=wanted.element))
    make = _MAKERS.get(wanted.name)
    return tuple(dict.fromkeys(make(wish) if make else ("1", "a", "{}", "[]", "")))


def _compose(wish: Wish) -> Iterable[str]:
    values = [make_candidates(replace(wish, type=field)) for field in wish.type.fields]
    return (f"({','.join(_quote(each[place % len(each)]) for each in values)})" for place in range(COMPOSED))


def _make_collections(wish: Wish, element: Wish) -> tuple[str, ...]:
    values = make_candidates(element)
    match wish.type.kind:
        case "r":
            return tuple(_make_ranges(values))
        case "m":
            return (f"{{{values[0]}}}", "{}")
        case _:
            several = (",".join(map(_quote, values[:count])) for count in range(2, 5))
            return (*(f"{{{_quote(value)}}}" for value in values[:8]), *(f"{{{text}}}" for text in several), "{}")


def _make_ranges(values: Sequence[str]) -> Iterator[str]:
    """Return ranges of one point first: those of two variants do not overlap."""
    points = [f"[{_quote(value)},{_quote(value)}]" for value in values[:RANGED]]
    pairs = [f"[{_quote(low)},{_quote(high)})" for low, high in pairwise(_sort(values[:RANGED]))]
    yield from (*points[:1], *pairs, *points[1:], f"[{_quote(values[0])},]", "empty")


def _sort(values: Sequence[str]) -> list[str]:
    """Sort what are numbers or days; others have no order that is known here."""
    if all(NUMBER.fullmatch(value.lstrip("-")) for value in values):
        return sorted(values, key=float)
    return sorted(value for value in values if DAY.match(value))


def _quote(value: str) -> str:
    """Quote an element of an array, range or composite."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _rotate(values: Sequence[str], by: int) -> tuple[str, ...]:
    start = by % len(values) if values else 0
    return (*values[start:], *values[:start])


def _integers(wish: Wish) -> Iterable[str]:
    number, far = wish.number, wish.far_numbers
    first = (*range(number, number + 4), number + 100)
    numbers = (*first, *far[: wish.variant and len(far)], *wish.near_numbers, *far, 0, number + 10_000, -number)
    limit = LIMITS.get(wish.type.name, 2**63)
    negated = (-value - wish.variant for value in wish.near_numbers)
    return (str(value) for value in (*numbers, *negated) if abs(value) < limit)


def _decimals(wish: Wish) -> Iterable[str]:
    parts = (f"{float(text) + wish.number / 1000:.3f}" for text in wish.numbers)
    values = [*_integers(wish), *wish.numbers, f"0.{wish.number}", "0.5", *parts]
    if wish.type.precision is None:
        return values
    digits, scale = wish.type.precision
    step = f"{wish.number * 10.0**-scale:.{max(scale, 0)}f}"
    return [value for value in (*values, step) if abs(float(value)) < 10.0 ** (digits - scale)]


def _texts(wish: Wish) -> Iterable[str]:
    patterns = [text for text in wish.strings if is_pattern(text)]
    samples = [text for pattern in patterns for text in sample_pattern(pattern, wish.variant)]
    lengths = [length for length in wish.near_numbers if 0 < length <= MAX_LENGTH]
    filled = [text + _fill(wish, length)[len(text) :] for length in lengths for text in ("", *samples)]
    texts = [*_shapes(wish), *_rotate(wish.strings, wish.variant), *samples, *filled]
    limit = wish.type.length
    if limit is None:
        return texts
    return (*(text for text in texts if len(text) <= limit), _fill(wish, limit), _fill(wish, 1))


def _shapes(wish: Wish) -> list[str]:
    """Texts as checks commonly want them: codes, addresses, numbers, colours."""
    number, letter = wish.number, chr(ord("a") + wish.variant % 26)
    words = [f"text {number}", letter, letter.upper(), f"{number}", f"name{number}", f"NAME-{number}"]
    addresses = [f"name{number}@example.com", f"https://example.com/{number}"]
    codes = [letter * 2, letter.upper() * 2, letter * 3, letter.upper() * 3, f"{letter.upper() * 3}-{number:03}"]
    return [*words, *addresses, *codes, f"{number:05}", f"+1555{number:07}", f"#{number:06x}", ""]


def _fill(wish: Wish, length: int) -> str:
    """Return a text of this length that ends in the number, so that long ones differ, too."""
    return f"{'x' * length}{wish.number}"[-length:]


def _days(wish: Wish) -> Iterable[str]:
    """Return days one after the other, those of the hints with what is near, first ones of months, and hours."""
    first = date(2020, 1, 1)
    near = [(text, by) for text in wish.strings for by in (wish.variant, 0, 1, -1)]
    apart = [(str(first), wish.variant + days) for days in (*wish.near_numbers, *range(1, 8))]
    days = [found for text, by in [(str(first), wish.variant), *near, *apart] for found in _find_day(text, by)]
    hours = [f"{days[0]} {hour:02}:00" for hour in (1, 2, 6, 12)] if wish.type.name.startswith("timestamp") else []
    month = f"{2020 + wish.variant // 12}-{wish.variant % 12 + 1:02}-01"
    return (*days, month, *hours, "2999-01-01", "today", "yesterday", "tomorrow")


def _find_day(text: str, by: int) -> Iterator[str]:
    """Return the day that a text names, so many days later, where there is one."""
    with suppress(ValueError, OverflowError):
        yield from (str(date.fromisoformat(found) + timedelta(days=by)) for found in DAY.findall(text))


def _times(wish: Wish) -> Iterable[str]:
    constants = [text for text in wish.strings if re.match(r"\d\d:\d\d", text)]
    return (f"{wish.variant // 60 % 24:02}:{wish.variant % 60:02}", f"12:{wish.variant % 60:02}", *constants)


def _hstore(wish: Wish) -> Iterable[str]:
    keys = [text for text in wish.strings if re.fullmatch(r"\w+", text)]
    return (*(f"{key}=>{wish.number}" for key in ("key", *keys)), ",".join(f"{key}=>{wish.number}" for key in keys))


def _bits(wish: Wish) -> Iterable[str]:
    length = wish.type.length or 8
    return (f"{wish.number:b}"[-length:].zfill(length), "1" * length)


def _json(wish: Wish) -> Iterable[str]:
    keys = dict.fromkeys(text for text in wish.strings if re.fullmatch(r"\w+", text))
    of_numbers = json.dumps(dict.fromkeys(keys, wish.number))
    of_texts = json.dumps(dict.fromkeys(keys, f"text {wish.number}"))
    plain = (f'{{"key": {wish.number}}}', f"[{wish.number}]", "{}", "[]", f'"text {wish.number}"', "1", "true")
    return (of_numbers, of_texts, *plain) if keys else plain


def _vectors(wish: Wish) -> Iterable[str]:
    return (json.dumps([wish.number] * (wish.type.length or 3)),)


def _written(*patterns: str) -> "Maker":
    """Make candidates from patterns in which ``{n}`` is the number, from 1 to 250."""
    return lambda wish: [pattern.replace("{n}", str(wish.variant % 250 + 1)) for pattern in patterns]


Maker = Callable[[Wish], Iterable[str]]

_MAKERS: dict[str, Maker] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid", "xid", "xid8", "cid"), _integers),
    **dict.fromkeys(("numeric", "float4", "float8"), _decimals),
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "char", "citext"), _texts),
    **dict.fromkeys(("date", "timestamp", "timestamptz"), _days),
    **dict.fromkeys(("time", "timetz"), _times),
    "interval": _written("{n} days", "1 hour", "0"),
    "bool": lambda wish: _rotate(("true", "false"), wish.variant),
    "uuid": lambda wish: (f"00000000-0000-4000-8000-{wish.number:012x}",),
    **dict.fromkeys(("json", "jsonb"), _json),
    "jsonpath": _written("$.key{n}"),
    "bytea": lambda wish: (f"\\x{wish.number:08x}", "\\x"),
    "money": _written("{n}.00", "0.00"),
    **dict.fromkeys(("bit", "varbit"), _bits),
    "inet": _written("10.0.0.{n}"),
    "cidr": _written("10.{n}.0.0/16"),
    "macaddr": lambda wish: (f"08:00:2b:01:{wish.variant // 256 % 256:02x}:{wish.variant % 256:02x}",),
    "macaddr8": lambda wish: (f"08:00:2b:01:02:03:{wish.variant // 256 % 256:02x}:{wish.variant % 256:02x}",),
    "point": _written("({n},{n})"),
    "line": _written("{1,-1,{n}}"),
    "lseg": _written("[(0,0),({n},{n})]"),
    "box": _written("({n},{n}),(0,0)"),
    "path": _written("[(0,0),({n},{n})]"),
    "polygon": _written("((0,0),({n},0),({n},{n}))"),
    "circle": _written("<(0,0),{n}>"),
    **dict.fromkeys(("tsvector", "tsquery"), _written("word{n}")),
    "xml": _written("<row>{n}</row>"),
    "pg_lsn": _written("0/{n}"),
    **dict.fromkeys(("txid_snapshot", "pg_snapshot"), _written("{n}:{n}:")),
    "hstore": _hstore,
    **dict.fromkeys(("ltree", "lquery"), _written("a.b{n}", "a")),
    "cube": _written("({n})"),
    **dict.fromkeys(
        ("vector", "halfvec"), lambda wish: (f"[{','.join([str(wish.number)] * (wish.type.length or 3))}]",)
    ),
    **dict.fromkeys(("geometry", "geography"), _written("POINT({n} 0)")),
    **dict.fromkeys(("regclass", "regtype", "regproc", "regrole", "regnamespace"), _written("-")),
}

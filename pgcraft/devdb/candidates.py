"""Values to try for a column of a type. Standard library only.

A value is text as PostgreSQL's input function of the type reads it. Candidates come in order of preference; the
variant shifts them, so that two rows differ.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
STRING = re.compile(r"'((?:[^']|'')*)'")
PATTERN = re.compile(r"[\\^$*+?\[\](){}|%]")
"""Tells a regular expression from a plain constant."""

DAYS_PER_MONTH = 28
MAX_LENGTH = 10_000


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
    def near_numbers(self) -> list[int]:
        """The whole numbers in the hints, each with its neighbours."""
        return [
            near for text in self.numbers for near in (int(float(text)), int(float(text)) + 1, int(float(text)) - 1)
        ]

    @property
    def strings(self) -> list[str]:
        """The string constants in the hints."""
        return [text.replace("''", "'") for text in STRING.findall(self.hints)]


def make_candidates(wish: Wish) -> tuple[str, ...]:
    """Give values to try, none twice."""
    wanted = wish.type
    if wanted.labels:
        return _rotate(wanted.labels, wish.variant)
    if wanted.kind == "c":
        return (_compose(wish), f"({',' * (len(wanted.fields) - 1)})")
    if wanted.element is not None:
        return _make_collections(wish, replace(wish, type=wanted.element))
    make = _MAKERS.get(wanted.name)
    return tuple(dict.fromkeys(make(wish) if make else ("1", "a", "{}", "[]", "")))


def _compose(wish: Wish) -> str:
    values = (make_candidates(Wish(field, wish.variant))[0] for field in wish.type.fields)
    return f"({','.join(map(_quote, values))})"


def _make_collections(wish: Wish, element: Wish) -> tuple[str, ...]:
    values = make_candidates(element)
    match wish.type.kind:
        case "r":  # of one point: those of two variants do not overlap
            return (f"[{_quote(values[0])},{_quote(values[0])}]", f"[{_quote(values[0])},]", "empty")
        case "m":
            return (f"{{{values[0]}}}", "{}")
        case _:
            several = (",".join(map(_quote, values[:count])) for count in range(2, 5))
            return (*(f"{{{_quote(value)}}}" for value in values[:8]), *(f"{{{text}}}" for text in several), "{}")


def _quote(value: str) -> str:
    """Quote an element of an array, range or composite."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _rotate(values: Sequence[str], by: int) -> tuple[str, ...]:
    start = by % len(values) if values else 0
    return (*values[start:], *values[:start])


def _integers(wish: Wish) -> Iterable[str]:
    number = wish.number
    return map(str, (number, number + 100, *wish.near_numbers, 0, number + 10_000, -number))


def _decimals(wish: Wish) -> Iterable[str]:
    values = [*_integers(wish), *wish.numbers, f"0.{wish.number}", "0.5"]
    if wish.type.precision is None:
        return values
    digits, scale = wish.type.precision
    step = f"{wish.number * 10.0**-scale:.{max(scale, 0)}f}"
    return [value for value in (*values, step) if abs(float(value)) < 10.0 ** (digits - scale)]


def _texts(wish: Wish) -> Iterable[str]:
    plain = [text for text in wish.strings if not PATTERN.search(text)]
    lengths = [length for length in wish.near_numbers if 0 < length <= MAX_LENGTH]
    texts = [*_shapes(wish), *_rotate(plain, wish.variant), *(_fill(wish, length) for length in lengths)]
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
    """Give a text of this length that ends in the number, so that long ones differ, too."""
    return f"{'x' * length}{wish.number}"[-length:]


def _days(wish: Wish) -> Iterable[str]:
    constants = [text for text in wish.strings if re.match(r"\d{4}-\d\d", text)]
    day, month = wish.variant % DAYS_PER_MONTH + 1, wish.variant // DAYS_PER_MONTH % 12 + 1
    return (f"2020-{month:02}-{day:02}", f"2999-{month:02}-{day:02}", "today", *constants, "yesterday", "tomorrow")


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
    **dict.fromkeys(("time", "timetz"), lambda wish: (f"{wish.variant // 60 % 24:02}:{wish.variant % 60:02}", "12:00")),
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
    "hstore": _written("key=>{n}"),
    **dict.fromkeys(("ltree", "lquery"), _written("a.b{n}", "a")),
    "cube": _written("({n})"),
    **dict.fromkeys(
        ("vector", "halfvec"), lambda wish: (f"[{','.join([str(wish.number)] * (wish.type.length or 3))}]",)
    ),
    **dict.fromkeys(("geometry", "geography"), _written("POINT({n} 0)")),
    **dict.fromkeys(("regclass", "regtype", "regproc", "regrole", "regnamespace"), _written("-")),
}

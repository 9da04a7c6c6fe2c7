"""Names of types and argument lists in the form in which PostgreSQL's ``format_type`` prints them."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pgcraft.catalog.tokens import Token, TokenType, find_group, split_top_level, tokenize
from pgcraft.catalog.words import list_words
from pgcraft.identifiers import quote_name

_ALIASES = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "bool": "boolean",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "decimal": "numeric",
    "dec": "numeric",
    "varchar": "character varying",
    "char varying": "character varying",
    "national character varying": "character varying",
    "nchar varying": "character varying",
    "char": "character",
    "nchar": "character",
    "national character": "character",
    "bpchar": "character",
    "varbit": "bit varying",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
}
_FIELDS = frozenset({"year", "month", "day", "hour", "minute", "second", "to"})

_OF_SEVERAL_WORDS = frozenset(
    {
        "double precision",
        "character varying",
        "char varying",
        "national character varying",
        "national character",
        "nchar varying",
        "bit varying",
        "timestamp with time zone",
        "timestamp without time zone",
        "time with time zone",
        "time without time zone",
    }
)
_MODES = frozenset({"IN", "OUT", "INOUT", "VARIADIC"})


@lru_cache(maxsize=1024)
def canonical_type(text: str) -> str:
    """Return a type as ``format_type`` prints it: ``VARCHAR(32)[]`` gives ``character varying(32)[]``.

    Names that PostgreSQL does not bring are folded to lower case unless they are quoted, and quoted where they must be.
    """
    base, arrays = _split_arrays(_fold(text))
    name, modifier, rest = split_modifier(base)
    if name == "float" and modifier:
        name, modifier = ("real" if int(modifier) <= 24 else "double precision"), ""
    whole = _ALIASES.get(f"{name} {rest}".strip(), f"{name} {rest}".strip())
    if whole in ("character", "bit") and not modifier and name not in ("bpchar",):
        modifier = "1"
    if whole == "numeric" and modifier and "," not in modifier:
        modifier += ",0"
    return _place_modifier(whole, modifier) + arrays


def without_modifier(text: str) -> str:
    """Return a canonical type without length and precision, as function signatures have it."""
    base, arrays = _split_arrays(text)
    name, _, rest = split_modifier(base)
    bare = f"{name} {rest}".strip()
    return ("interval" if _is_interval(bare.split()) else bare) + arrays


def _fold(text: str) -> str:
    """Lower case, one blank between words, none around marks; quoted names stay."""
    pieces = [token for token in tokenize(text.strip()) if token.type is not TokenType.COMMENT]
    folded = "".join(_fold_token(token) for token in pieces)
    return re.sub(r"\s*([(),.\[\]])\s*", r"\1", folded) if '"' not in folded else folded.strip()


def _fold_token(token: Token) -> str:
    if token.type is TokenType.SPACE:
        return " "
    if token.type is TokenType.QUOTED_NAME:
        return quote_name(token.name or "")
    return token.text.lower() if token.type is TokenType.WORD else token.text


def _split_arrays(text: str) -> tuple[str, str]:
    """Cut off what makes it an array; PostgreSQL does not keep the number of dimensions."""
    match = re.search(r"((?:\s*\[\d*\]|\s+array(?:\[\d*\])?)+)$", text)
    return (text[: match.start()], "[]") if match else (text, "")


def split_modifier(text: str) -> tuple[str, str, str]:
    """``timestamp(3)with time zone`` gives ``timestamp``, ``3``, ``with time zone``."""
    try:
        begin, end = find_group(text)
    except ValueError:
        return text, "", ""
    modifier = ",".join(part.strip() for part in text[begin:end].split(","))
    return text[: begin - 1].strip(), modifier, text[end + 1 :].strip()


def _place_modifier(name: str, modifier: str) -> str:
    if not modifier:
        return name
    head, blank, tail = name.partition(" ")
    if blank and head in ("timestamp", "time"):
        return f"{head}({modifier}) {tail}"
    return f"{name}({modifier})"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a function.

    Attributes:
        mode: ``IN``, ``OUT``, ``INOUT`` or ``VARIADIC``.
        name: as written, quoted where it needs to be; empty for none.
        type: canonical, without length and precision, which PostgreSQL does not keep here.
        default: SQL text; empty for none.
    """

    mode: str
    name: str
    type: str
    default: str = ""

    def __str__(self) -> str:
        mode = "" if self.mode == "IN" else self.mode
        default = f"DEFAULT {self.default}" if self.default else ""
        return " ".join(part for part in (mode, self.name, self.type, default) if part)


_ORDER = "ORDER BY"


def _split_order(text: str) -> tuple[str, ...]:
    """Return an argument list, or the two of an ordered-set aggregate function."""
    if "ORDER" not in text.upper():
        return (text,)
    tokens = list(tokenize(text))
    for place, token in enumerate(tokens):
        rest = [each for each in tokens[place + 1 :] if not each.is_blank]
        if token.keyword == "ORDER" and rest and rest[0].keyword == "BY":
            direct, ordered = tokens[:place], tokens[tokens.index(rest[0], place) + 1 :]
            return "".join(each.text for each in direct).strip(), "".join(each.text for each in ordered).strip()
    return (text,)


@lru_cache(maxsize=1024)  # most functions are triggers and have the same
def parse_arguments(text: str) -> tuple[Argument, ...]:
    """Read an argument list as it stands in CREATE FUNCTION between the parentheses."""
    return tuple(_parse_argument(part) for part in split_top_level(text))


def canonical_arguments(text: str) -> str:
    """Return an argument list with canonical types, ``DEFAULT`` spelled out and one blank after each comma.

    Of an ordered-set aggregate function it has two parts: ``fraction double precision ORDER BY value integer``.
    """
    lists = (", ".join(map(str, parse_arguments(part))) for part in _split_order(text))
    return f" {_ORDER} ".join(lists).strip()


def canonical_signature(text: str) -> str:
    """Return the input argument types of an argument list, as a function's id has them."""
    arguments = (argument for part in _split_order(text) for argument in parse_arguments(part))
    inputs = [argument for argument in arguments if argument.mode != "OUT"]
    return ", ".join(argument.type for argument in inputs)


@lru_cache(maxsize=1024)
def canonical_returns(text: str) -> str:
    """Return a result type in canonical form: ``setof int`` gives ``SETOF integer``."""
    stripped = text.strip()
    head = stripped.partition("(")[0].strip().upper()
    if head == "TABLE":
        begin, end = find_group(stripped)
        return f"TABLE({canonical_arguments(stripped[begin:end])})"
    if stripped.upper().startswith("SETOF "):
        return f"SETOF {without_modifier(canonical_type(stripped[6:]))}"
    return without_modifier(canonical_type(stripped)) if stripped else ""


def _parse_argument(text: str) -> Argument:
    declaration, default = _cut_default(text)
    tokens = list_words(declaration)
    mode = "IN"
    if len(tokens) > 1 and tokens[0].keyword in _MODES:
        mode = tokens.pop(0).keyword
        if mode == "IN" and tokens[0].keyword == "OUT" and len(tokens) > 1:
            tokens.pop(0)
            mode = "INOUT"
        declaration = _after(declaration, mode)
    name = ""
    if _has_name(tokens):
        name = tokens[0].text
        declaration = declaration.strip()[len(name) :]
    return Argument(mode, name, without_modifier(canonical_type(declaration)), default)


def _after(declaration: str, mode: str) -> str:
    pattern = r"\s*in\s+out\s+|\s*inout\s+" if mode == "INOUT" else rf"\s*{mode}\s+"
    return re.sub(pattern, "", declaration, count=1, flags=re.IGNORECASE)


def _has_name(tokens: list[Token]) -> bool:
    """Whether the first word is a name: another word follows, and the words together are not one type."""
    if len(tokens) < 2 or tokens[0].name is None or tokens[1].name is None:
        return False
    words = []
    for token in tokens:
        if token.name is None:
            break
        words.append(token.keyword.lower())
    return " ".join(words) not in _OF_SEVERAL_WORDS and words[1] != "array" and not _is_interval(words)


def _is_interval(words: list[str]) -> bool:
    """Whether words are a type of intervals that have some fields only: ``interval day to second``."""
    return words[:1] == ["interval"] and _FIELDS.issuperset(words[1:])


def _cut_default(text: str) -> tuple[str, str]:
    position = 0
    for token in tokenize(text):
        if token.keyword == "DEFAULT" or (token.type is TokenType.OPERATOR and token.text == "="):
            return text[:position].strip(), text[position + len(token.text) :].strip()
        position += len(token.text)
    return text.strip(), ""

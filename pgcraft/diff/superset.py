"""Which types hold every value of another one, so that a column may change from the one to the other without a loss."""

from pgcraft.catalog.types import canonical_type, split_modifier

_DIGITS = {"smallint": 5, "integer": 10, "bigint": 19}
_WIDER = {
    ("smallint", "integer"),
    ("smallint", "bigint"),
    ("integer", "bigint"),
    ("smallint", "real"),
    ("smallint", "double precision"),
    ("integer", "double precision"),
    ("real", "double precision"),
    ("date", "timestamp without time zone"),
    ("cidr", "inet"),
    ("jsonb", "json"),
    ("macaddr", "macaddr8"),
    ("character", "character varying"),
    ("bit", "bit varying"),
    ("boolean", "integer"),
}
"""From a type to one with all of its values, where no length or precision says otherwise."""

_PLAIN_TEXT = ("text", "character varying")
_BINARY = ("bytea",)
_FINEST = 6
"""Digits of a second that a time has when none are said."""


def holds_all(old_type: str, new_type: str) -> bool:
    """Whether every value of one type is a value of the other; False also when that is not known.

    Args:
        old_type: as ``format_type`` prints it, or as it was declared.
        new_type: likewise.
    """
    old, new = canonical_type(old_type), canonical_type(new_type)
    if old == new:
        return True
    if new == f"{old}[]":
        return True
    if old.endswith("[]") != new.endswith("[]"):
        return new in _PLAIN_TEXT
    (old_base, old_size), (new_base, new_size) = (_split(name.removesuffix("[]")) for name in (old, new))
    if not new_size and new_base in _PLAIN_TEXT:
        return old_base not in _BINARY
    if old_base in _DIGITS and new_base == "numeric":
        return not new_size or new_size[0] - _scale(new_size) >= _DIGITS[old_base]
    if old_base != new_base and (old_base, new_base) not in _WIDER:
        return False
    return _is_wide_enough(new_base, old_size, new_size)


def _is_wide_enough(base: str, old_size: tuple[int, ...], new_size: tuple[int, ...]) -> bool:
    if base == "numeric":
        if not old_size or not new_size:
            return not new_size
        whole_digits = new_size[0] - _scale(new_size) >= old_size[0] - _scale(old_size)
        return whole_digits and _scale(new_size) >= _scale(old_size)
    if base.startswith(("time", "interval")):
        return (new_size or (_FINEST,))[0] >= (old_size or (_FINEST,))[0]
    if base == "bit":
        return old_size == new_size
    return not new_size or bool(old_size and new_size[0] >= old_size[0])


def _scale(size: tuple[int, ...]) -> int:
    return size[1] if len(size) > 1 else 0


def _split(name: str) -> tuple[str, tuple[int, ...]]:
    base, modifier, rest = split_modifier(name)
    parts = modifier.split(",") if modifier else []
    if not all(part.lstrip("-").isdigit() for part in parts):
        return name, ()
    return f"{base} {rest}".strip(), tuple(map(int, parts))

"""Ids from the line that ``str(object_id)`` gives."""

import re

from pgcraft.catalog.kinds import GRANTABLE, KINDS, PARTS
from pgcraft.catalog.objects import Kind, ObjectId

_NAME = r'(?:"(?:[^"\\]|\\.)*"|[^\W\d][\w$-]*)'
_QUALIFIED = rf"(?:(?P<schema>{_NAME})\.)?(?P<name>{_NAME})"
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{6})|(.))")

_GRANTABLE = "|".join(sorted({KINDS[kind].granted_as for kind in GRANTABLE}))
_ON_RELATION = rf"(?P<name>{_NAME}) on (?:(?P<schema>{_NAME})\.)?(?P<parent>{_NAME})"

# By the first word of a line; a materialized view's second word belongs to its kind.
_PATTERNS = {
    **{kind.value: _QUALIFIED for kind in Kind},
    "materialized": rf"view {_QUALIFIED}",
    "column": rf"(?:(?P<schema>{_NAME})\.)?(?P<parent>{_NAME})\.(?P<name>{_NAME})",
    **{kind.value: _ON_RELATION for kind in PARTS if kind not in (Kind.COLUMN, Kind.INDEX)},
    "function": rf"{_QUALIFIED}\((?P<signature>.*)\)",
    "grant": rf"on (?P<on>{_GRANTABLE}) {_QUALIFIED}(?:\((?P<signature>.*)\))? to (?P<parent>{_NAME})",
}
_INDEX_ON = re.compile(_ON_RELATION)
_COMPILED = {word: re.compile(pattern) for word, pattern in _PATTERNS.items()}


def parse_id(text: str) -> ObjectId:
    """Return the id that a line stands for: ``parse_id(str(object_id)) == object_id``.

    Raises:
        ValueError: it is not the line of any id.
    """
    word, _, rest = text.partition(" ")
    pattern = _COMPILED.get(word)
    match = pattern and (pattern.fullmatch(rest) or (word == "index" and _INDEX_ON.fullmatch(rest)))
    if not match:
        raise ValueError(f"not the id of an object: {text!r}")
    return _build(Kind.MATERIALIZED_VIEW if word == "materialized" else Kind(word), match.groupdict())


def _build(kind: Kind, found: dict[str, str | None]) -> ObjectId:
    signature = found.get("signature")
    if signature is not None:
        signature = _unescape(signature)
    schema, name, parent = _unquote(found["schema"]), _unquote(found["name"]) or "", _unquote(found.get("parent"))
    if kind is Kind.GRANT:
        return ObjectId(Kind(found["on"] or ""), schema, name, signature=signature).granted_to(parent or "")
    return ObjectId(kind, schema, name, parent, signature)


def _unquote(name: str | None) -> str | None:
    return _unescape(name[1:-1]) if name is not None and name.startswith('"') else name


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text) if "\\" in text else text

"""Edits of pyproject.toml that keep its comments, its order and its line ends."""

from typing import TYPE_CHECKING, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array, Table

from pgcraft.errors import PGCraftConfigError

if TYPE_CHECKING:
    from tomlkit.container import Container

KEY = "disabled_extensions"


def set_disabled(content: bytes, name: str, *, disabled: bool) -> bytes:
    """Return the file with one extension added to or taken from ``[tool.pgcraft] disabled_extensions``.

    Raises:
        PGCraftConfigError: PGC011, the file is not TOML.
    """
    document, newline = _parse(content)
    table = _get_table(document)
    names = table.get(KEY)
    if not isinstance(names, Array):
        names = tomlkit.array()
        table[KEY] = names
    if disabled and name not in names:
        names.append(name)
    elif not disabled and name in names:
        names.remove(name)
    return _print(document, newline)


def add_settings(content: bytes, settings: dict[str, str]) -> bytes:
    """Return the file with settings added to ``[tool.pgcraft]``; what is set there already stays as it is.

    Raises:
        PGCraftConfigError: PGC011, the file is not TOML.
    """
    document, newline = _parse(content)
    table = _get_table(document)
    for key, value in settings.items():
        if key not in table:
            table[key] = value
    return _print(document, newline)


def _parse(content: bytes) -> tuple[tomlkit.TOMLDocument, str]:
    text = content.decode("utf-8")
    newline = "\r\n" if "\r\n" in text else "\n"
    try:
        return tomlkit.parse(text.replace("\r\n", "\n")), newline
    except TOMLKitError as error:
        raise PGCraftConfigError("PGC011", f"pyproject.toml is not TOML: {error}", remedy="mend that line") from error


def _print(document: tomlkit.TOMLDocument, newline: str) -> bytes:
    return tomlkit.dumps(document).replace("\n", newline).encode("utf-8")


def _get_table(document: tomlkit.TOMLDocument) -> Table:
    """Return ``[tool.pgcraft]``, made at the end of the file when it is missing."""
    if "tool" not in document:
        document["tool"] = tomlkit.table(is_super_table=True)
    tool = cast("Table | Container", document["tool"])
    if "pgcraft" not in tool:
        tool["pgcraft"] = tomlkit.table()
    return cast("Table", tool["pgcraft"])

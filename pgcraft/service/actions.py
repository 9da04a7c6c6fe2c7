"""The action registry: what can be done, by key, palette and command line alike."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where in the workbench an action works."""

    EVERYWHERE = "everywhere"
    OBJECTS = "objects"
    EXTENSIONS = "extensions"
    REVISION = "revision"
    EXPORT = "export"
    VERIFY = "verify"


@dataclass(frozen=True)
class Action:
    """One thing a user can do.

    Attributes:
        id: ``verify``; the workbench's method is ``action_verify``.
        title: two or three words, for footer and palette.
        help: one sentence, for ``?`` and the docs.
        keys: in Textual's spelling; the first is shown.
        command: command line that does the same, with ``{object}`` and the like; empty when it only moves the view.
        show: whether the footer shows it.
    """

    id: str
    title: str
    help: str
    keys: tuple[str, ...]
    scope: Scope = Scope.EVERYWHERE
    command: str = ""
    show: bool = True

"""Extensions: what bundles plugins and hooks into one thing that a config uses or an installed package brings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pgcraft.errors import PGCraftError, PGCraftPluginError, Place

if TYPE_CHECKING:
    import typer
    from sqlalchemy import MetaData

    from pgcraft.plugin import Plugin

ENTRY_POINT_GROUP = "pgcraft.extensions"


@dataclass
class PGCraftExtension:
    """The base of every extension; each hook does nothing until it is overridden.

    Attributes:
        name: how configs, dependencies and the list of disabled extensions call it.
        depends_on: names of the extensions that must be in use beside it.
    """

    name: str = ""
    depends_on: ClassVar[list[str]] = []

    def plugins(self) -> "list[Plugin]":
        """Return the plugins that every factory runs before those of its config and its own."""
        return []

    def configure_metadata(self, metadata: "MetaData") -> None:
        """Register roles, grants, schemas and the like; called by ``pgcraft_configure_metadata``."""

    def configure_alembic(self) -> None:
        """Register Alembic renderers or rewriters; called by ``pgcraft_alembic_hook``."""

    def register_cli(self, app: "typer.Typer") -> None:
        """Add commands to the ``pgcraft`` program."""

    def validate(self, registered_names: frozenset[str]) -> None:
        """Check what the extension needs; called when all extensions are known, with their names."""


_CODES = {"plugins": "PGC212", "register_cli": "PGC214"}
_OTHER_HOOKS = "PGC213"


@contextmanager
def running_hook(extension: PGCraftExtension, hook: str, place: Place | None = None) -> Iterator[None]:
    """Say whose hook failed inside, and how it is mended.

    Args:
        extension: whose it is.
        hook: the method's name.
        place: the line that ran it, for errors that have none.

    Raises:
        PGCraftPluginError: PGC212, PGC213 or PGC214, by the hook; an error of ours that tells of a declaration stays.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, PGCraftError) and hook not in _CODES:
            error.place = error.place or place
            raise
        said = str(error) if isinstance(error, PGCraftError) else f"{type(error).__name__}: {error}"
        method = f"{type(extension).__module__}.{type(extension).__qualname__}.{hook}"
        raise PGCraftPluginError(
            _CODES.get(hook, _OTHER_HOOKS),
            f"{hook} of extension {extension.name} failed: {said}",
            place=place,
            remedy=f'mend {method}, or switch it off: disabled_extensions = ["{extension.name}"]',
        ) from error

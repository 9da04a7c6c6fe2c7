"""Extensions: what bundles plugins and hooks into one thing that a config uses or an installed package brings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

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
        """Give the plugins that every factory runs before those of its config and its own."""
        return []

    def configure_metadata(self, metadata: "MetaData") -> None:
        """Register roles, grants, schemas and the like; called by ``pgcraft_configure_metadata``."""

    def configure_alembic(self) -> None:
        """Register Alembic renderers or rewriters; called by ``pgcraft_alembic_hook``."""

    def register_cli(self, app: "typer.Typer") -> None:
        """Add commands to the ``pgcraft`` program."""

    def validate(self, registered_names: frozenset[str]) -> None:
        """Check what the extension needs; called when all extensions are known, with their names."""

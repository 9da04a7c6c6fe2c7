"""What ``env.py`` calls; see docs/migrations.md for the whole file.

::

    from pgcraft.alembic.register import (
        pgcraft_alembic_hook,
        pgcraft_configure_metadata,
        pgcraft_process_revision_directives,
    )

    pgcraft_alembic_hook()
    from models import config, metadata
    pgcraft_configure_metadata(metadata, config)

    context.configure(..., process_revision_directives=pgcraft_process_revision_directives)
"""

from typing import TYPE_CHECKING, Any

from alembic.config import Config as AlembicConfig
from alembic.runtime.plugins import Plugin

from pgcraft.alembic import comparators
from pgcraft.alembic.directives import pgcraft_process_revision_directives
from pgcraft.alembic.exact import use_exact_text
from pgcraft.alembic.render import pgcraft_render_item
from pgcraft.config import PGCraftConfig, default_config
from pgcraft.configure import configure_metadata
from pgcraft.errors import PGCraftConfigError

if TYPE_CHECKING:
    from sqlalchemy import MetaData

__all__ = [
    "pgcraft_alembic_hook",
    "pgcraft_configure_metadata",
    "pgcraft_process_revision_directives",
    "pgcraft_render_item",
]

PLUGIN_NAME = "alembic.autogenerate.pgcraft"
"""Alembic uses ``alembic.autogenerate.*`` unless ``autogenerate_plugins`` of ``env.py`` says otherwise."""


def pgcraft_alembic_hook(config: PGCraftConfig | None = None) -> None:
    """Make Alembic compare what pgcraft declares, and let the extensions in use configure Alembic.

    Call it before the models are imported; a second call changes nothing but runs the extensions' hooks again.

    Raises:
        PGCraftConfigError: PGC030, the argument is something else, as Alembic's own config.
    """
    config = _check_config(config, "pgcraft_alembic_hook")
    plugin = _make_plugin()
    if plugin is not None:
        comparators.setup(plugin)
    use_exact_text()
    for extension in config.resolved_extensions:
        extension.configure_alembic()


def pgcraft_configure_metadata(metadata: "MetaData", config: PGCraftConfig | None = None) -> None:
    """Let the extensions in use declare their roles, grants and schemas; call it when the models are imported.

    Raises:
        PGCraftConfigError: PGC030, the second argument is something else, as Alembic's own config.
    """
    configure_metadata(metadata, None if config is None else _check_config(config, "pgcraft_configure_metadata"))


def _check_config(config: Any, function: str) -> PGCraftConfig:
    if config is None:
        return default_config()
    if isinstance(config, PGCraftConfig):
        return config
    theirs = "Alembic's own config" if isinstance(config, AlembicConfig) else f"a {type(config).__name__}"
    raise PGCraftConfigError(
        "PGC030",
        f"{function} was given {theirs}, not a PGCraftConfig",
        remedy=f"pass the PGCraftConfig of your models, as {function}(…, models.config), or leave it out",
    )


def _make_plugin() -> Plugin | None:
    """Give a new plugin, or None when an earlier call made it: Alembic refuses a second one of a name."""
    try:
        return Plugin(PLUGIN_NAME)
    except ValueError:
        return None

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

from alembic.runtime.plugins import Plugin

from pgcraft.alembic.hooks import comparators
from pgcraft.alembic.hooks.directives import pgcraft_process_revision_directives
from pgcraft.alembic.hooks.postgresql_impl import use_exact_text
from pgcraft.alembic.operations.render import pgcraft_render_item
from pgcraft.config import PGCraftConfig, check_config
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.errors import Place
from pgcraft.extension import running_hook
from pgcraft.installed.disabled import disabled_extensions
from pgcraft.installed.discovery import load_installed
from pgcraft.models.provenance import find_caller

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

    Args:
        config: the config whose extensions are in use; those that installed packages bring when left out.

    Raises:
        PGCraftConfigError: PGC012, the argument is something else, as Alembic's own config.
        PGCraftPluginError: PGC213, a hook failed.
    """
    place = Place(*find_caller(), "pgcraft_alembic_hook")
    # The models are not imported yet: what an installed extension depends on may be in use by their config.
    extensions = (
        load_installed(disabled_extensions()) if config is None else check_config(config, place).resolved_extensions
    )
    plugin = _make_plugin()
    if plugin is not None:
        comparators.setup(plugin)
    use_exact_text()
    for extension in extensions:
        with running_hook(extension, "configure_alembic", place):
            extension.configure_alembic()


def _make_plugin() -> Plugin | None:
    """Return a new plugin, or None when an earlier call made it: Alembic refuses a second one of a name."""
    try:
        return Plugin(PLUGIN_NAME)
    except ValueError:
        return None

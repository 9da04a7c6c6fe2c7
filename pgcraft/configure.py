"""The last step of declaring: foreign keys find their targets, and extensions add what they have to say."""

from collections.abc import Iterable

from sqlalchemy import MetaData

from pgcraft.catalog.origins import Origin
from pgcraft.config import PGCraftConfig, check_config, default_config, get_configs, record_config
from pgcraft.errors import PGCraftPluginError, PGCraftValidationError, Place
from pgcraft.extension import PGCraftExtension, running_hook
from pgcraft.installed.discovery import order_extensions
from pgcraft.models.declarations import get_declarations
from pgcraft.models.journal import all_or_nothing, changes_since, mark_now, tables_since, take_back
from pgcraft.models.provenance import find_caller, origins_resumed, stamp
from pgcraft.models.references import resolve_references
from pgcraft.views.extension_needs import check_extension_needs


def pgcraft_configure_metadata(metadata: MetaData, config: PGCraftConfig | None = None) -> None:
    """Finish what the models declare; to be called when all of them are imported.

    Every foreign key gets its target, and each extension in use registers its roles, grants and the like. Calling it
    again, with more models or none, begins anew.

    Args:
        metadata: the MetaData of the models.
        config: the config of the models; those that the factories were called with count too.

    Raises:
        PGCraftValidationError: a foreign key has no target, an extension misses another one, or a declaration the
            extension that it belongs to.
        PGCraftPluginError: PGC213, a hook failed.
        PGCraftConfigError: PGC012, the config is not one.
    """
    place = Place(*find_caller(), "pgcraft_configure_metadata")
    if not isinstance(metadata, MetaData):
        raise PGCraftValidationError(
            "PGC100", f"metadata is {metadata!r}, not a SQLAlchemy MetaData", place=place, remedy="pass target_metadata"
        )
    declarations = get_declarations(metadata)
    if config is not None:
        record_config(metadata, check_config(config, place))
    configs = get_configs(metadata) or [default_config()]
    in_use = _extensions_in_use(configs)
    check_extension_needs(metadata, configs)
    for changes in declarations.hooks.values():
        take_back(metadata, changes)
    declarations.hooks.clear()
    resolve_references(metadata)
    names = frozenset(extension.name for extension, _ in in_use)
    for extension, _ in in_use:
        _call(extension, "validate", place, names)
    for extension, origin in in_use:
        mark = mark_now(metadata)
        with all_or_nothing(metadata), origins_resumed((origin,)):
            _call(extension, "configure_metadata", place, metadata)
            for table in tables_since(metadata, mark.tables):
                for item in (table, *table.columns):
                    stamp(item)
        declarations.hooks[extension.name] = changes_since(metadata, mark)
    resolve_references(metadata)
    declarations.is_configured = True


def check_server(metadata: MetaData, major: int) -> None:
    """Check that every plugin that ran for the models works on a server's major version.

    Raises:
        PGCraftPluginError: PGC208, naming plugin, factory and line of the first that needs a newer one.
    """
    for declared in get_declarations(metadata).server_needs.all():
        need = declared.definition
        if need.version > major:
            raise PGCraftPluginError(
                "PGC208",
                f"{need.plugin} needs PostgreSQL {need.version}; the server is PostgreSQL {major}",
                place=Place(declared.place.file, declared.place.line, need.factory),
                remedy="upgrade the server, or use another plugin",
            )


def _extensions_in_use(configs: Iterable[PGCraftConfig]) -> list[tuple[PGCraftExtension, Origin]]:
    """Return the extensions of all configs, each after those it depends on; of one name the first wins."""
    found: dict[str, tuple[PGCraftExtension, Origin]] = {}
    for config in configs:
        for extension in config.resolved_extensions:
            found.setdefault(extension.name, (extension, config.extension_origin(extension)))
    return [found[extension.name] for extension in order_extensions([extension for extension, _ in found.values()])]


def _call(extension: PGCraftExtension, hook: str, place: Place, argument: object) -> None:
    with running_hook(extension, hook, place):
        getattr(extension, hook)(argument)

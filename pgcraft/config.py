"""The config that factories and the metadata's configuration share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pgcraft.catalog.origins import Layer, Origin, Origins
from pgcraft.errors import PGCraftConfigError, PGCraftPluginError, Place, placed
from pgcraft.extension import PGCraftExtension, running_hook
from pgcraft.installed.disabled import disabled_extensions
from pgcraft.installed.discovery import installed_extensions, resolve_extensions
from pgcraft.models.provenance import find_caller
from pgcraft.plugin import Plugin, verify_plugin

if TYPE_CHECKING:
    from sqlalchemy import MetaData

_IN_USE = "pgcraft_configs"


@dataclass(frozen=True, slots=True)
class OwnedPlugin:
    """A plugin with whose it is: the extension that brings it if one does, then itself; nobody's when internal."""

    plugin: Plugin
    origins: Origins = ()


@dataclass(eq=False)
class PGCraftConfig:
    """What all factories of a project share.

    Attributes:
        plugins: run in every factory, before the factory's own.
        extensions: used by name; see also :meth:`use`.
        auto_discover: whether extensions of installed packages are used without being named here.
        utility_schema: for plugins that put helper functions somewhere; pgcraft makes none of its own there.
    """

    plugins: list[Plugin] = field(default_factory=list)
    extensions: list[PGCraftExtension] = field(default_factory=list)
    auto_discover: bool = True
    utility_schema: str = "pgcraft"
    _places: dict[int, tuple[str, int]] = field(default_factory=dict, init=False, repr=False)
    _resolved: tuple[object, tuple[PGCraftExtension, ...], tuple[OwnedPlugin, ...]] | None = field(
        default=None, init=False, repr=False
    )

    def __post_init__(self) -> None:
        given_plugins, given_extensions = self.plugins, self.extensions
        self.plugins, self.extensions = [], []
        self.register(*given_plugins)
        self.use(*given_extensions)

    def register(self, *plugins: Plugin) -> "PGCraftConfig":
        """Add plugins that every factory runs; gives the config back.

        Raises:
            PGCraftPluginError: PGC201, one of them is not a plugin that can run.
        """
        place = find_caller()
        with placed(Place(*place, "PGCraftConfig")):
            verified = [verify_plugin(plugin) for plugin in plugins]
        self.plugins.extend(verified)
        self._places.update((id(plugin), place) for plugin in verified)
        return self

    def use(self, *extensions: PGCraftExtension) -> "PGCraftConfig":
        """Add extensions; gives the config back.

        Raises:
            PGCraftPluginError: PGC211, one of them is not an extension.
        """
        place = find_caller()
        with placed(Place(*place, "PGCraftConfig")):
            verified = [_verify_extension(extension) for extension in extensions]
        self.extensions.extend(verified)
        self._places.update((id(extension), place) for extension in verified)
        return self

    @property
    def resolved_extensions(self) -> tuple[PGCraftExtension, ...]:
        """The extensions in use, each after those it depends on; those switched off are left out.

        Raises:
            PGCraftError: a dependency is missing or switched off, or an installed extension is broken.
        """
        return self._resolve()[0]

    @property
    def all_plugins(self) -> list[Plugin]:
        """The plugins of the extensions in use, then the config's own."""
        return [owned.plugin for owned in self.owned_plugins]

    @property
    def owned_plugins(self) -> tuple[OwnedPlugin, ...]:
        """What :attr:`all_plugins` holds, with whose each is."""
        own = (own_plugin(plugin, self._place_of(plugin)) for plugin in self.plugins)
        return (*self._resolve()[1], *own)

    def find_extension(self, name: str) -> PGCraftExtension | None:
        """Return the extension of this name if it is in use."""
        return next((extension for extension in self.resolved_extensions if extension.name == name), None)

    def extension_origin(self, extension: PGCraftExtension) -> Origin:
        """Return the origin of what an extension declares, with the line that took it into use."""
        return _make_origin(Layer.EXTENSION, extension.name, *self._place_of(extension))

    def _place_of(self, item: object) -> tuple[str, int]:
        return self._places.get(id(item), ("", 0))

    def _resolve(self) -> tuple[tuple[PGCraftExtension, ...], tuple[OwnedPlugin, ...]]:
        disabled = disabled_extensions()
        installed = installed_extensions() if self.auto_discover else ()
        basis = (tuple(map(id, self.extensions)), installed, disabled)
        if self._resolved is None or self._resolved[0] != basis:
            extensions = resolve_extensions(self.extensions, installed, disabled=disabled)
            self._resolved = (basis, extensions, tuple(self._plugins_of(extensions)))
        return self._resolved[1], self._resolved[2]

    def _plugins_of(self, extensions: tuple[PGCraftExtension, ...]) -> Iterator[OwnedPlugin]:
        for extension in extensions:
            with running_hook(extension, "plugins"):
                plugins = [verify_plugin(plugin) for plugin in extension.plugins()]
            owner = (self.extension_origin(extension),)
            yield from (own_plugin(plugin, owner=owner) for plugin in plugins)


def own_plugin(plugin: Plugin, place: tuple[str, int] = ("", 0), *, owner: Origins = ()) -> OwnedPlugin:
    """Say whose a plugin is; without a place of its own, the factory that runs it has the place."""
    if plugin.is_internal:
        return OwnedPlugin(plugin)
    return OwnedPlugin(plugin, (*owner, _make_origin(Layer.PLUGIN, type(plugin).__name__, *place)))


@lru_cache(maxsize=512)
def _make_origin(layer: Layer, name: str, file: str, line: int) -> Origin:
    return Origin(layer, name, file, line)


@lru_cache(maxsize=1)
def default_config() -> PGCraftConfig:
    """Return the config of factories that were called without one."""
    return PGCraftConfig()


def check_config(config: object, place: Place) -> PGCraftConfig:
    """Return a config back that is one.

    Raises:
        PGCraftConfigError: PGC012, it is something else, Alembic's own config for instance.
    """
    if isinstance(config, PGCraftConfig):
        return config
    is_alembic = type(config).__module__.partition(".")[0] == "alembic"
    raise PGCraftConfigError(
        "PGC012",
        f"config is {'the config of Alembic' if is_alembic else repr(config)}, not a PGCraftConfig",
        place=place,
        remedy="pass the PGCraftConfig of your models" + (": from models import config" if is_alembic else ""),
    )


def record_config(metadata: "MetaData", config: PGCraftConfig) -> None:
    """Note that a config is in use on a MetaData."""
    configs = get_configs(metadata)
    if not any(known is config for known in configs):
        configs.append(config)


def get_configs(metadata: "MetaData") -> list[PGCraftConfig]:
    """Return the configs that factories on a MetaData were called with, in order, each once."""
    configs: list[PGCraftConfig] = metadata.info.setdefault(_IN_USE, [])
    return configs


def _verify_extension(extension: object) -> PGCraftExtension:
    if isinstance(extension, PGCraftExtension):
        return extension
    is_class = isinstance(extension, type) and issubclass(extension, PGCraftExtension)
    name = getattr(extension, "__name__", repr(extension))
    raise PGCraftPluginError(
        "PGC211",
        f"{name} is {'a class' if is_class else 'not an extension'}",
        remedy=f"pass an instance: {name}()" if is_class else "derive its class from PGCraftExtension",
    )

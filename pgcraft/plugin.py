"""Plugins: steps that a factory runs in the order that what they need and give demands."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeVar

from pgcraft.errors import PGCraftPluginError

if TYPE_CHECKING:
    from pgcraft.declare.context import FactoryContext

PluginClass = TypeVar("PluginClass", bound="type[Plugin]")


class Plugin:
    """One step of a factory; override :meth:`run`.

    Say with :func:`produces` which context keys the step writes and with :func:`requires` which it reads, so that it
    runs at the right time.
    """

    produced_keys: "ClassVar[tuple[str | Dynamic, ...]]" = ()
    required_keys: "ClassVar[tuple[str | Dynamic, ...]]" = ()
    singleton_group: ClassVar[str | None] = None
    min_pg_version: ClassVar[int | None] = None
    is_internal: ClassVar[bool] = False
    """An internal plugin is a part of its factory, so what it makes is the factory's alone."""

    def run(self, ctx: "FactoryContext") -> None:
        """Do the step: add columns to ``ctx``, set keys, register objects on ``ctx.metadata``."""
        raise NotImplementedError(f"{type(self).__name__} does not override run(ctx)")

    def companions(self) -> "Sequence[Plugin]":
        """Return the plugins that run along with this one, each where what it requires and produces puts it.

        One plugin runs once. What has to be done both before the table is made and after it takes two: the first adds
        a column, its companion a trigger.
        """
        return ()


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A context key whose name each plugin instance holds in an attribute.

    ``@produces(Dynamic("table_key"))`` writes the key that ``self.table_key`` names; when the attribute is None, none.
    """

    attr: str


@dataclass(frozen=True, slots=True)
class MinPGVersion:
    """The oldest major version of PostgreSQL that a plugin works on.

    Hand it to :func:`requires` beside the keys, or decorate the class with it.
    """

    version: int

    def __call__(self, cls: PluginClass) -> PluginClass:
        """Decorate a plugin class."""
        cls.min_pg_version = max(self.version, cls.min_pg_version or 0)
        return cls


def produces(*keys: str | Dynamic) -> Callable[[PluginClass], PluginClass]:
    """Decorate a plugin class with the context keys that it writes; they add to those of its base classes."""

    def decorate(cls: PluginClass) -> PluginClass:
        cls.produced_keys = (*cls.produced_keys, *keys)
        return cls

    return decorate


def requires(*needs: str | Dynamic | MinPGVersion) -> Callable[[PluginClass], PluginClass]:
    """Decorate a plugin class with the context keys that it reads; they add to those of its base classes."""

    def decorate(cls: PluginClass) -> PluginClass:
        cls.required_keys = (*cls.required_keys, *(need for need in needs if not isinstance(need, MinPGVersion)))
        for need in needs:
            if isinstance(need, MinPGVersion):
                need(cls)
        return cls

    return decorate


def singleton(group: str) -> Callable[[PluginClass], PluginClass]:
    """Decorate a plugin class with a group of which a factory takes one plugin only."""

    def decorate(cls: PluginClass) -> PluginClass:
        cls.singleton_group = group
        return cls

    return decorate


class Signature(NamedTuple):
    """What a plugin instance says of itself, dynamic keys resolved."""

    name: str
    produces: tuple[str, ...]
    requires: tuple[str, ...]
    group: str | None


def read_signature(plugin: Plugin) -> Signature:
    """Return what a plugin produces and requires.

    Raises:
        PGCraftPluginError: PGC201, it is no plugin, or a dynamic key names an attribute that is no key.
    """
    cls = type(plugin)
    return Signature(
        cls.__name__, _resolve(plugin, cls.produced_keys), _resolve(plugin, cls.required_keys), cls.singleton_group
    )


def verify_plugin(plugin: object) -> Plugin:
    """Return a plugin back after checking that it can run.

    Raises:
        PGCraftPluginError: PGC201, it is not an instance of a class that overrides ``run``.
    """
    if isinstance(plugin, type) and issubclass(plugin, Plugin):
        raise _not_a_plugin(f"{plugin.__name__} is a plugin class", f"pass an instance: {plugin.__name__}()")
    if not isinstance(plugin, Plugin):
        raise _not_a_plugin(f"{plugin!r} is not a plugin", "derive its class from pgcraft.plugin.Plugin")
    if type(plugin).run is Plugin.run:
        raise _not_a_plugin(f"plugin {type(plugin).__name__} does not override run", "define run(self, ctx)")
    read_signature(plugin)
    return plugin


def check_pg_version(major: int, plugins: Iterable[Plugin]) -> None:
    """Check that every plugin works on a server's major version.

    Raises:
        PGCraftPluginError: PGC208, naming each plugin that needs a newer server.
    """
    too_new = {
        type(plugin).__name__: plugin.min_pg_version
        for plugin in plugins
        if plugin.min_pg_version is not None and plugin.min_pg_version > major
    }
    if too_new:
        described = ", ".join(f"{name} needs PostgreSQL {version}" for name, version in sorted(too_new.items()))
        raise PGCraftPluginError(
            "PGC208",
            f"{described}; the server is PostgreSQL {major}",
            remedy="upgrade the server, or use another plugin",
        )


def find_producers(key: str) -> tuple[str, ...]:
    """Return the names of the known plugin classes that write a key, sorted."""
    return tuple(sorted({cls.__name__ for cls in _all_plugin_classes(Plugin) if key in cls.produced_keys}))


def _resolve(plugin: Plugin, keys: tuple[str | Dynamic, ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for key in keys:
        name: object = getattr(plugin, key.attr, key) if isinstance(key, Dynamic) else key
        if isinstance(name, str):
            found[name] = None
        elif name is not None:
            raise _not_a_plugin(
                f"plugin {type(plugin).__name__} has {name!r} where the name of a context key should stand",
                f"set self.{key.attr} to a string" if isinstance(key, Dynamic) else "give keys as strings",
            )
    return tuple(found)


def _all_plugin_classes(cls: type[Plugin]) -> Iterable[type[Plugin]]:
    for child in cls.__subclasses__():
        yield child
        yield from _all_plugin_classes(child)


def _not_a_plugin(what: str, remedy: str) -> PGCraftPluginError:
    return PGCraftPluginError("PGC201", what, remedy=remedy)

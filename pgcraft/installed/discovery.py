"""Which extensions are there, which of them are in use, and in which order.

The list of installed entry points is read once for each search path; each entry point is loaded alone, so that a broken
one names itself and stops nobody else.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points

from pgcraft import graph
from pgcraft.errors import PGCraftPluginError, PGCraftValidationError, find_nearest
from pgcraft.extension import ENTRY_POINT_GROUP, PGCraftExtension


@dataclass(frozen=True, slots=True)
class InstalledExtension:
    """An extension that an installed package brings, not loaded yet."""

    entry_point: EntryPoint

    @property
    def name(self) -> str:
        """The entry point's name."""
        return self.entry_point.name

    @property
    def distribution(self) -> str:
        """The package that brings it; empty when unknown."""
        return self.entry_point.dist.name if self.entry_point.dist else ""

    @property
    def version(self) -> str:
        """That package's version; empty when unknown."""
        return self.entry_point.dist.version if self.entry_point.dist else ""

    def load(self) -> PGCraftExtension:
        """Import and make the extension.

        Raises:
            PGCraftPluginError: PGC210, it cannot be imported or made, or is no extension.
        """
        try:
            made = self.entry_point.load()
            extension = made() if callable(made) else made
        except Exception as error:
            raise self._broken(f"{type(error).__name__}: {error}") from error
        if not isinstance(extension, PGCraftExtension):
            raise self._broken(f"it gives {extension!r}, which is not a PGCraftExtension")
        return _with_name(extension, self.name)

    def _broken(self, why: str) -> PGCraftPluginError:
        package = f" of package {self.distribution} {self.version}" if self.distribution else ""
        return PGCraftPluginError(
            "PGC210",
            f"extension {self.name}{package} ({self.entry_point.value}) cannot be loaded: {why}",
            remedy=f'mend or uninstall it, or switch it off: [tool.pgcraft] disabled_extensions = ["{self.name}"]',
        )


def installed_extensions() -> tuple[InstalledExtension, ...]:
    """Return the extensions that installed packages bring, sorted by name, without importing any of them."""
    return _read_installed(tuple(dict.fromkeys(sys.path)))  # Alembic puts its folders there again with every command


@lru_cache(maxsize=8)
def _read_installed(search_path: tuple[str, ...]) -> tuple[InstalledExtension, ...]:  # noqa: ARG001  the cache's key
    found = {point.name: InstalledExtension(point) for point in entry_points(group=ENTRY_POINT_GROUP)}
    return tuple(found[name] for name in sorted(found))


def resolve_extensions(
    by_hand: Sequence[PGCraftExtension], installed: Sequence[InstalledExtension], *, disabled: frozenset[str]
) -> tuple[PGCraftExtension, ...]:
    """Return the extensions in use, each after those it depends on.

    Args:
        by_hand: those that a config names; each wins over a discovered one of its name.
        installed: those that are used without being named.
        disabled: names of those that are switched off.

    Raises:
        PGCraftValidationError: PGC130, a dependency is missing; PGC131, one that is needed is switched off; PGC132,
            two have one name; PGC133, they depend on each other in a ring.
        PGCraftPluginError: PGC210, an installed one cannot be loaded.
    """
    _check_names(by_hand)
    found = {extension.name: extension for extension in by_hand}
    for candidate in installed:
        if candidate.name not in found and candidate.name not in disabled:
            extension = candidate.load()
            found.setdefault(extension.name, extension)
    in_use = {name: extension for name, extension in found.items() if name not in disabled}
    for extension in in_use.values():
        _check_dependencies(extension, in_use, disabled, found)
    return order_extensions(tuple(in_use.values()))


def load_installed(disabled: frozenset[str]) -> tuple[PGCraftExtension, ...]:
    """Return the extensions that installed packages bring, whatever they depend on; those switched off are left out.

    Raises:
        PGCraftPluginError: PGC210, one cannot be loaded.
    """
    return tuple(candidate.load() for candidate in installed_extensions() if candidate.name not in disabled)


def _with_name(extension: PGCraftExtension, name: str) -> PGCraftExtension:
    if not extension.name:
        extension.name = name
    return extension


def _check_names(extensions: Iterable[PGCraftExtension]) -> None:
    seen: dict[str, PGCraftExtension] = {}
    for extension in extensions:
        if not extension.name:
            raise PGCraftValidationError(
                "PGC132",
                f"extension {type(extension).__name__} has no name",
                remedy='give its class a field: name: str = "…"',
            )
        if seen.setdefault(extension.name, extension) is not extension:
            raise PGCraftValidationError(
                "PGC132",
                f"two extensions are called {extension.name}: {type(seen[extension.name]).__name__} and "
                f"{type(extension).__name__}",
                remedy="use one of them",
            )


def _check_dependencies(
    extension: PGCraftExtension,
    in_use: dict[str, PGCraftExtension],
    disabled: frozenset[str],
    known: Iterable[str],
) -> None:
    for needed in extension.depends_on:
        if needed in disabled:
            dependents = sorted(other.name for other in in_use.values() if needed in other.depends_on)
            listed = ", ".join(dependents)
            raise PGCraftValidationError(
                "PGC131",
                f"extension {needed} is switched off, but {listed} {'depends' if len(dependents) == 1 else 'depend'} "
                "on it",
                remedy=f"switch {listed} off too, or {needed} on",
            )
        if needed not in in_use:
            near = find_nearest(needed, known)
            raise PGCraftValidationError(
                "PGC130",
                f"extension {extension.name} depends on {needed}, which is not in use",
                remedy=(f'did you mean "{near}"? ' if near else "") + f"add {needed} with config.use(…)",
            )


def order_extensions(extensions: Sequence[PGCraftExtension]) -> tuple[PGCraftExtension, ...]:
    """Put each extension after those it depends on; else they keep their order.

    Raises:
        PGCraftValidationError: PGC133, they depend on each other in a ring.
    """
    in_use = {extension.name: extension for extension in extensions}
    rank = {name: index for index, name in enumerate(in_use)}
    needs = {name: tuple(extension.depends_on) for name, extension in in_use.items()}
    try:
        return tuple(in_use[name] for name in graph.order(in_use, needs, key=rank.__getitem__))
    except graph.RingError as error:
        raise PGCraftValidationError(
            "PGC133", f"extensions depend on each other in a ring: {error}", remedy="take one of them out of depends_on"
        ) from error

"""Every extension that a project could use, and how it stands with each."""

import inspect
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import packages_distributions, version

from pgcraft.catalog.objects import Catalog
from pgcraft.catalog.origins import Layer
from pgcraft.config import PGCraftConfig, default_config
from pgcraft.extension import PGCraftExtension
from pgcraft.installed.discovery import InstalledExtension, installed_extensions
from pgcraft.service.types import ExtensionState, Project

BUILT_IN = "pgcraft"
DISTRIBUTION = "pgcraft-workbench"


def list_extensions(configs: Sequence[PGCraftConfig], catalog: Catalog, project: Project) -> tuple[ExtensionState, ...]:
    """Return the extensions of the configs, those of installed packages and our own, sorted by name."""
    used = _find_used(configs or (default_config(),))
    found = {state.name: state for state in _list_states(configs, used, catalog, project)}
    return tuple(found[name] for name in sorted(found))


def _find_used(configs: Sequence[PGCraftConfig]) -> dict[str, PGCraftExtension]:
    return {extension.name: extension for config in configs for extension in config.resolved_extensions}


def _list_states(
    configs: Sequence[PGCraftConfig], used: dict[str, PGCraftExtension], catalog: Catalog, project: Project
) -> Iterator[ExtensionState]:
    """Later states replace earlier ones of the same name."""
    counts = _count_objects(catalog)
    installed = {item.name: item for item in installed_extensions()}
    for item in installed.values():
        yield _describe_installed(item, project)
    by_hand = {extension.name: extension for config in configs for extension in config.extensions}
    for extension in {**by_hand, **used}.values():
        from_package = None if extension.name in by_hand else installed.get(extension.name)
        yield _describe(extension, from_package, used, counts)


def _describe(
    extension: PGCraftExtension,
    installed: InstalledExtension | None,
    used: dict[str, PGCraftExtension],
    counts: dict[str, int],
) -> ExtensionState:
    needed_by = tuple(sorted(other.name for other in used.values() if extension.name in other.depends_on))
    module = type(extension).__module__
    return ExtensionState(
        name=extension.name,
        is_enabled=extension.name in used,
        version=installed.version if installed else _find_version(module),
        source=_name_source(module, installed),
        module=f"{module}.{type(extension).__qualname__}",
        depends_on=tuple(extension.depends_on),
        needed_by=needed_by,
        object_count=counts.get(extension.name, 0),
        locked=f"needed by {', '.join(needed_by)}" if needed_by and extension.name in used else "",
        summary=_summarize(type(extension)),
    )


def _describe_installed(installed: InstalledExtension, project: Project) -> ExtensionState:
    """An installed extension that is not in use; it is not imported to find out more."""
    is_disabled = installed.name in project.disabled
    return ExtensionState(
        name=installed.name,
        is_enabled=False,
        version=installed.version,
        source=f"entry point of {installed.distribution}",
        module=installed.entry_point.value.replace(":", "."),
        locked="" if is_disabled else "no config of the models uses it: auto_discover is off",
    )


def _count_objects(catalog: Catalog) -> dict[str, int]:
    counts: dict[str, int] = {}
    for item in catalog.objects:
        for name in {origin.name for origin in item.origins if origin.layer is Layer.EXTENSION}:
            counts[name] = counts.get(name, 0) + 1
    return counts


def _name_source(module: str, installed: InstalledExtension | None) -> str:
    if installed is not None:
        return f"entry point of {installed.distribution}"
    return BUILT_IN if module.split(".")[0] == BUILT_IN else "config"


def _find_version(module: str) -> str:
    """Return the version of the installed package that a module belongs to; empty for the project's own."""
    top = module.split(".")[0]
    if top == BUILT_IN:
        return version(DISTRIBUTION)
    file = getattr(sys.modules.get(top), "__file__", None) or ""
    if "site-packages" not in file:
        return ""
    distributions = packages_distributions().get(top, [])
    return version(distributions[0]) if distributions else ""


def _summarize(extension_type: type[PGCraftExtension]) -> str:
    text = inspect.getdoc(extension_type) or ""
    is_generated = text.startswith(f"{extension_type.__name__}(")  # dataclasses write one of their own
    return "" if is_generated else text.split("\n\n")[0].replace("\n", " ")

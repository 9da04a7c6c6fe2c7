"""The tables of plugins in docs/plugins.md, from the classes themselves."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pgcraft.plugins
from pgcraft.plugin import Dynamic, Plugin
from pgcraft.plugins.pk import OneColumnPKPlugin

PAGE = Path("docs/plugins.md")
START, END = "<!-- plugins: written by `make docs` -->", "<!-- end of plugins -->"
OLDEST_SERVER = 15
HEAD = "| plugin | what it does | requires | produces | one of | PostgreSQL |\n|---|---|---|---|---|---|"


def render_page(page: str) -> str:
    """Return the page with its tables made anew; what stands outside of the two marks stays."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    plugins = list_plugins()
    anyones = _render_table(cls for cls in plugins if not cls.is_internal)
    parts = _render_table(cls for cls in plugins if cls.is_internal)
    tables = f"{anyones}\n\nOf these the factories are made; a factory of your own may take them too.\n\n{parts}"
    return f"{before}{START}\n\n{tables}\n\n{END}{after}"


def list_plugins() -> list[type[Plugin]]:
    """Return every plugin class that a user may name, by module and name."""
    found = {cls for module in _list_modules() for _, cls in inspect.getmembers(module, inspect.isclass)}
    plugins = (cls for cls in found if issubclass(cls, Plugin) and cls not in (Plugin, OneColumnPKPlugin))
    return sorted((cls for cls in plugins if not cls.__name__.startswith("_")), key=_order)


def _list_modules() -> Iterator[object]:
    for info in pkgutil.walk_packages(pgcraft.plugins.__path__, "pgcraft.plugins."):
        yield importlib.import_module(info.name)


def _order(cls: type[Plugin]) -> tuple[str, str]:
    return (cls.__module__, cls.__name__)


def _render_table(plugins: Iterable[type[Plugin]]) -> str:
    return "\n".join([HEAD, *map(_render_row, plugins)])


def _render_row(cls: type[Plugin]) -> str:
    classes = (cls, *map(type, _bring_companions(cls)))
    produced = dict.fromkeys(key for each in classes for key in each.produced_keys)
    required = dict.fromkeys(key for each in classes for key in each.required_keys if key not in cls.produced_keys)
    cells = (
        f"`{_find_module(cls)}.{cls.__name__}`",
        (inspect.getdoc(cls) or "").partition("\n\n")[0].replace("\n", " ").replace("``", "`").replace("|", "\\|"),
        _render_keys(required),
        _render_keys(produced),
        f"`{cls.singleton_group}`" if cls.singleton_group else "",
        str(cls.min_pg_version or OLDEST_SERVER),
    )
    return "| " + " | ".join(cells) + " |"


def _bring_companions(cls: type[Plugin]) -> Iterable[Plugin]:
    """Return the companions of a plugin that brings any; those do without arguments."""
    return () if cls.companions is Plugin.companions else cls().companions()


def _find_module(cls: type[Plugin]) -> str:
    """Return where users import a plugin from: its package, where that has it, else its module."""
    package = cls.__module__.rpartition(".")[0]
    return package if hasattr(importlib.import_module(package), cls.__name__) else cls.__module__


def _render_keys(keys: Iterable[str | Dynamic]) -> str:
    return ", ".join(f"what `{key.attr}` names" if isinstance(key, Dynamic) else f"`{key}`" for key in keys)

"""What importing the library loads, and what it exports."""

import subprocess
import sys
from importlib import import_module

import pytest

HEAVY = ("sqlalchemy", "alembic", "psycopg", "textual", "typer")
PACKAGES = [
    "pgcraft",
    "pgcraft.extensions.postgrest",
    "pgcraft.factory",
    "pgcraft.models",
    "pgcraft.plugins.pk",
    "pgcraft.views",
]


@pytest.mark.parametrize(
    "module",
    [
        "pgcraft",
        "pgcraft.config",
        "pgcraft.extension",
        "pgcraft.plugin",
        "pgcraft.settings",
        "pgcraft.fk",
        "pgcraft.check",
    ],
)
def test_light_modules_load_nothing_heavy(module: str) -> None:
    """The program's `--help` imports extensions of installed packages."""
    code = f"import {module}, sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "" == done.stdout.strip()


@pytest.mark.parametrize(
    "module", ["pgcraft.plugins.pk", "pgcraft.plugins.table", "pgcraft.factory.context", "pgcraft.extensions.postgrest"]
)
def test_each_module_can_be_imported_first(module: str) -> None:
    """A ring of imports shows only from one side."""
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)


@pytest.mark.parametrize("package", PACKAGES)
def test_exports_are_sorted_and_there(package: str) -> None:
    """`from pgcraft.factory import *` is what people try first."""
    module = import_module(package)
    assert sorted(module.__all__) == module.__all__
    assert all(getattr(module, name) is not None for name in module.__all__)
    with pytest.raises(AttributeError):
        module.nothing_of_this_name  # noqa: B018

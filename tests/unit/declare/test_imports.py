"""What importing the library loads, and what it exports."""

import subprocess
import sys
import sysconfig
from importlib import import_module
from pathlib import Path

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
        "pgcraft.installed.disabled",
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
    "module", ["pgcraft.plugins.pk", "pgcraft.plugins.table", "pgcraft.declare.context", "pgcraft.extensions.postgrest"]
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


def test_models_that_are_installed_have_places_too(tmp_path: Path) -> None:
    """Frames of installed packages are passed over, unless there are no others."""
    folder = Path(sysconfig.get_path("purelib"))
    code = (
        "from pgcraft.models.provenance import find_caller\n"
        f"exec(compile('place = find_caller()', {str(folder / 'shop_models.py')!r}, 'exec'))\n"
        "print(*place)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert f"{folder / 'shop_models.py'} 1" == done.stdout.strip()

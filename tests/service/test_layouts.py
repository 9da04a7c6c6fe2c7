"""Models wherever projects keep them, imported once and under the name that env.py uses."""

from pathlib import Path

import pytest

from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench

BASE = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\n"
USER = (
    "from sqlalchemy.orm import Mapped, mapped_column\n"
    "from {base} import Base\n"
    "class User(Base):\n    __tablename__ = 'users'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
)
INI = "[alembic]\nscript_location = %(here)s/migrations\nprepend_sys_path = {folders}\npath_separator = os\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def load(path: Path) -> tuple[set[str], list[str]]:
    with Workbench(find_project(path)) as workbench:
        loaded = workbench.load()
    return {str(item.id) for item in loaded.catalog.objects}, [Path(name).name for name in loaded.files]


@pytest.mark.parametrize("models", ["app.models", "src/app/models", "src/app/models/__init__.py"])
def test_a_package_under_src(tmp_path: Path, models: str):
    """`prepend_sys_path = src` is how Alembic finds it; relative imports work."""
    write(
        tmp_path,
        {
            "pyproject.toml": f'[tool.pgcraft]\nmodels = "{models}"\n',
            "alembic.ini": INI.format(folders="src"),
            "src/app/__init__.py": "",
            "src/app/models/__init__.py": "from .base import Base\nfrom .user import User\n",
            "src/app/models/base.py": BASE,
            "src/app/models/user.py": USER.format(base=".base"),
        },
    )
    ids, files = load(tmp_path)
    assert "table public.users" in ids
    assert {"base.py", "user.py", "__init__.py"} == set(files)


def test_a_package_without_any_setting_of_the_path(tmp_path: Path):
    """The folder above the packages is where a path is imported from."""
    write(
        tmp_path,
        {
            "pyproject.toml": '[tool.pgcraft]\nmodels = "lib/app/models.py"\n',
            "lib/app/__init__.py": "",
            "lib/app/base.py": BASE,
            "lib/app/models.py": USER.format(base="app.base"),
        },
    )
    assert "table public.users" in load(tmp_path)[0]


def test_a_file_with_a_name_that_is_no_identifier(tmp_path: Path):
    """`pgcraft show --project my-models.py`."""
    write(tmp_path, {"my-models.py": BASE + USER.partition("\n")[0] + "\n" + USER.split("\n", 2)[2]})
    ids, _ = load(tmp_path / "my-models.py")
    assert "table public.users" in ids


def test_a_file_that_shadows_the_standard_library(tmp_path: Path):
    """A project may have a types.py; the child's own imports must not meet it."""
    write(tmp_path, {"types.py": "raise ValueError('mine')\n", "signal.py": "", "models.py": BASE})
    assert load(tmp_path)[0] == set()


def test_models_that_read_files_beside_them(tmp_path: Path):
    """The child runs in the project's root, wherever the program was started."""
    write(tmp_path, {"name.txt": "things", "models.py": "from sqlalchemy import *\nmetadata = MetaData()\n"})
    with (tmp_path / "models.py").open("a") as file:
        file.write("Table(open('name.txt').read(), metadata, Column('a', Integer))\n")
    assert "table public.things" in load(tmp_path)[0]


def test_an_env_gets_the_models_that_are_loaded_already(tmp_path: Path):
    """A second import under another name would double every declaration, and take twice the time."""
    write(
        tmp_path,
        {
            "pyproject.toml": '[tool.pgcraft]\nmodels = "app/models.py"\n',
            "app/__init__.py": "",
            "app/models.py": "import os\nopen('imports.txt', 'a').write('x')\n" + BASE,
        },
    )
    from pgcraft.service.scaffold import init_project

    init_project(tmp_path)
    assert "import app.models as models" in (tmp_path / "migrations" / "env.py").read_text()
    with Workbench(find_project(tmp_path)) as workbench:
        assert () == workbench.diff().operations
    assert "x" == (tmp_path / "imports.txt").read_text()

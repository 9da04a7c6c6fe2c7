"""Finding a project from wherever somebody stands."""

from pathlib import Path

import pytest

from pgcraft.errors import PGCraftConfigError
from pgcraft.service.project import find_project
from pgcraft.service.types import Identity, Writing


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def code_of(path: Path) -> str:
    with pytest.raises(PGCraftConfigError) as caught:
        find_project(path)
    return caught.value.code


def test_models_beside_nothing_else_are_a_project(tmp_path: Path):
    """A plain SQLAlchemy models.py is enough."""
    project = find_project(write(tmp_path, models_DOT_py=""))
    assert (tmp_path, "models.py", None, None) == (
        project.root,
        project.models,
        project.alembic_ini,
        project.pyproject,
    )


def test_the_root_is_found_from_a_folder_below(tmp_path: Path):
    """From the package's own folder, where its models.py stands, the project is still the one above."""
    write(
        tmp_path,
        pyproject_DOT_toml='[tool.pgcraft]\nmodels = "app.models"\n',
        alembic_DOT_ini="",
        app__models_DOT_py="",
        app__deep__er_DOT_py="",
    )
    for folder in (tmp_path, tmp_path / "app", tmp_path / "app" / "deep"):
        project = find_project(folder)
        assert (tmp_path, "app.models") == (project.root, project.models)
        assert tmp_path / "alembic.ini" == project.alembic_ini


def test_models_of_another_project_inside_are_their_own(tmp_path: Path):
    """An example inside a repository is not the repository's models."""
    write(
        tmp_path,
        pyproject_DOT_toml='[tool.pgcraft]\nmodels = "app.models"\n',
        app__models_DOT_py="",
        examples__shop__models_DOT_py="",
    )
    shop = tmp_path / "examples" / "shop"
    assert shop == find_project(shop).root
    assert shop == find_project(shop / "models.py").root


def test_a_file_can_be_named(tmp_path: Path):
    """`pgcraft tui path/to/other.py` inside a project keeps its migrations."""
    write(tmp_path, alembic_DOT_ini="", models_DOT_py="", other_DOT_py="")
    project = find_project(tmp_path / "other.py")
    assert (tmp_path, "other.py") == (project.root, project.models)
    assert project.alembic_ini


def test_a_package_folder_of_models_is_a_project(tmp_path: Path):
    """Models grow into a package."""
    write(tmp_path, pyproject_DOT_toml='[tool.pgcraft]\nmodels = "models"\n', models____init___DOT_py="")
    assert "models" == find_project(tmp_path).models


def test_settings_environment_and_options_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Three ways to switch an extension off add up; --url goes before dev_url."""
    write(
        tmp_path,
        models_DOT_py="",
        pyproject_DOT_toml='[tool.pgcraft]\ndisabled_extensions = ["a"]\ndev_url = "x://"\nload_timeout = 3\n',
    )
    monkeypatch.setenv("PGCRAFT_DISABLED_EXTENSIONS", "c, b,")
    project = find_project(tmp_path, dev_url="postgresql+psycopg://y", disable=("d",))
    assert (("a", "b", "c", "d"), "postgresql+psycopg://y", 3.0) == (
        project.disabled,
        project.dev_url,
        project.load_timeout_s,
    )


@pytest.mark.parametrize(
    ("pyproject", "code", "line"),
    [
        ("[tool.pgcraft]\nmodels = 3\n", "PGC003", 1),
        ('# head\n[tool.pgcraft]\nmodel = "x"\n', "PGC003", 2),
        ("[tool.pgcraft]\nload_timeout = 0\n", "PGC003", 1),
        ('[tool.pgcraft]\ndeploy_as = "me"\n', "PGC003", 1),
        ('[tool.pgcraft]\nlock_timeout = "soon"\n', "PGC003", 1),
        ('[tool.pgcraft]\n[[tool.pgcraft.verify]]\nclaims = { t = "a" }\n', "PGC003", 1),
        ('[tool.pgcraft]\n[[tool.pgcraft.verify]]\nrole = "r"\nclaim = { t = "a" }\n', "PGC003", 1),
        ('[tool.pgcraft]\n[[tool.pgcraft.verify]]\nrole = "r"\nclaims = { t = 2020-01-01 }\n', "PGC003", 1),
        ('[tool.pgcraft]\ndisabled_extensions = "audit"\n', "PGC010", 1),
        ("[tool.pgcraft]\ndisabled_extensions = [1]\n", "PGC010", 1),
        ("[tool.pgcraft]\nmodels = \n", "PGC011", 2),
        ('[tool.pgcraft]\nmodels = "gone.py"\n', "PGC002", 0),
        ('[tool.pgcraft]\nalembic_ini = "gone.ini"\n', "PGC002", 0),
        ("tool = 3\n[project]\nname='x'\n", "", 0),
    ],
)
def test_wrong_settings_are_placed(tmp_path: Path, pyproject: str, code: str, line: int):
    """What is wrong stands in a file of the user's."""
    write(tmp_path, models_DOT_py="", pyproject_DOT_toml=pyproject)
    if not code:
        assert "x" == find_project(tmp_path).name
        return
    with pytest.raises(PGCraftConfigError) as caught:
        find_project(tmp_path)
    assert caught.value.place
    assert (code, line) == (caught.value.code, caught.value.place.line)


def test_an_unknown_setting_offers_the_nearest(tmp_path: Path):
    """A typo in a key is silent in most tools."""
    write(tmp_path, models_DOT_py="", pyproject_DOT_toml='[tool.pgcraft]\ndev_ulr = "x"\n')
    with pytest.raises(PGCraftConfigError) as caught:
        find_project(tmp_path)
    assert 'did you mean "dev_url"?' == caught.value.remedy


def test_no_project_no_path_no_models(tmp_path: Path):
    """Each has its own code, so that the workbench can offer to make a project."""
    (tmp_path / ".git").mkdir()
    assert "PGC001" == code_of(tmp_path)
    assert "PGC004" == code_of(tmp_path / "nowhere")
    write(tmp_path, notes_DOT_txt="")
    assert "PGC004" == code_of(tmp_path / "notes.txt")
    write(tmp_path, alembic_DOT_ini="")
    assert "PGC002" == code_of(tmp_path)


def test_identities_and_the_deployer_are_read(tmp_path: Path):
    """Claims are any JSON; who deploys is a plain owner unless the project says otherwise."""
    assert "owner" == find_project(write(tmp_path, models_DOT_py="")).deploy_as
    text = '[tool.pgcraft]\ndeploy_as = "superuser"\nlock_timeout = "5s"\n[[tool.pgcraft.verify]]\nrole = "web"\nclaims = { t = "ä", n = [1] }\n'
    project = find_project(write(tmp_path, pyproject_DOT_toml=text))
    assert "superuser" == project.deploy_as
    assert Writing("5s") == project.writing
    assert (Identity("web", '{"t": "ä", "n": [1]}'),) == project.identities

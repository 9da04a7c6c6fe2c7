"""Commands that extensions bring: of an installed package, and of the models' own config."""

import sys
from pathlib import Path

from tests.cli.conftest import Shell

INSTALLED = """\
from dataclasses import dataclass

from pgcraft.extension import PGCraftExtension


@dataclass
class Greeter(PGCraftExtension):
    name: str = "greeter"

    def register_cli(self, app):
        @app.command()
        def greet(name: str = "you"):
            "Say hello."
            print(f"hello {name}")
"""

IN_MODELS = """\
import sys
from dataclasses import dataclass

from sqlalchemy import MetaData

from pgcraft.config import PGCraftConfig
from pgcraft.extension import PGCraftExtension


@dataclass
class Tenancy(PGCraftExtension):
    name: str = "tenancy"

    def register_cli(self, app):
        @app.command("tenants-add")
        def add(tenant: str, fail: bool = False):
            print(f"added {tenant}: {sys.stdin.read()}")
            raise SystemExit(7 if fail else 0)


config = PGCraftConfig(auto_discover=False).use(Tenancy())
metadata = MetaData()

from pgcraft.factory import PGCraftSimple
from sqlalchemy import Column, String

PGCraftSimple("things", "public", metadata, [Column("name", String)], config=config)
"""


def install(folder: Path, source: str = INSTALLED) -> dict[str, str]:
    """Make a folder look like a place with an installed package; gives the environment that finds it."""
    info = folder / "greeter-1.2.dist-info"
    info.mkdir(parents=True)
    (folder / "greeter.py").write_text(source)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: greeter\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[pgcraft.extensions]\ngreeter = greeter:Greeter\n")
    return {"PYTHONPATH": str(folder)}


def test_an_installed_extension_adds_its_command(shell: Shell, tmp_path: Path):
    """Installing a package is all that it takes; it is in --help, and works without a project."""
    environment = install(tmp_path / "site")
    assert "Say hello." in shell("--help", **environment).stdout
    assert "hello me\n" == shell("greet", "--name", "me", **environment).stdout


def test_a_disabled_extension_has_no_command(shell: Shell, tmp_path: Path):
    """Switched off means gone."""
    environment = {**install(tmp_path / "site"), "PGCRAFT_DISABLED_EXTENSIONS": "greeter"}
    assert "Say hello." not in shell("--help", **environment).stdout


def test_a_broken_installed_extension_is_named_and_stops_nothing(shell: Shell, tmp_path: Path):
    """Somebody else's package must not take the program down."""
    environment = install(tmp_path / "site", "raise ImportError('no luck')\n")
    done = shell("--help", **environment)
    assert 0 == done.status
    assert "Usage: pgcraft" in done.stdout
    assert "PGC210: extension greeter of package greeter 1.2" in done.stderr


def test_a_register_cli_that_fails_is_named(shell: Shell, tmp_path: Path):
    """The hook's failure names the hook and its extension."""
    environment = install(tmp_path / "site", INSTALLED.replace("@app.command()", "raise ValueError('no luck')"))
    done = shell("--version", **environment)
    assert 0 == done.status
    assert "PGC214: register_cli of extension greeter failed: ValueError: no luck" in done.stderr


def test_an_installed_extension_is_listed_with_where_it_comes_from(project: Shell, tmp_path: Path):
    """Extensions of strangers show up in the list."""
    done = project("extensions", **install(tmp_path / "site"))
    assert "on   greeter  1.2 · entry point of greeter · 0 objects" in done.stdout


def test_an_extension_of_the_models_adds_its_command(shell: Shell):
    """It has the terminal's own streams, and its exit status is the program's."""
    shell.write("models.py", IN_MODELS)
    done = shell("tenants-add", "acme", stdin="from stdin")
    assert (0, "added acme: from stdin\n") == (done.status, done.stdout)
    assert 7 == shell("tenants-add", "acme", "--fail").status
    assert 2 == shell("tenants-add").status


def test_help_does_not_import_the_models_to_find_commands(shell: Shell):
    """--help is quick in every project."""
    shell.write("models.py", "raise SystemExit('imported')\n")
    assert 0 == shell("--help").status


def test_models_that_fail_are_an_error_of_the_unknown_command(shell: Shell):
    """Whether the command exists cannot be known; why is said."""
    shell.write("models.py", "1 / 0\n")
    done = shell("tenants-add")
    assert 3 == done.status
    assert "PGC301: ZeroDivisionError" in done.stderr


def test_the_environment_of_these_tests_brings_no_extension():
    """Otherwise they would prove nothing."""
    from pgcraft.installed.discovery import installed_extensions

    assert () == installed_extensions(), sys.path

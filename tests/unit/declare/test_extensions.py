"""Extensions: found, ordered, switched off, and called."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any, ClassVar

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table

from pgcraft.config import PGCraftConfig
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.errors import PGCraftConfigError, PGCraftError, PGCraftValidationError
from pgcraft.extension import PGCraftExtension
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import FactoryContext, PGCraftSimple
from pgcraft.installed.disabled import disabled_extensions, override_disabled
from pgcraft.installed.discovery import installed_extensions
from pgcraft.models import SchemaDefinition, register_schema
from pgcraft.models.declarations import get_declarations
from pgcraft.models.provenance import read_origins
from pgcraft.plugin import Plugin
from pgcraft.service.project import find_project
from pgcraft.views.declaration import Declaration

MODULE = """
from dataclasses import dataclass
from pgcraft.extension import PGCraftExtension
{body}
@dataclass
class Found(PGCraftExtension):
    name: str = "{name}"
    marker: str = "installed"
"""


class NotePlugin(Plugin):
    def run(self, ctx: FactoryContext) -> None:
        ctx.injected_columns.append(Column("note", String))


@dataclass
class Audit(PGCraftExtension):
    name: str = "audit"
    calls: list[str] = field(default_factory=list)

    def plugins(self) -> list[Plugin]:
        return [NotePlugin()]

    def validate(self, registered_names: frozenset[str]) -> None:
        self.calls.append(f"validate {sorted(registered_names)}")

    def configure_metadata(self, metadata: MetaData) -> None:
        self.calls.append("configure")
        register_schema(metadata, SchemaDefinition(name="audit"))
        Table("log", metadata, Column("id", Integer, primary_key=True), schema="audit")


@dataclass
class Tenancy(PGCraftExtension):
    name: str = "tenancy"
    depends_on: ClassVar[list[str]] = ["audit"]


class AuditView(Declaration):
    extension_name = "audit"

    def __init__(self, metadata: MetaData) -> None:
        self.locate("v")
        self.declare_on(metadata)

    def declare(self, metadata: MetaData) -> None:
        register_schema(metadata, SchemaDefinition(name="of_view"))


Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a package with an entry point on the path."""

    def put(name: str, *, body: str = "", target: str = "Found", entry: str | None = None) -> None:
        folder = tmp_path / f"path_{name}"
        info = folder / f"ext_{name}-1.2.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: ext-{name}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[pgcraft.extensions]\n{entry or name} = ext_{name}:{target}\n")
        (folder / f"ext_{name}.py").write_text(MODULE.format(name=name, body=dedent(body)))
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, f"ext_{name}", raising=False)

    return put


def config(*extensions: PGCraftExtension) -> PGCraftConfig:
    return PGCraftConfig(auto_discover=False).use(*extensions)


def names(used: PGCraftConfig) -> list[str]:
    return [extension.name for extension in used.resolved_extensions]


def error_of(used: PGCraftConfig) -> PGCraftError:
    with pytest.raises(PGCraftError) as caught:
        used.resolved_extensions  # noqa: B018
    return caught.value


def test_installed_extensions_are_found_and_used(install: Install) -> None:
    """Installing a package is all it takes."""
    install("beta")
    install("alpha")
    assert ["alpha", "beta"] == names(PGCraftConfig())
    assert [] == names(PGCraftConfig(auto_discover=False))
    found = {item.name: (item.distribution, item.version) for item in installed_extensions()}
    assert {"alpha": ("ext-alpha", "1.2"), "beta": ("ext-beta", "1.2")} == found


def test_one_by_hand_wins_over_an_installed_one(install: Install) -> None:
    """It has the user's arguments."""
    install("audit")
    (used,) = PGCraftConfig(extensions=[Audit()]).resolved_extensions
    assert isinstance(used, Audit)


@pytest.mark.parametrize(
    ("body", "target", "said"),
    [
        ("raise RuntimeError('boom')", "Found", "RuntimeError: boom"),
        ("", "Missing", "AttributeError"),
        ("Thing = dict", "Thing", "not a PGCraftExtension"),
    ],
)
def test_a_broken_one_names_itself_and_can_be_switched_off(install: Install, body: str, target: str, said: str) -> None:
    """A package that somebody else installed must not be a riddle."""
    install("broken", body=body, target=target)
    install("fine")
    error = error_of(PGCraftConfig())
    assert "PGC210" == error.code
    assert "broken of package ext-broken 1.2 (ext_broken:" in error.what
    assert said in error.what
    with override_disabled({"broken"}):
        assert ["fine"] == names(PGCraftConfig())


def test_each_comes_after_those_it_depends_on() -> None:
    """Hooks may look at what the others registered."""
    assert ["audit", "tenancy"] == names(config(Tenancy(), Audit()))


def test_a_missing_dependency_is_a_validation_error() -> None:
    """The seed says so; the nearest name helps."""
    error = error_of(config(Tenancy()))
    assert isinstance(error, PGCraftValidationError)
    assert ("PGC130", "extension tenancy depends on audit, which is not in use") == (error.code, error.what)


def test_one_that_others_need_cannot_be_switched_off_alone() -> None:
    """Their hooks would fail somewhere else."""
    used = config(Audit(), Tenancy())
    with override_disabled({"audit"}):
        error = error_of(used)
    assert "PGC131" == error.code
    assert "tenancy" in error.what
    with override_disabled({"audit", "tenancy"}):
        assert [] == names(used)
    assert ["audit", "tenancy"] == names(used)


def test_two_of_one_name_and_a_ring_are_errors() -> None:
    """Neither has an order."""

    @dataclass
    class A(PGCraftExtension):
        name: str = "a"
        depends_on: ClassVar[list[str]] = ["b"]

    @dataclass
    class B(PGCraftExtension):
        name: str = "b"
        depends_on: ClassVar[list[str]] = ["a"]

    assert "PGC132" == error_of(config(Audit(), Audit())).code
    assert "PGC132" == error_of(config(PGCraftExtension())).code
    assert "PGC133" == error_of(config(A(), B())).code


def test_what_is_no_extension_is_refused() -> None:
    """A class in place of an instance is the usual slip."""
    with pytest.raises(PGCraftValidationError, match=r"pass an instance: Audit\(\)"):
        PGCraftConfig().use(Audit)  # type: ignore[arg-type]
    with pytest.raises(PGCraftValidationError, match="PGC211"):
        PGCraftConfig(extensions=["audit"])  # type: ignore[list-item]


def test_what_an_extension_makes_bears_its_name() -> None:
    """Switching it off must take exactly that away."""
    metadata, audit = MetaData(), Audit()
    used = config(audit)
    table = PGCraftSimple("t", "app", metadata, [Column("a", Integer)], config=used).table
    AuditView(metadata)
    pgcraft_configure_metadata(metadata, used)
    assert ["factory", "extension", "plugin"] == [str(origin.layer) for origin in read_origins(table.c.note)]
    log = read_origins(metadata.tables["audit.log"])
    assert [("extension", "audit", "tests/unit/declare/test_extensions.py")] == [
        (str(origin.layer), origin.name, origin.file) for origin in log
    ]
    origins = {item.definition.name: item.origins for item in get_declarations(metadata).schemas.all()}
    assert ["extension"] == [str(origin.layer) for origin in origins["audit"]]
    assert ["factory", "extension"] == [str(origin.layer) for origin in origins["of_view"]]
    assert ["validate ['audit']", "configure"] == audit.calls


def test_nothing_of_a_disabled_extension_exists() -> None:
    """No plugin, no hook, no view of its classes."""
    metadata, audit = MetaData(), Audit()
    used = config(audit, PostgRESTExtension())
    with override_disabled({"audit", "postgrest"}):
        made = PGCraftSimple("t", "app", metadata, [Column("a", Integer)], config=used)
        AuditView(metadata)
        view = PostgRESTView(made, grants=["select", "insert"])
        pgcraft_configure_metadata(metadata, used)
    declarations = get_declarations(metadata)
    assert ["id", "a"] == made.table.columns.keys()
    assert ["app.t"] == list(metadata.tables)
    assert [] == audit.calls
    registries = (declarations.schemas, declarations.views, declarations.functions, declarations.triggers)
    assert [()] * 6 == [registry.all() for registry in (*registries, declarations.roles, declarations.resources)]
    assert ["id", "a"] == view.table.columns.keys()


def test_configuring_again_begins_anew() -> None:
    """The workbench configures what env.py has configured already."""
    metadata = MetaData()
    used = config(Audit(), PostgRESTExtension())
    PostgRESTView(PGCraftSimple("a", "app", metadata, [], config=used))
    pgcraft_configure_metadata(metadata, used)
    PostgRESTView(PGCraftSimple("b", "app", metadata, [], config=used))
    pgcraft_configure_metadata(metadata)
    pgcraft_configure_metadata(metadata, used)
    declarations = get_declarations(metadata)
    granted = [item.definition.name for item in declarations.grants.all() if item.definition.on == "table"]
    assert ["a", "b"] == granted
    assert ["anon", "authenticator"] == [item.definition.name for item in declarations.roles.all()]
    assert ["app.a", "app.b", "audit.log"] == list(metadata.tables)


def test_alembics_own_config_is_recognized() -> None:
    """Both are called config in env.py."""
    from alembic.config import Config

    for call in (
        lambda: pgcraft_configure_metadata(MetaData(), Config()),  # type: ignore[arg-type]
        lambda: PGCraftSimple("t", "app", MetaData(), [], config=Config()),  # type: ignore[arg-type]
    ):
        with pytest.raises(PGCraftConfigError, match="the config of Alembic"):
            call()


def test_a_folder_without_a_project_is_looked_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every declaration asks: a thousand factories read and parsed the same file five thousand times."""
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.other]\n")
    monkeypatch.chdir(tmp_path)
    assert frozenset() == disabled_extensions()
    before = path.stat()
    path.write_text("no TOML")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert frozenset() == disabled_extensions()
    path.write_text('[tool.pgcraft]\ndisabled_extensions = ["audit"]\n')
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert {"audit"} == disabled_extensions()
    path.unlink()
    assert frozenset() == disabled_extensions()


def test_the_projects_file_and_the_environment_switch_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`alembic revision` from a shell sees the same set as the workbench."""
    project = tmp_path / "pyproject.toml"
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    project.write_text('[tool.pgcraft]\ndisabled_extensions = ["audit"]\n')
    assert {"audit"} == disabled_extensions()
    monkeypatch.setenv("PGCRAFT_DISABLED_EXTENSIONS", "tenancy, postgrest")
    assert {"audit", "tenancy", "postgrest"} == disabled_extensions()
    with override_disabled([]):
        assert frozenset() == disabled_extensions()


def test_one_file_counts_for_a_declaration_and_for_the_workbench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pyproject.toml of another tool, nearer than the project's, switched everything on for `alembic` alone."""
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.pgcraft]\ndisabled_extensions = ["audit"]\n')
    (tmp_path / "models.py").touch()
    (inner / "pyproject.toml").write_text("[tool.other]\n")
    monkeypatch.chdir(inner)
    assert {"audit"} == disabled_extensions() == set(find_project(inner).disabled)
    (inner / "alembic.ini").touch()
    (inner / "models.py").touch()
    assert frozenset() == frozenset(find_project(inner).disabled)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert frozenset() == disabled_extensions()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[tool.pgcraft]\ndisabled_extensions = "audit"\n', "PGC010"),
        ("[tool.pgcraft]\ndisabled_extensions = [1]\n", "PGC010"),
        ("[tool.pgcraft\n", "PGC011"),
        ('tool.pgcraft = "x"\n', "PGC003"),
    ],
)
def test_a_wrong_project_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, code: str) -> None:
    """A typing error must not switch everything on."""
    (tmp_path / "pyproject.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PGCraftConfigError) as caught:
        disabled_extensions()
    assert code == caught.value.code
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("pyproject.toml")


def test_an_extension_may_be_written_as_the_seed_does() -> None:
    """Dataclass fields, class variables, nothing else to override."""
    extension: Any = Tenancy()
    assert (["audit"], [], None) == (extension.depends_on, extension.plugins(), extension.validate(frozenset()))

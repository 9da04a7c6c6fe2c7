"""`pgcraft init`: the files of a project, written where they are missing, never over what is there."""

import ast
import contextlib
from configparser import Error as ConfigParserError
from configparser import RawConfigParser
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from pgcraft.errors import PGCraftConfigError, PGCraftError
from pgcraft.installed.project_file import ALEMBIC_INI, PROJECT_FILE
from pgcraft.service.files import replace_file, write_new_file
from pgcraft.service.project import MODELS_FILE
from pgcraft.service.project_settings import Settings, read_settings
from pgcraft.service.tomledit import add_settings

MIGRATIONS = "migrations"


@dataclass(frozen=True)
class _Names:
    """How a module of models calls its MetaData (``Base.metadata``), and its config when it has one."""

    metadata: str = "metadata"
    config: str | None = None


def init_project(folder: Path) -> tuple[Path, ...]:
    """Write what a project needs and does not have: models, alembic.ini, migrations/, ``[tool.pgcraft]``.

    Returns:
        The files that were made or, for pyproject.toml, added to; empty when nothing was missing.

    Raises:
        PGCraftConfigError: PGC004, the folder is a file; PGC011, its pyproject.toml is not TOML; PGC021, a file could
            not be written: then nothing that was made before it stays.
    """
    if folder.exists() and not folder.is_dir():
        raise PGCraftConfigError("PGC004", f"{folder} is not a folder", remedy="name a folder, or a new one")
    pyproject = folder / PROJECT_FILE
    settings = read_settings(pyproject) if pyproject.is_file() else Settings()
    models = settings.models or MODELS_FILE
    wanted = _list_missing(folder, settings, models)
    made: list[Path] = []
    try:
        for path, content in wanted:
            write_new_file(path, content)
            made.append(path)
        if not settings.is_present:
            made.append(_add_table(pyproject, models))
    except PGCraftError:
        for path in made:
            with contextlib.suppress(OSError):
                path.unlink()
        raise
    return tuple(made)


def _list_missing(folder: Path, settings: Settings, models: str) -> list[tuple[Path, bytes]]:
    wanted: list[tuple[Path, bytes]] = []
    if settings.models is None and not (folder / models).exists():
        wanted.append((folder / models, _read("models.py.txt").encode()))
    ini = folder / (settings.alembic_ini or ALEMBIC_INI)
    migrations = _find_migrations(ini) if ini.exists() else folder / MIGRATIONS
    if migrations is None or (not ini.exists() and (migrations / "env.py").exists()):
        return wanted
    parts = [
        (ini, _read("alembic.ini.txt")),
        (migrations / "env.py", _make_env(models, _find_names(folder, models, settings))),
        (migrations / "script.py.mako", _read("script.py.mako.txt")),
    ]
    if not migrations.exists():
        parts.append((migrations / "versions" / ".gitkeep", ""))
    return [*wanted, *((path, text.encode()) for path, text in parts if not path.exists())]


def _find_migrations(ini: Path) -> Path | None:
    """Return the folder that an alembic.ini names; None where it is in a package, or cannot be told."""
    parser = RawConfigParser()
    try:
        parser.read(ini, encoding="utf-8")
        location = parser.get("alembic", "script_location").replace("%(here)s", str(ini.parent))
    except (ConfigParserError, UnicodeDecodeError):
        return None
    return None if ":" in location or "%(" in location else ini.parent / location


def _add_table(pyproject: Path, models: str) -> Path:
    before = pyproject.read_bytes() if pyproject.is_file() else None
    after = add_settings(before or b"", {"models": models})
    if before is None:
        write_new_file(pyproject, after)
    else:
        replace_file(pyproject, after)
    return pyproject


def _make_env(models: str, names: _Names) -> str:
    module = models.removesuffix(".py").replace("/", ".")
    return Template(_read("env.py.txt")).substitute(
        import_models=f"import {module}" if module == "models" else f"import {module} as models",
        metadata=f"models.{names.metadata}",
        and_config=f", models.{names.config}" if names.config else "",
    )


def _find_names(folder: Path, models: str, settings: Settings) -> _Names:
    """Read, without running it, how the models call what ``env.py`` needs."""
    path = folder / models if models.endswith(".py") else folder / Path(*models.split(".")).with_suffix(".py")
    try:
        tree = ast.parse(path.read_bytes() if path.is_file() else _read("models.py.txt"), str(path))
    except (SyntaxError, ValueError):
        return _Names(settings.metadata or "metadata")
    calls = {name: call for node in tree.body for name, call in _assignments(node)}
    config = next((name for name, call in calls.items() if call == "PGCraftConfig"), None)
    named = [name for name, call in calls.items() if call == "MetaData"]
    bases = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and _is_base(node)]
    bases += [name for name, call in calls.items() if call == "declarative_base"]
    found = [*named, *(f"{base}.metadata" for base in bases), "metadata"]
    return _Names(settings.metadata or found[0], config)


def _assignments(node: ast.stmt) -> list[tuple[str, str]]:
    """Return name and called function in ``name = function(…)``, or of a chain: ``config = PGCraftConfig().use(…)``."""
    match node:
        case ast.Assign(targets=targets, value=value):
            pass
        case ast.AnnAssign(target=target, value=value):
            targets = [target]
        case _:
            return []
    while isinstance(value, ast.Call):
        function = value.func
        called = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        value = function.value if isinstance(function, ast.Attribute) else None
        if not isinstance(value, ast.Call):
            return [(target.id, called) for target in targets if isinstance(target, ast.Name)]
    return []


def _is_base(node: ast.ClassDef) -> bool:
    names = {base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in node.bases}
    return bool(names & {"DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass"})


def _read(name: str) -> str:
    return files("pgcraft.service").joinpath("templates", name).read_text(encoding="utf-8")

"""`pgcraft doctor`: looks at everything that a project needs, one finding each."""

import os
import platform
import shutil
from collections.abc import Callable, Iterator

from pgcraft.devdb.server.binaries import find_binaries
from pgcraft.errors import PGCraftError
from pgcraft.scrub import scrub
from pgcraft.service.lint import lint
from pgcraft.service.requests import Load
from pgcraft.service.revision import check
from pgcraft.service.session import Session
from pgcraft.service.types import Finding, LoadedModels

SLOW_IMPORT_S = 2.0


def examine(session: Session) -> tuple[Finding, ...]:
    """Return the findings in the order in which things are needed; a failure stops nothing but what builds on it."""
    return tuple(_examine(session))


def _examine(session: Session) -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_implementation()} {platform.python_version()}")
    yield _examine_project(session)
    loaded: list[LoadedModels] = []
    yield from _attempt("models", lambda: _examine_models(session, loaded))
    yield from _attempt("server", lambda: _examine_server(session))
    if session.project.alembic_ini is None:
        yield Finding("migrations", "note", "there are none yet", 'make them with "pgcraft init"')
    elif loaded:
        yield from _attempt("migrations", lambda: _examine_migrations(session, loaded[0]))
    yield _examine_editor()


def _attempt(name: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return look()
    except PGCraftError as error:
        if error.code == "PGC390":
            raise
        where = f" at {error.place}" if error.place else ""
        return [Finding(name, "problem", f"{error.code}: {error.what}{where}", error.remedy)]


def _examine_project(session: Session) -> Finding:
    project = session.project
    if project.pyproject is None:
        return Finding("project", "note", f"{project.root} has no pyproject.toml", 'add one with "pgcraft init"')
    return Finding("project", "ok", f"{project.name} in {project.root}, models in {project.models}")


def _examine_models(session: Session, into: list[LoadedModels]) -> list[Finding]:
    loaded, printed = session.ask(Load(session.project), LoadedModels, None)
    into.append(loaded)
    count = len(loaded.catalog.objects)
    found = [Finding("models", "ok", f"{count} objects, imported in {loaded.import_seconds:.2f} s")]
    if loaded.import_seconds > SLOW_IMPORT_S:
        found.append(Finding("models", "note", "the import is slow", "python -X importtime shows what takes the time"))
    if printed:
        found.append(Finding("models", "note", f"importing them writes {len(printed)} characters to the terminal"))
    found += [Finding("models", "note", note) for note in loaded.notes]
    return [*found, *(note for note in lint(loaded, session.project.lint) if note.level == "note")]


def _examine_server(session: Session) -> list[Finding]:
    if session.project.dev_url:
        return [Finding("server", "ok", scrub(session.project.dev_url))]
    binaries = find_binaries()
    return [Finding("server", "ok", f"PostgreSQL {binaries.version} from {binaries.bindir}")]


def _examine_migrations(session: Session, loaded: LoadedModels) -> list[Finding]:
    """Compare as Alembic would, by way of the user's ``env.py``, and say where that leaves something out."""
    answer = check(session, loaded.catalog, "", None)
    told = {str(finding) for finding in answer.wiring}
    found = [Finding("migrations", "note", note) for note in answer.notes if note not in told]
    found += (*answer.wiring, *answer.history)
    heads = ", ".join(head.revision for head in answer.heads) or "no revision yet"
    if answer.operations:
        remedy = 'write a revision: pgcraft revision -m "…"'
        count = len(answer.intentions)
        ahead = f"{count} change{'s' if count > 1 else ''} ahead"
        return [*found, Finding("migrations", "note", f"at {heads}; the models are {ahead}", remedy)]
    if not answer.agree:
        return [*found, Finding("migrations", "note", f"at {heads}; nothing to do, as far as Alembic sees the models")]
    return [*found, Finding("migrations", "ok", f"the models and the migrations agree; compared: {answer.compared}")]


def _examine_editor() -> Finding:
    for variable in ("VISUAL", "EDITOR"):
        command = os.environ.get(variable, "")
        if command:
            program = command.split()[0]
            if shutil.which(program):
                return Finding("editor", "ok", f"{variable}={command}")
            return Finding("editor", "note", f"{variable} names {program}, which is not on PATH", "correct it")
    return Finding("editor", "note", "neither VISUAL nor EDITOR is set", "set one to open sources from the workbench")

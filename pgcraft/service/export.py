"""Exporting SQL: revisions as Alembic's offline mode writes them, or the whole schema without Alembic."""

from pathlib import Path
from typing import assert_never

from pgcraft.errors import PGCraftConfigError
from pgcraft.export import export_json, export_sql
from pgcraft.service.erd import make_file
from pgcraft.service.files import replace_file, write_new_file
from pgcraft.service.requests import ExportedFiles, ExportRevisions
from pgcraft.service.revision import check_migrations
from pgcraft.service.session import Session
from pgcraft.service.types import ExportedFile, ExportRequest, LoadedModels, OnProgress, Project, SchemaFormat


def render_schema(project: Project, loaded: LoadedModels, format_: SchemaFormat) -> tuple[ExportedFile, ...]:
    """Return the schema of the models as one file: SQL that psql applies to an empty database, JSON, a diagram."""
    match format_:
        case "sql":
            need = f"; it needs {loaded.server_need}" if loaded.server_need else ""
            text = export_sql(loaded.catalog, title=f"The schema of {project.name}{need}")
            return (ExportedFile("schema.sql", text),)
        case "json":
            return (ExportedFile("schema.json", export_json(loaded.catalog)),)
        case "text" | "mermaid" | "dot" | "svg":
            return (make_file(loaded.catalog, format_),)
        case _:
            assert_never(format_)


def render_revisions(
    session: Session, request: ExportRequest, on_progress: OnProgress | None
) -> tuple[ExportedFile, ...]:
    """Return the SQL of a range of revisions."""
    check_migrations(session.project)
    answer, _ = session.ask(ExportRevisions(session.project, request), ExportedFiles, on_progress)
    return answer.files


def write(files: tuple[ExportedFile, ...], path: Path, *, overwrite: bool) -> tuple[Path, ...]:
    """Write files to a path: one to the file itself or into the folder, several into the folder.

    A path that is not there and has no suffix is a folder, too, for the one file of a history that is split.

    Raises:
        PGCraftConfigError: PGC020, one of them is there already, and none is written; PGC021, the disk refused;
            PGC023, the path is a file, and several are to be written.
    """
    is_numbered = any(item.name[:1].isdigit() for item in files)
    is_folder = path.is_dir() or len(files) > 1 or (is_numbered and not path.suffix and not path.exists())
    if is_folder and path.is_file():
        raise PGCraftConfigError(
            "PGC023", f"{path} is a file, and {len(files)} files need a folder", remedy="name a folder"
        )
    targets = [(path / item.name if is_folder else path, item.text.encode("utf-8")) for item in files]
    taken = [target for target, _ in targets if target.exists()]
    if taken and not overwrite:
        raise PGCraftConfigError(
            "PGC020",
            f"{taken[0]} is there already, and nothing was written",
            remedy="choose another path, or allow it to be replaced: --overwrite",
        )
    for target, content in targets:
        (replace_file if overwrite else write_new_file)(target, content)
    return tuple(target for target, _ in targets)

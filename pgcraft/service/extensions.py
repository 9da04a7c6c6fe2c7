"""Switching an extension on or off for a project: what it would change, doing it, undoing it."""

from dataclasses import replace
from pathlib import Path

from pgcraft.catalog.objects import Catalog, CatalogObject, ObjectId
from pgcraft.errors import PGCraftConfigError, Place, find_nearest
from pgcraft.installed.project_file import PROJECT_FILE, TABLE
from pgcraft.service import ddl
from pgcraft.service.files import replace_file, write_new_file
from pgcraft.service.project_settings import Settings, read_settings
from pgcraft.service.requests import Load
from pgcraft.service.session import Session
from pgcraft.service.tomledit import set_disabled
from pgcraft.service.types import ExtensionState, LoadedModels, OnProgress, Project, SwitchPreview


def preview_switch(
    session: Session, loaded: LoadedModels, name: str, enable: bool, on_progress: OnProgress | None
) -> SwitchPreview:
    """Import the models once more with the switch made, and compare what they declare then.

    Raises:
        PGCraftConfigError: PGC006, there is no such extension, or it cannot be switched that way.
        PGCraftError: the models cannot be imported with the switch made.
    """
    path = session.project.pyproject or session.project.root / PROJECT_FILE
    before = path.read_bytes() if path.is_file() else None
    _check(loaded.extensions, name, enable, session.project, path)
    after = set_disabled(before or b"", name, disabled=not enable)
    switched = _with_disabled(session.project, name, enable)
    answer, _ = session.ask(Load(switched), LoadedModels, on_progress)
    appearing, disappearing, changing = compare(loaded.catalog, answer.catalog)
    return SwitchPreview(
        name=name,
        is_enabling=enable,
        appearing=appearing,
        disappearing=disappearing,
        changing=changing,
        ddl_before=ddl.format_script(ddl.render(loaded.catalog)),
        ddl_after=ddl.format_script(ddl.render(answer.catalog)),
        path=path,
        before=before,
        after=after,
    )


def apply_switch(preview: SwitchPreview) -> None:
    """Write the file that the preview showed.

    Raises:
        PGCraftConfigError: PGC007, the file changed since; PGC021, it could not be written.
    """
    if preview.before is None and not preview.path.exists():
        write_new_file(preview.path, preview.after)
        return
    _check_unchanged(preview.path, preview.before)
    replace_file(preview.path, preview.after)


def undo_switch(preview: SwitchPreview) -> None:
    """Give the file back as it was.

    Raises:
        PGCraftConfigError: PGC007, the file changed since; PGC021, it could not be written.
    """
    _check_unchanged(preview.path, preview.after)
    if preview.before is None:
        preview.path.unlink()
    else:
        replace_file(preview.path, preview.before)


def switch_project(project: Project, preview: SwitchPreview, *, is_undone: bool) -> Project:
    """Return the project as it is after a switch was applied or undone."""
    enabled = preview.is_enabling is not is_undone
    pyproject = preview.path if preview.path.is_file() else None
    return replace(_with_disabled(project, preview.name, enabled), pyproject=pyproject)


def compare(before: Catalog, after: Catalog) -> tuple[tuple[ObjectId, ...], tuple[ObjectId, ...], tuple[ObjectId, ...]]:
    """Return the ids that appear, that disappear and that change, each sorted."""
    old, new = before.by_id, after.by_id
    changing = (key for key in old.keys() & new.keys() if _facts(old[key]) != _facts(new[key]))
    return tuple(sorted(new.keys() - old.keys())), tuple(sorted(old.keys() - new.keys())), tuple(sorted(changing))


def _facts(item: CatalogObject) -> object:
    return item.definition


def _check(known: tuple[ExtensionState, ...], name: str, enable: bool, project: Project, path: Path) -> None:
    state = next((item for item in known if item.name == name), None)
    verb = "on" if enable else "off"
    if state is None and name not in project.disabled:
        near = find_nearest(name, (item.name for item in known))
        names = ", ".join(item.name for item in known) or "none"
        raise _cannot(f'there is no extension "{name}"', f'did you mean "{near}"?' if near else f"there are: {names}")
    if state is not None and state.is_enabled is enable:
        raise _cannot(f"extension {name} is {verb} already", "")
    if not enable and state is not None and state.needed_by:
        listed = ", ".join(state.needed_by)
        raise _cannot(
            f"extension {name} cannot be switched off: {listed} {'needs' if len(state.needed_by) == 1 else 'need'} it",
            f"switch {listed} off first",
        )
    if enable and name not in project.disabled:
        raise _cannot(
            f"extension {name} is not switched off by the project, no config of the models uses it",
            "add it to the models: config.use(…)",
        )
    settings = read_settings(path) if path.is_file() else Settings()
    if enable and name not in settings.disabled:
        raise _cannot(
            f"extension {name} is switched off by PGCRAFT_DISABLED_EXTENSIONS or --disable, not by {path.name}",
            "take it out there",
        )


def _cannot(what: str, remedy: str) -> PGCraftConfigError:
    return PGCraftConfigError("PGC006", what, remedy=remedy)


def _with_disabled(project: Project, name: str, enabled: bool) -> Project:
    names = set(project.disabled) - {name} if enabled else {*project.disabled, name}
    return replace(project, disabled=tuple(sorted(names)))


def _check_unchanged(path: Path, expected: bytes | None) -> None:
    current = path.read_bytes() if path.is_file() else None
    if current != expected:
        raise PGCraftConfigError(
            "PGC007",
            f"{path.name} changed in the meantime, and was left alone",
            place=Place(str(path), 0, TABLE),
            remedy="look at the preview again",
        )

"""Watching the project's files: a save is told once it is whole, by whatever way the editor writes."""

import configparser
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from textual.message_pump import MessagePump

from pgcraft_tui.host.messages import FilesChanged

Stamp = tuple[int, int, int]

_DEBOUNCE_MS = 400
_STEP_MS = 40
_LOOK_EVERY_MS = 700


def find_versions_folder(alembic_ini: Path) -> Path | None:
    """Return the folder of the revisions that an alembic.ini names, or None when it cannot be made out."""
    parser = configparser.ConfigParser({"here": str(alembic_ini.parent)})
    try:
        parser.read(alembic_ini, encoding="utf-8")
        location = parser.get("alembic", "script_location", fallback="")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return None
    folder = alembic_ini.parent / location / "versions"
    return folder if location and folder.is_dir() else None


class Watcher:
    """Watches the folders of files, so that a file which is replaced by a rename is seen too.

    What counts is not the system's event but whether a file differs from what it was at the last load: an event may be
    lost (a file was saved before the watch stood, or lies on a network), so the files are looked at now and then, too.

    Args:
        owner: gets a FilesChanged for every save.
    """

    def __init__(self, owner: MessagePump) -> None:
        self._owner = owner
        self._watched = Watched()
        self._stamps: dict[Path, Stamp] = {}
        self._stop = threading.Event()

    def watch(self, files: Iterable[Path], folders: Iterable[Path] = ()) -> None:
        """Watch these from now on, and nothing else.

        Args:
            files: single files; symbolic links are watched at both ends.
            folders: every Python file that stands directly in them is watched.
        """
        wanted = frozenset(path for file in files for path in (file.absolute(), file.resolve()))
        watched = Watched(wanted, frozenset(folder.resolve() for folder in folders))
        if watched == self._watched:
            return
        self.stop()
        self._watched = watched
        self._stamps = {**watched.take_stamps(), **self._stamps}
        stop = self._stop = threading.Event()
        threading.Thread(target=self._run, args=(watched, stop), name="watch", daemon=True).start()

    def note_load(self) -> None:
        """Take the files as they are now for known: they are about to be read."""
        self._stamps = self._watched.take_stamps()

    def stop(self) -> None:
        """Watch nothing any more; returns at once."""
        self._stop.set()
        self._watched = Watched()

    def _run(self, watched: "Watched", stop: threading.Event) -> None:
        import watchfiles

        changes = watchfiles.watch(
            *watched.find_places(),
            watch_filter=lambda _change, name: watched.holds(Path(name)),
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            stop_event=stop,
            rust_timeout=_LOOK_EVERY_MS,
            yield_on_timeout=True,
            recursive=False,
            raise_interrupt=False,
        )
        for batch in changes:
            saved = self._find_saved(watched, with_lost=not batch)
            if stop.is_set() or (saved and not self._tell(saved)):
                return

    def _find_saved(self, watched: "Watched", *, with_lost: bool) -> frozenset[Path]:
        """Return the files that differ from what was known; one that is away may be about to come by a rename."""
        known, now = self._stamps, watched.take_stamps()
        away = {path for path in known if path not in now and watched.holds(path)} if with_lost else set()
        saved = {path for path, stamp in now.items() if known.get(path) != stamp} | away
        self._stamps = {**{path: stamp for path, stamp in known.items() if path not in away}, **now}
        return frozenset(saved)

    def _tell(self, saved: frozenset[Path]) -> bool:
        try:
            return self._owner.post_message(FilesChanged(saved))
        except RuntimeError:  # the event loop is closed: nobody waits
            return False


@dataclass(frozen=True)
class Watched:
    """Files, and folders whose Python files are meant."""

    files: frozenset[Path] = frozenset()
    folders: frozenset[Path] = frozenset()

    def holds(self, path: Path) -> bool:
        """Whether this file is watched."""
        return path in self.files or (path.suffix == ".py" and path.parent in self.folders)

    def find_places(self) -> list[Path]:
        """Return the folders to ask the system about."""
        return sorted({path.parent for path in self.files if path.parent.is_dir()} | self.folders)

    def take_stamps(self) -> dict[Path, Stamp]:
        """Return what tells one state of each file from another; files that are not there are left out."""
        paths = self.files.union(*(folder.glob("*.py") for folder in self.folders))
        found = {path: _take_stamp(path) for path in paths}
        return {path: stamp for path, stamp in found.items() if stamp is not None}


def _take_stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino)

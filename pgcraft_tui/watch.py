"""Watching the project's files: a save is told once it is whole, by whatever way the editor writes."""

import configparser
import threading
from collections.abc import Iterable
from pathlib import Path

from textual.message_pump import MessagePump

from pgcraft_tui.messages import FilesChanged

_DEBOUNCE_MS = 400
_STEP_MS = 40


def find_versions_folder(alembic_ini: Path) -> Path | None:
    """Give the folder of the revisions that an alembic.ini names, or None when it cannot be made out."""
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

    Args:
        owner: gets a FilesChanged for every save.
    """

    def __init__(self, owner: MessagePump) -> None:
        self._owner = owner
        self._watched: tuple[frozenset[Path], frozenset[Path]] = (frozenset(), frozenset())
        self._stop = threading.Event()

    def watch(self, files: Iterable[Path], folders: Iterable[Path] = ()) -> None:
        """Watch these from now on, and nothing else.

        Args:
            files: single files; symbolic links are watched at both ends.
            folders: every Python file that stands directly in them is watched.
        """
        wanted = frozenset(path for file in files for path in (file.absolute(), file.resolve()))
        whole = frozenset(folder.resolve() for folder in folders)
        if (wanted, whole) == self._watched:
            return
        self.stop()
        self._watched = (wanted, whole)
        places = sorted({path.parent for path in wanted if path.parent.is_dir()} | whole)
        if not places:
            return
        stop = self._stop = threading.Event()
        threading.Thread(target=self._run, args=(places, wanted, whole, stop), name="watch", daemon=True).start()

    def stop(self) -> None:
        """Watch nothing any more; returns at once."""
        self._stop.set()
        self._watched = (frozenset(), frozenset())

    def _run(self, places: list[Path], wanted: frozenset[Path], whole: frozenset[Path], stop: threading.Event) -> None:
        import watchfiles

        def is_wanted(_change: object, name: str) -> bool:
            path = Path(name)
            return path in wanted or (path.suffix == ".py" and path.parent in whole)

        changes = watchfiles.watch(
            *places,
            watch_filter=is_wanted,
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            stop_event=stop,
            recursive=False,
            raise_interrupt=False,
        )
        for batch in changes:
            saved = frozenset(Path(path) for _, path in batch)
            if stop.is_set() or not self._tell(saved):
                return

    def _tell(self, saved: frozenset[Path]) -> bool:
        try:
            return self._owner.post_message(FilesChanged(saved))
        except RuntimeError:  # the event loop is closed: nobody waits
            return False

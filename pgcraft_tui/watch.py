"""Watching the project's files: a save is told once it is whole, by whatever way the editor writes."""

import threading
from collections.abc import Iterable
from pathlib import Path

from textual.message_pump import MessagePump

from pgcraft_tui.messages import FilesChanged

_DEBOUNCE_MS = 400
_STEP_MS = 40


class Watcher:
    """Watches the folders of files, so that a file which is replaced by a rename is seen too.

    Args:
        owner: gets a FilesChanged for every save.
    """

    def __init__(self, owner: MessagePump) -> None:
        self._owner = owner
        self._files: frozenset[Path] = frozenset()
        self._stop = threading.Event()

    def watch(self, files: Iterable[Path]) -> None:
        """Watch these files from now on, and no others; symbolic links are watched at both ends."""
        wanted = frozenset(path for file in files for path in (file.absolute(), file.resolve()))
        if wanted == self._files:
            return
        self.stop()
        self._files = wanted
        folders = frozenset(path.parent for path in wanted if path.parent.is_dir())
        if not folders:
            return
        stop = self._stop = threading.Event()
        threading.Thread(target=self._run, args=(folders, wanted, stop), name="watch", daemon=True).start()

    def stop(self) -> None:
        """Watch nothing any more; returns at once."""
        self._stop.set()
        self._files = frozenset()

    def _run(self, folders: frozenset[Path], wanted: frozenset[Path], stop: threading.Event) -> None:
        import watchfiles

        changes = watchfiles.watch(
            *folders,
            watch_filter=lambda _change, path: Path(path) in wanted,
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

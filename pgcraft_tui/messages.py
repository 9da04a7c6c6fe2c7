"""What the parts of the workbench tell their parents. Past tense: each says what has happened.

News for everyone (models loaded, jobs begun or ended) goes by the signals of :class:`pgcraft_tui.signals.Signals`.
"""

from pathlib import Path

from textual.message import Message

from pgcraft.catalog.objects import ObjectId


class FilesChanged(Message):
    """Project files were saved."""

    def __init__(self, paths: frozenset[Path]) -> None:
        super().__init__()
        self.paths = paths


class ObjectPicked(Message):
    """The user asked to stand on an object: a link was followed, or a jump made. The app goes there."""

    def __init__(self, object_id: ObjectId) -> None:
        super().__init__()
        self.object_id = object_id

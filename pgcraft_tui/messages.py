"""What the parts of the workbench tell each other. Past tense: each says what has happened."""

from pathlib import Path

from textual.message import Message

from pgcraft.catalog.objects import ObjectId


class JobsChanged(Message):
    """Work was started, or has ended; `running` names what is still awaited."""

    def __init__(self, running: tuple[str, ...]) -> None:
        super().__init__()
        self.running = running


class FilesChanged(Message):
    """Project files were saved."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        super().__init__()
        self.paths = paths


class ObjectPicked(Message):
    """The user asked to stand on an object: a link was followed, or a jump made."""

    def __init__(self, object_id: ObjectId) -> None:
        super().__init__()
        self.object_id = object_id


class ModelsLoaded(Message):
    """A load succeeded; the session holds what it brought."""


class ModelsFailed(Message):
    """A load failed; the session holds the error and the last good models."""


class DiffKnown(Message):
    """The session's comparison of models and migrations is new, or has become unknown."""

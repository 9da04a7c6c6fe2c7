"""What the parts of the workbench tell each other. Past tense: each says what has happened.

A message goes up to the parents of who sends it; a signal goes to whoever has subscribed to it, on any screen.
"""

from pathlib import Path

from textual.dom import DOMNode
from textual.message import Message
from textual.signal import Signal

from pgcraft.catalog.objects import ObjectId
from pgcraft.service.types import Progress
from pgcraft_tui.host.session import Session


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


class Signals:
    """The signals of one app.

    Attributes:
        models: a load has succeeded, or failed.
        diff: the comparison of models and migrations is known, or has become unknown.
        jobs: work was started, or has ended; carries the names of what is under way.
        progress: the load, or a background job, has come further.
        served: PostgREST has been started, or has ended.
    """

    def __init__(self, owner: DOMNode) -> None:
        self.models = Signal[Session](owner, "models")
        self.diff = Signal[Session](owner, "diff")
        self.jobs = Signal[tuple[str, ...]](owner, "jobs")
        self.progress = Signal[Progress](owner, "progress")
        self.served = Signal[Session](owner, "served")

"""News that any widget of any screen may subscribe to; each carries the session, which holds the facts."""

from typing import TYPE_CHECKING

from textual.dom import DOMNode
from textual.signal import Signal

if TYPE_CHECKING:
    from pgcraft.service.types import Progress
    from pgcraft_tui.session import Session


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
        self.models: Signal[Session] = Signal(owner, "models")
        self.diff: Signal[Session] = Signal(owner, "diff")
        self.jobs: Signal[tuple[str, ...]] = Signal(owner, "jobs")
        self.progress: Signal[Progress] = Signal(owner, "progress")
        self.served: Signal[Session] = Signal(owner, "served")

"""What screens and services ask of the application: they know this protocol, and only the application knows them."""

from contextlib import AbstractContextManager
from typing import Protocol, cast

from textual.dom import DOMNode
from textual.notifications import SeverityLevel

from pgcraft.errors import Place
from pgcraft.service.types import LikelyRename
from pgcraft_tui.host.jobs import Jobs, Owner
from pgcraft_tui.host.messages import Signals
from pgcraft_tui.host.session import Session


class Host(Owner, Protocol):
    """The application, as what works for it sees it; :func:`get_host` finds it from any widget or screen."""

    @property
    def session(self) -> Session:
        """What is known at this moment."""

    @property
    def jobs(self) -> Jobs:
        """The work under way."""

    @property
    def signals(self) -> Signals:
        """What may be subscribed to."""

    def load_models(self) -> None:
        """Import the models again."""

    def compare_models(self, asked_on: Owner) -> None:
        """Compare models and migrations, as it was asked for on this screen."""

    def toggle_rename(self, rename: LikelyRename, asked_on: Owner) -> None:
        """Take that something has got another name, or that it has not, as it was said on this screen."""

    def follow_revisions(self) -> None:
        """Take that the revisions are others than before."""

    def show_problems(self) -> None:
        """Show what is wrong, unless the user is busy on another screen."""

    def copy(self, text: str, what: str) -> None:
        """Copy a text, and say by which way it went."""

    def open_place(self, place: Place) -> None:
        """Open a line of the user's files in the editor."""

    def notify(
        self, message: str, *, severity: SeverityLevel = ..., timeout: float | None = ..., markup: bool = ...
    ) -> None:
        """Say something in passing."""

    def copy_to_clipboard(self, text: str) -> None:
        """Copy to the terminal's clipboard."""

    def suspend(self) -> AbstractContextManager[None]:
        """Leave the terminal to another program for a while."""

    def refresh(self, *, layout: bool = ...) -> object:
        """Draw everything again."""


def get_host(node: DOMNode) -> Host:
    """Return the application over a screen or a widget of the workbench."""
    return cast("Host", node.app)

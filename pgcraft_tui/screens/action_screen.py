"""The base of the screens whose keys come from the action registry."""

from typing import TypeVar

from textual.screen import Screen

from pgcraft.errors import Place
from pgcraft.service.actions import Need
from pgcraft_tui.actions.bindings import MeetsNeeds, find_disabled_reason
from pgcraft_tui.host.messages import ObjectPicked
from pgcraft_tui.host.protocol import Host, get_host
from pgcraft_tui.host.session import Session
from pgcraft_tui.widgets.page_view import PageView

Result = TypeVar("Result")


class ActionScreen(Screen[Result]):
    """A screen whose actions come from the registry: ``BINDINGS = make_bindings(Scope.EXPORT)``.

    Its ``action_<id>`` methods run only while their needs are met. Subclasses add what they know to
    :meth:`met_needs`, and take Esc in :meth:`leave_field` and :meth:`step_back`.

    Attributes:
        command: the command line that does what the screen shows; empty when there is none.
    """

    command: str = ""

    @property
    def host(self) -> Host:
        """The app, as screens see it."""
        return get_host(self)

    @property
    def session(self) -> Session:
        """What is known at this moment."""
        return self.host.session

    def met_needs(self) -> frozenset[Need]:
        """Say what holds at this moment; what the app knows is in it."""
        return self.app.met_needs() if isinstance(self.app, MeetsNeeds) else frozenset()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot run; the app says why when its key is pressed."""
        del parameters
        return None if find_disabled_reason(self, action) else True

    def on_page_view_link_followed(self, event: PageView.LinkFollowed) -> None:
        """Go to the object, or open the line, that a link leads to."""
        event.stop()
        if isinstance(event.target, Place):
            self.host.open_place(event.target)
        else:
            self.post_message(ObjectPicked(event.target))

    def leave_field(self) -> bool:
        """Leave the field that has the focus, the first that Esc does; True when there was one."""
        return False

    def step_back(self) -> bool:
        """Go back to where this screen began, when no work is left to stop; True when it had gone on from there."""
        return False

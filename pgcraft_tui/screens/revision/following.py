"""Which of several heads of the history the revision is to follow."""

from pgcraft.service.types import Head
from pgcraft_tui.screens.work import WorkScreen


class Following:
    """Keeps the head that was chosen, as long as it is one.

    Args:
        screen: knows the history.
    """

    def __init__(self, screen: WorkScreen) -> None:
        self._screen = screen
        self._chosen = ""

    @property
    def heads(self) -> tuple[Head, ...]:
        """What it follows, or may follow while nothing is chosen."""
        heads = self._listed
        return tuple(head for head in heads if head.revision == self._chosen and len(heads) > 1) or heads

    @property
    def chosen(self) -> str:
        """The one of several that was chosen; empty where none was, or need be."""
        return self.heads[0].revision if len(self.heads) < len(self._listed) else ""

    def turn(self) -> bool:
        """Choose the next one, and after the last none; False where there is nothing to choose from."""
        names = ["", *(head.revision for head in self._listed)]
        self._chosen = names[(names.index(self.chosen) + 1) % len(names)]
        return len(names) > 2

    @property
    def _listed(self) -> tuple[Head, ...]:
        diff = self._screen.session.diff
        return diff.heads if diff is not None else ()

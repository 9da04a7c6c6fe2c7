"""Where the user has been, for going back and forward."""

from pgcraft_tui.present.outline import Key


class Trail:
    """Places in the order of the visits; a new visit forgets what lay ahead."""

    def __init__(self) -> None:
        self._earlier: list[Key] = []
        self._later: list[Key] = []

    @property
    def has_earlier(self) -> bool:
        """Whether there is a place to go back to."""
        return bool(self._earlier)

    @property
    def has_later(self) -> bool:
        """Whether there is a place to go forward to."""
        return bool(self._later)

    def leave(self, place: Key | None) -> None:
        """Note the place that a jump leaves."""
        if place is not None:
            self._earlier.append(place)
            self._later.clear()

    def go_back(self, place: Key | None) -> Key | None:
        """Give the place before this one."""
        return self._go(self._earlier, self._later, place)

    def go_forward(self, place: Key | None) -> Key | None:
        """Give the place after this one."""
        return self._go(self._later, self._earlier, place)

    def _go(self, source: list[Key], other: list[Key], place: Key | None) -> Key | None:
        if not source:
            return None
        if place is not None:
            other.append(place)
        return source.pop()

"""What a child wrote to stdout and stderr, without passwords: the last part of it, and how much there was."""

from pgcraft.scrub import scrub

MAX_BYTES = 64 * 1024


class Capture:
    """Keeps the last 64 KiB of what comes through a pipe and counts the rest; for one thread at a time."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._total = 0

    def add(self, data: bytes) -> None:
        """Take what was just read."""
        self._total += len(data)
        self._kept += data
        if len(self._kept) > MAX_BYTES:
            del self._kept[:-MAX_BYTES]

    @property
    def text(self) -> str:
        """What was kept, without passwords; a first line says how much came before it."""
        kept = scrub(self._kept.decode("utf-8", "replace"))
        left_out = self._total - len(self._kept)
        return f"… {left_out} bytes before this\n{kept}" if left_out else kept

    def last_lines(self, count: int = 10) -> str:
        """The last lines, for an error's detail."""
        return "\n".join(self.text.rstrip().splitlines()[-count:])

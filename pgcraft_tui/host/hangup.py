"""The end of the terminal: the workbench ends with it, and with the workbench all that it has started.

A terminal that goes away need not send a signal, and its input then gives an end of file for ever; output fails, and
what waits for it in the event loop waits for ever, too. So it is a thread of its own that looks, and ends the process.
"""

import os
import select
import threading
from collections.abc import Callable

STATUS = 129
"""What a shell says of a program that a hangup has ended."""
_LEAVE_S = 3.0


def end_with_terminal(descriptor: int, leave: Callable[[], object]) -> None:
    """End this process soon after nobody can type any more.

    Args:
        descriptor: of the terminal, or of the pipe that stands for it.
        leave: gives back what is held outside; called in another thread, and not waited for longer than some seconds.
    """
    arguments = (os.dup(descriptor), leave)  # of our own: the other may be closed, and its number used again
    threading.Thread(target=_watch, args=arguments, name="hangup", daemon=True).start()


def _watch(descriptor: int, leave: Callable[[], object]) -> None:
    if not _wait_for_end(descriptor):
        return
    leaving = threading.Thread(target=leave, name="leaving", daemon=True)
    leaving.start()
    leaving.join(_LEAVE_S)
    os._exit(STATUS)


def _wait_for_end(descriptor: int) -> bool:
    """Wait without reading: what is typed is for others. False where the system cannot tell."""
    looking = select.poll()
    looking.register(descriptor, 0)  # an end is told always
    while not (told := looking.poll()):
        pass
    return bool(told[0][1] & (select.POLLHUP | select.POLLERR))

"""Imports what requests need, answers one, and ends.

When nothing is asked yet, it is a spare child, and imports what any request may need; else it answers at once.

Usage: ``python -m pgcraft.worker REQUESTS ANSWERS LIFELINE`` with the numbers of three inherited pipes.
"""

import contextlib
import os
import select
import sys

from pgcraft import garbage
from pgcraft.errors import PGCraftError
from pgcraft.service.protocol import Ready, read_request, write_answer, write_message
from pgcraft.service.types import Progress
from pgcraft.worker import lifeline

CHUNK = 1 << 20


def main() -> None:
    """Serve one request of the parent."""
    requests, answers, line = map(int, sys.argv[1:4])
    for pipe in (requests, answers, line):
        os.set_inheritable(pipe, False)  # what the user's code starts must not hold them open
    lifeline.hold(line)
    garbage.pause()

    from pgcraft.worker import requests as known  # the heavy part, after the lifeline is held

    if not _is_asked(requests):
        known.warm_up()
    garbage.resume_seldom()
    _write(answers, write_message(Ready()))

    def report(progress: Progress) -> None:
        _write(answers, write_message(progress))

    try:
        asked = read_request(_read_line(requests))
        message = write_answer(known.answer(asked, report))
    except PGCraftError as error:
        message = write_message(error)
    except Exception as error:  # noqa: BLE001  the gate: nothing but our errors leaves the child
        message = write_message(known.describe_bug(error))
    with contextlib.suppress(Exception):  # the models may have put anything in their place
        sys.stdout.flush()
        sys.stderr.flush()
    _write(answers, message)
    os._exit(0)  # the user's threads and exit hooks have no say


def _is_asked(pipe: int) -> bool:
    """Whether something stands in the pipe, or it was closed."""
    return bool(select.select([pipe], [], [], 0)[0])


def _read_line(pipe: int) -> bytes:
    received = b""
    while not received.endswith(b"\n"):
        data = os.read(pipe, CHUNK)
        if not data:
            os._exit(0)  # nobody will ask any more
        received += data
    return received


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


if __name__ == "__main__":
    main()

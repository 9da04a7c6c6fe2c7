"""A loopback port that leads to a server's socket, for code whose database address says ``localhost``."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pgcraft.devdb.server.servers import Server

CHUNK = 65536


@contextmanager
def relay_to(server: Server) -> Iterator[int]:
    """Return a free port of 127.0.0.1; set PGPORT to it and the printed addresses reach the test's server."""
    assert server.directory is not None
    target = str(server.directory / ".s.PGSQL.5432")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, target), daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, target: str) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(target)
            for source, sink in ((client, upstream), (upstream, client)):
                threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError), sink:
        while data := source.recv(CHUNK):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)

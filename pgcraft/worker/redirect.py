"""Keeps ``env.py`` away from every database but the development one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect

from pgcraft.errors import PGCraftConfigError

_KEPT = "options"
"""The one connection parameter of the user's that is kept: it may set a search_path."""


@dataclass
class Redirection:
    """What became of the connections that ``env.py`` asked for."""

    is_used: bool = False


@contextmanager
def only_to(url: str | None) -> Iterator[Redirection]:
    """Inside, every SQLAlchemy engine connects to this database, whatever address it was made with.

    An ``env.py`` that takes its address from elsewhere than ``sqlalchemy.url`` would otherwise reach the user's own
    database. The driver is the engine's; only the address is ours.

    Args:
        url: SQLAlchemy URL; None to refuse every connection.

    Raises:
        PGCraftConfigError: PGC015, ``env.py`` connects to something that is not PostgreSQL, or where nothing may be
            connected to.
    """
    redirection = Redirection()

    def connect(dialect: Dialect, _record: object, _args: list[Any], params: dict[str, Any]) -> DBAPIConnection:
        if url is None or dialect.name != "postgresql":
            raise _refused(dialect.name, is_offline=url is None)
        ours, our_params = dialect.create_connect_args(make_url(url))
        redirection.is_used |= any(params.get(key) != value for key, value in our_params.items() if key != _KEPT)
        options = " ".join(filter(None, (params.get(_KEPT), our_params.get(_KEPT))))
        return dialect.connect(*ours, **{**our_params, **({_KEPT: options} if options else {})})

    event.listen(Engine, "do_connect", connect)
    try:
        yield redirection
    finally:
        event.remove(Engine, "do_connect", connect)


def _refused(dialect_name: str, *, is_offline: bool) -> PGCraftConfigError:
    if is_offline:
        return PGCraftConfigError(
            "PGC015",
            "env.py connects to a database while SQL is exported",
            remedy="look at context.is_offline_mode() there, as the env.py of alembic init does",
        )
    return PGCraftConfigError(
        "PGC015",
        f"env.py connects to a database of {dialect_name}, not of PostgreSQL",
        remedy="let it make its engine from sqlalchemy.url: engine_from_config(config.get_section(…))",
    )

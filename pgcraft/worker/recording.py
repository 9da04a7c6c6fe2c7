"""The statements that run past SQLAlchemy, whoever's engine it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


@contextmanager
def recorded(into: list[str]) -> Iterator[None]:
    """Inside, note every statement before it is sent; what is in the list already is forgotten."""

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        into.append(statement)

    into.clear()
    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)

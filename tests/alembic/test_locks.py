"""Autogenerate reads: whoever uses the tables meanwhile waits for nothing."""

from typing import Any

from sqlalchemy import Engine, event

from tests.alembic.conftest import HEAD, Walk
from tests.alembic.everything import BEFORE_ALL, FIRST, OTHERS, SECOND

MORE = "from pgcraft.plugins.pk import UUIDV7PKPlugin\n"
LOCKS = """
SELECT l.relation::regclass::text, l.mode
FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE l.pid = %s AND l.mode <> 'AccessShareLock' AND c.oid >= 16384 AND n.nspname !~ '^pg_'
"""
"""What an autogenerate holds on the target's objects; what it makes for itself nobody else can see."""
SEEN = """
SELECT count(*) FROM pg_locks l WHERE l.pid = %s AND l.relation >= 16384 AND l.mode = 'AccessShareLock'
"""


def test_a_comparison_of_everything_locks_nothing_but_for_reading(walk: Walk) -> None:
    """With all kinds of change pending, so that whatever can be made on the side is made there."""
    walk.database.run(BEFORE_ALL)
    walk.trip.project.write("models.py", HEAD + MORE + FIRST)
    walk.trip.autogenerate()
    walk.trip.upgrade()
    walk.database.run(OTHERS)
    walk.trip.project.write("models.py", HEAD + MORE + SECOND)
    held: set[tuple[str, str]] = set()
    seen = 0
    with walk.database.connect() as observer:

        def look(connection: Any, *_: Any) -> None:
            nonlocal seen
            pid = connection.connection.driver_connection.info.backend_pid
            held.update(observer.execute(LOCKS.encode(), (pid,)).fetchall())
            ((count,),) = observer.execute(SEEN.encode(), (pid,)).fetchall()
            seen += count

        event.listen(Engine, "after_cursor_execute", look)
        try:
            walk.trip.autogenerate()
        finally:
            event.remove(Engine, "after_cursor_execute", look)
    assert set() == held
    assert seen, "the observer sees the locks of the comparison"

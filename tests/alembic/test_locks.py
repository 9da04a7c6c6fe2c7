"""Autogenerate reads: whoever uses the tables meanwhile waits for nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Engine, event

from pgcraft.devdb.server.address import replace_user
from tests.alembic.conftest import HEAD, Walk
from tests.alembic.everything import BEFORE_ALL, FIRST, OTHERS, SECOND
from tests.alembic.renamed import AFTER, BEFORE
from tests.support.roundtrip import RoundTrip

MORE = "from pgcraft.plugins.pk import UUIDV7PKPlugin\n"
LOCKS = """
SELECT coalesce(l.relation::regclass::text, l.classid::regclass || ' ' || l.objid), l.mode
FROM pg_locks l
LEFT JOIN (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_') c
  ON l.locktype = 'relation' AND c.oid = l.relation
LEFT JOIN (SELECT 'pg_proc'::regclass AS class, oid FROM pg_proc UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type
           UNION ALL SELECT 'pg_namespace'::regclass, oid FROM pg_namespace
           UNION ALL SELECT 'pg_publication'::regclass, oid FROM pg_publication) o
  ON l.locktype = 'object' AND o.class = l.classid AND o.oid = l.objid
WHERE l.pid = %s AND l.mode <> 'AccessShareLock' AND coalesce(c.oid, o.oid) >= 16384
"""
"""What an autogenerate holds on the target's objects; what it makes for itself nobody else can see."""
SEEN = """
SELECT count(*) FROM pg_locks l WHERE l.pid = %s AND l.relation >= 16384 AND l.mode = 'AccessShareLock'
"""


@dataclass
class Locks:
    """What was seen of an autogenerate: the locks beyond reading, and how many for reading."""

    held: set[tuple[str, str]] = field(default_factory=set)
    count: int = 0


@contextmanager
def watching(walk: Walk) -> Iterator[Locks]:
    """Look at the locks of every connection after each of its statements."""
    seen = Locks()
    with walk.database.connect() as observer:

        def look(connection: Any, *_: Any) -> None:
            pid = connection.connection.driver_connection.info.backend_pid
            seen.held.update(observer.execute(LOCKS.encode(), (pid,)).fetchall())
            ((count,),) = observer.execute(SEEN.encode(), (pid,)).fetchall()
            seen.count += count

        event.listen(Engine, "after_cursor_execute", look)
        try:
            yield seen
        finally:
            event.remove(Engine, "after_cursor_execute", look)


def test_a_comparison_of_everything_locks_nothing_but_for_reading(walk: Walk) -> None:
    """With all kinds of change pending, so that whatever can be made on the side is made there."""
    walk.database.run(BEFORE_ALL)
    walk.trip.project.write("models.py", HEAD + MORE + FIRST)
    walk.trip.autogenerate()
    walk.trip.upgrade()
    walk.database.run(OTHERS)
    walk.trip.project.write("models.py", HEAD + MORE + SECOND)
    with watching(walk) as locks:
        walk.trip.autogenerate()
    assert set() == locks.held
    assert locks.count, "the observer sees the locks of the comparison"


STRANGER = """
CREATE SCHEMA secret; CREATE VIEW secret.v AS SELECT a, mood FROM app.things;
CREATE MATERIALIZED VIEW secret.mv AS SELECT * FROM secret.v;
CREATE RULE r AS ON INSERT TO app.other DO ALSO UPDATE app.things SET a = 3 WHERE o = NEW.id;
"""


def test_renames_of_every_kind_lock_nothing_but_for_reading(walk: Walk) -> None:
    """They are tried on copies that nobody else sees; a lock of the objects' own would keep everyone away.

    A role does it that is no superuser, and may not look into the schema of what others have on its objects.
    """
    name = walk.database.name
    walk.database.run(f"CREATE ROLE em_owner LOGIN CREATEROLE; GRANT ALL ON DATABASE {name} TO em_owner")
    walk.database.run("GRANT ALL ON SCHEMA public TO em_owner")
    environment = {**walk.trip.project.environment, "DATABASE_URL": replace_user(walk.database.url, "em_owner")}
    trip = RoundTrip(replace(walk.trip.project, environment=environment), walk.database)
    trip.project.write("models.py", HEAD + BEFORE)
    trip.autogenerate()
    trip.upgrade()
    walk.database.run(STRANGER)
    trip.project.write("models.py", HEAD + AFTER)
    with watching(walk) as locks:
        revision = trip.autogenerate()
    assert set() == locks.held
    assert locks.count, "the observer sees the locks of the comparison"
    text = revision.read_text(encoding="utf-8")
    assert 0 == sum(text.count(word) for word in ("DROP ", "drop_", "CREATE ", "create_"))
    trip.upgrade()
    assert trip.pending() == ""
    trip.downgrade("-1")
    trip.upgrade()
    walk.database.run("DROP SCHEMA secret CASCADE")

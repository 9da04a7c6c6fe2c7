"""A change of everything at once: what its revisions say to the letter, what is told of them, and what the database is.

``pytest tests/alembic/test_everything_migrated.py --snapshot-update`` takes the texts anew; the difference is read line
by line.
"""

import re
from collections.abc import Iterable
from typing import Any

from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from pgcraft.alembic.operations.inspect_ops import list_operations
from pgcraft.diff.operation import Operation
from tests.alembic.conftest import HEAD, Walk, assert_same
from tests.alembic.everything import BEFORE_ALL, FIRST, KEPT, OTHERS, SECOND, WITHOUT_OTHERS

MORE = "from pgcraft.plugins.pk import UUIDV7PKPlugin\n"
KEPT_OF_OTHERS = [("theirs", "by hand", True, True, 1, "app.by_hand_n", "security_barrier=true", 1)]

_VARIES = re.compile(
    r"(?<=')[0-9a-f]{12}(?=')|(?<=models\.py:)\d+|(?<=\n)          \), standing \(.*?(?=\n    \"\"\"\)\))", re.DOTALL
)
"""Ids of revisions, lines of the models, and what unit/golden has of the SQL that keeps what others made."""


class TextExtension(SingleFileSnapshotExtension):
    """One text file for each, beside the test."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


def test_everything_changes_there_and_back(walk: Walk, snapshot: SnapshotAssertion) -> None:
    """One word of a revision that comes out otherwise is another migration of somebody's database."""
    trip, database = walk.trip, walk.database
    database.run(BEFORE_ALL)
    first, _ = revise(walk, FIRST)
    trip.upgrade()
    assert "" == trip.pending()
    database.run(OTHERS)
    assert "" == trip.pending(), "what others made is theirs"
    before = walk.read()
    second, found = revise(walk, SECOND)
    trip.upgrade()
    assert "" == trip.pending()
    assert KEPT_OF_OTHERS == database.rows(KEPT)
    trip.downgrade("-1")
    assert_same(before, walk.read())
    assert KEPT_OF_OTHERS == database.rows(KEPT)
    database.run(WITHOUT_OTHERS)
    trip.downgrade()
    database.run("DROP TABLE theirs")
    assert ["role em_dba"] == trip.leftovers()
    assert first == snapshot(extension_class=TextExtension, name="first")
    assert second == snapshot(extension_class=TextExtension, name="second")
    assert show(found) == snapshot(extension_class=TextExtension, name="operations")


def revise(walk: Walk, models: str) -> tuple[str, tuple[Operation, ...]]:
    """Change the models and write the next revision; gives its text and what is told of its operations."""
    found: list[Operation] = []

    def look(context: Any, revision: Any, directives: Any) -> None:
        found.extend(list_operations(context, directives[0]))

    walk.trip.project.write("models.py", HEAD + MORE + models)
    text = walk.trip.autogenerate(process_revision_directives=look).read_text(encoding="utf-8")
    return _VARIES.sub("…", text.partition("from typing")[2]), tuple(found)


def show(found: Iterable[Operation]) -> str:
    """Return what is told of operations, a line for each fact."""
    lines: list[str] = []
    for item in found:
        lines += ["", f"{item.title} [{item.key}] {item.verb} {item.target}"]
        lines += [f"    hazard: {hazard.type}: {hazard.message} ({hazard.subject})" for hazard in item.hazards]
        lines += [f"    needs: {key}" for key in item.needs]
        lines += [f"    up: {begin(sql)}" for sql in item.up] + [f"    down: {begin(sql)}" for sql in item.down]
    return "\n".join(lines) + "\n"


def begin(sql: str) -> str:
    """Return the first line; the rest stands in the revision."""
    return sql.split("\n")[0]

"""The SQL of revisions, as ``alembic … --sql`` writes it, by Alembic with the user's own ``env.py``."""

import re
from functools import partial

from alembic.script import Script

from pgcraft.worker.migrations import FindSteps, Marks, Migrations, make_step

_VERSION_TABLE = re.compile(r"^CREATE TABLE (?=\S+ \(\s+version_num )", re.MULTILINE)


def write_upgrade(migrations: Migrations, start: str | tuple[str, ...], end: str) -> str:
    """Return the SQL that goes from a revision, or from several heads, up to another."""
    text, _ = _write_way(migrations, start, end, is_up=True)
    return _may_repeat(text)


def write_downgrade(migrations: Migrations, start: str, end: str) -> str:
    """Return the SQL that goes from one revision, or from all heads, down to another."""
    text, _ = _write_way(migrations, start, end, is_up=False)
    return text


def write_undoing(migrations: Migrations, revision: str) -> str:
    """Return the SQL that takes one head back, where all heads have run."""
    script = migrations.script
    text, _ = migrations.write("heads", revision, lambda _: [make_step(script, revision, is_up=False)])
    return text


def write_steps(migrations: Migrations, start: str, end: str, *, is_up: bool) -> list[tuple[Script, str]]:
    """Return the SQL of each revision on the way, in run order; run one after the other, they go the whole way.

    Alembic cannot write one revision of a branch alone: it would not know where the other branches stand.
    """
    text, marks = _write_way(migrations, start, end, is_up=is_up)
    ends = [*(position for _, position in marks[1:]), len(text)]
    return [
        (revision, _in_transaction(_may_repeat(text[0 if index == 0 else begin : ends[index]])))
        for index, (revision, begin) in enumerate(marks)
    ]


def _write_way(migrations: Migrations, start: str | tuple[str, ...], end: str, *, is_up: bool) -> tuple[str, Marks]:
    script = migrations.script
    find: FindSteps = partial(script._upgrade_revs if is_up else script._downgrade_revs, end)  # noqa: SLF001  as upgrade does
    return migrations.write(start, end, find)


def _may_repeat(text: str) -> str:
    """Let an upgrade run where a downgrade to nothing left Alembic's own table behind."""
    return _VERSION_TABLE.sub("CREATE TABLE IF NOT EXISTS ", text, count=1)


def _in_transaction(text: str) -> str:
    """Return the SQL of a revision in a transaction of its own; Alembic puts one around all of them."""
    body = text.strip().removeprefix("BEGIN;").removesuffix("COMMIT;").strip()
    return f"BEGIN;\n\n{body}\n\nCOMMIT;\n"

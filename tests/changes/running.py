"""Cases are run together, in one database and by one revision.

What is wrong is a case's when it names its schema or its roles; where it does not, halves are run until it is known.
"""

import traceback
from collections.abc import Iterator, Sequence
from contextlib import closing
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import MetaData

from pgcraft.alembic.register import pgcraft_configure_metadata
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.collect import collect
from pgcraft.devdb.rows.contents import Contents, fill_tables, find_changes, read_contents
from pgcraft.devdb.server.servers import Server
from pgcraft.render.catalog import render_catalog
from pgcraft.worker.said import read_said
from tests.changes.cases import Case
from tests.changes.dumps import Counts, Dump, count, dump, find_differences, forget_order, pick
from tests.changes.facts import list_facts
from tests.changes.migrating import Migrations
from tests.support.databases import Database, drop_roles, fresh_database

_NO_STATEMENT = ("BEGIN", "COMMIT")


def find_faults(server: Server, cases: Sequence[Case], folder: Path) -> dict[str, list[str]]:
    """Return what is wrong with each case, by its name."""
    folder.mkdir()
    try:
        faults = _try(server, cases, folder)
    except Exception as error:
        return _find_failing(server, cases, folder, _tell(error))
    found = {case.name: [fault for fault in faults if case.tag in fault] for case in cases}
    if sum(map(len, found.values())) == len(faults):
        return found
    return _halve(server, cases, folder, faults)


def _find_failing(server: Server, cases: Sequence[Case], folder: Path, fault: str) -> dict[str, list[str]]:
    """Set the case aside that an error names, and run the others, of which nothing is known yet."""
    named = [case for case in cases if case.tag in fault]
    if len(named) != 1 or len(cases) == 1:
        return _halve(server, cases, folder, [fault])
    others = [case for case in cases if case not in named]
    return find_faults(server, others, folder / "others") | {named[0].name: [fault]}


def _halve(server: Server, cases: Sequence[Case], folder: Path, faults: list[str]) -> dict[str, list[str]]:
    if len(cases) == 1:
        return {cases[0].name: faults}
    middle = len(cases) // 2
    found = find_faults(server, cases[:middle], folder / "left") | find_faults(server, cases[middle:], folder / "right")
    return found if any(found.values()) else {case.name: ["only together with others:", *faults] for case in cases}


def _tell(error: Exception) -> str:
    """Return an error with the lines of ours that led to it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f"{each.filename}:{each.lineno} {each.name}" for each in frames if "site-packages" not in each.filename]
    return "\n".join([*ours, f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())])


def _try(server: Server, cases: Sequence[Case], folder: Path) -> list[str]:
    try:
        with (
            fresh_database(server) as database,
            closing(
                Migrations(database, folder / "migrations", is_online=all(case.is_online for case in cases))
            ) as migrations,
        ):
            return list(_Trial(server, cases, database, migrations).run())
    finally:
        drop_roles(server)


class _Trial:
    """The way of some cases there and back."""

    def __init__(self, server: Server, cases: Sequence[Case], database: Database, migrations: Migrations) -> None:
        self._server = server
        self._cases = cases
        self._database = database
        self._migrations = migrations
        self._reordered = [case.tag for case in cases if case.reorders]

    def run(self) -> Iterator[str]:
        before, after = self._build_directly(is_after=False), self._build_directly(is_after=True)
        yield from self._find_unshown(before, after)
        self._run_written(self._database, "given")
        self._migrations.declare(self._declare(is_after=False))
        self._migrations.revise("first")
        self._migrations.upgrade()
        self._run_written(self._database, "by_hand")
        yield from self._compare(before, "deployed")
        yield from self._find_pending("deployed")
        held = self._fill()
        counted = self._count()
        self._migrations.declare(self._declare(is_after=True))
        self._migrations.revise("second")
        up = self._migrations.upgrade()
        yield from self._compare(after, "upgraded")
        yield from self._find_pending("upgraded")
        yield from self._find_lost(held, counted, up, "upgraded")
        yield from self._find_unsaid("upgrade", "first:second", up)
        down = self._migrations.downgrade()
        yield from self._compare(before, "downgraded")
        yield from self._find_lost(held, counted, up + down, "downgraded")
        yield from self._find_unsaid("downgrade", "second:first", down)
        yield from self._run_script(after)

    def _declare(self, *, is_after: bool) -> MetaData:
        convention = self._cases[0].conventions[is_after]
        metadata = MetaData(naming_convention=convention)
        for case in self._cases:
            (case.after if is_after else case.before)(case.view(metadata))
        return metadata

    def _build_directly(self, *, is_after: bool) -> Dump:
        """Dump a database that is built from the models, without a migration."""
        metadata = self._declare(is_after=is_after)
        pgcraft_configure_metadata(metadata)
        try:
            with fresh_database(self._server) as database:
                self._run_written(database, "given")
                with database.lend() as connection:
                    connection.execute(b"SET check_function_bodies = off")
                    for statement in render_catalog(collect(metadata)):
                        _run(connection, statement.sql)
                self._run_written(database, "by_hand")
                return self._dump(database)
        finally:
            drop_roles(self._server)

    def _find_unshown(self, before: Dump, after: Dump) -> Iterator[str]:
        """Tell of cases whose change a database that is built from the models does not show."""
        for case in self._cases:
            seen = case.view(MetaData())
            old, new = (pick(each, seen.schema, seen.tag) for each in (before, after))
            if case.is_same is not None and (old == new) is not case.is_same:
                yield f"{case} ({case.tag}): a database that is built from the models is {'' if old == new else 'not '}the same"
            for text in map(seen.sql, case.shows):
                if text in "\n".join(old) or text not in "\n".join(new):
                    yield f"{case} ({case.tag}): {text} does not come: {new}"

    def _dump(self, database: Database) -> Dump:
        """Dump a database, and who may do what."""
        return (*dump(database), *list_facts(database))

    def _compare(self, expected: Dump, when: str) -> list[str]:
        both = (forget_order(each, self._reordered) for each in (expected, self._dump(self._database)))
        return find_differences(*both, when)

    def _find_pending(self, when: str) -> Iterator[str]:
        yield from (f"{when}, and pending:\n{operation}" for operation in self._migrations.list_pending())

    def _run_written(self, database: Database, what: str) -> None:
        """Run what cases have written of one kind."""
        for case in self._cases:
            if written := getattr(case, what):
                database.run(case.view(MetaData()).sql(written))

    def _fill(self) -> Contents:
        self._run_written(self._database, "rows")
        with self._database.lend() as connection:
            if all(case.is_filled for case in self._cases):
                fill_tables(connection)
            return read_contents(connection)

    def _count(self) -> Counts:
        anew = [case.view(MetaData()).schema for case in self._cases if case.counts_anew]
        return {name: value for name, value in count(self._database).items() if name[0] not in anew}

    def _find_lost(self, held: Contents, counted: Counts, sent: list[str], when: str) -> Iterator[str]:
        with self._database.lend() as connection:
            said = read_said(sent, connection)
            yield from (f"{when}: {change}" for change in find_changes(held, read_contents(connection), said))
        now = self._count()
        for name in sorted(counted.keys() & now.keys(), key=str):
            schema, sequence, table = name
            gone = {ObjectId(Kind.SEQUENCE, schema, sequence), ObjectId(Kind.TABLE, schema, table or "")}
            if counted[name] != now[name] and gone.isdisjoint(said.lost):
                yield f"{when}: sequence {name} goes on at {now[name]}, was to at {counted[name]}"

    def _find_unsaid(self, way: str, revisions: str, sent: list[str]) -> Iterator[str]:
        """Tell where the file of an offline run differs from what was sent."""
        printed = [_strip(sql) for sql in self._migrations.render(way=way, revisions=revisions)]
        own = [sql for sql in printed if sql not in _NO_STATEMENT and "alembic_version" not in sql]
        heard = [_strip(sql) for sql in sent if "alembic_version" not in sql]
        for place, first, last, start, end in SequenceMatcher(None, own, heard, autojunk=False).get_opcodes():
            if place != "equal":
                for offline, online in zip_longest(own[first:last], heard[start:end]):
                    yield f"{way} --sql prints:\n{offline}\nand sends:\n{online}"

    def _run_script(self, after: Dump) -> list[str]:
        with self._database.lend() as connection:
            for sql in self._migrations.render(way="upgrade", revisions="first:second"):
                connection.execute(sql.encode())
        return self._compare(after, "upgraded by the file")


def _run(connection: psycopg.Connection[Any], sql: str) -> None:
    """Run a statement; an error tells it, since by its names it is known whose it is."""
    try:
        connection.execute(sql.encode())
    except psycopg.Error as error:
        error.add_note(sql)
        raise


def _strip(sql: str) -> str:
    lines = sql.strip().removesuffix(";").splitlines()
    while lines and (not lines[0].strip() or lines[0].startswith("-- Running ")):
        del lines[0]
    return "\n".join(lines).strip()

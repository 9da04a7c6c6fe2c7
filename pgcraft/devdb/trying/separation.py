"""Whether two identities are kept apart: what is one's, the other tries to see, change, delete, take and hand out.

Needs psycopg. Everything happens in the caller's transaction, and nothing stays.
"""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain

import psycopg

from pgcraft.catalog.objects import ObjectId
from pgcraft.devdb.rows.candidates import Wish, make_candidates
from pgcraft.devdb.rows.inserts import Row, write_insert, write_literal
from pgcraft.devdb.rows.rows import RowMaker
from pgcraft.devdb.rows.shapes import RelationShape, quote_columns
from pgcraft.devdb.trying.access import AccessCheck, Identity, to_expected
from pgcraft.devdb.trying.attempts import acting_as
from pgcraft.devdb.trying.bases import Bases
from pgcraft.devdb.trying.columns import try_columns
from pgcraft.devdb.trying.expected import Expectations
from pgcraft.devdb.trying.guards import Command, find_constants, find_guarded, has_policy_for, is_guarded
from pgcraft.devdb.trying.trial import RelationTrial
from pgcraft.identifiers import quote_literal, quote_name

VARIANT = 5000
"""Rows of identities must not clash with others, nor among each other."""

GUESSES = 200
"""How many combinations of columns and claims are tried until a row belongs to somebody."""

SEE, FORGE, GIVE = "see rows of", "forge rows of", "hand own rows to"
"""Seeing the other's rows, making a row that is the other's, and making one's own row the other's."""

NO_ROWS = "0 rows"

REFUSALS = frozenset({"", "42501", "44000"})
"""SQLSTATEs that mean no: none at all with no row, a policy or a missing right, WITH CHECK OPTION."""


@dataclass(frozen=True)
class Owned:
    """A row that an identity sees.

    Attributes:
        marks: its columns that hold one of the identity's claims: they say whose it is.
        change: an update of something else in it; empty where there is nothing else.
    """

    row: Row
    marks: dict[str, str]
    change: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a statement.

    Attributes:
        happened: whether it did what it says.
        message: how many rows, or the server's error.
    """

    happened: bool
    message: str
    sqlstate: str = ""


@dataclass
class Separation:
    """The trials of one relation.

    Attributes:
        open_between: what passed between identities where no policy is declared that forbids it.
        not_tried: what could not be tried, on which relation, and why.
    """

    maker: RowMaker
    expectations: Expectations
    relation: ObjectId
    shape: RelationShape
    open_between: list[str] = field(default_factory=list)
    not_tried: list[tuple[str, ObjectId, str]] = field(default_factory=list)

    @cached_property
    def bases(self) -> Bases:
        """Where its columns come from."""
        return Bases(self.maker, self.expectations, self.relation, self.shape)

    def check(self, identities: tuple[Identity, ...]) -> Iterator[AccessCheck]:
        """Make a row for each identity that may read, and try it as every other one."""
        readers = [each for each in identities if self.expectations.may(each.role, "select", self.relation)]
        owned = {each: self._make_owned(each, VARIANT * (number + 1)) for number, each in enumerate(readers)}
        for owner, mine in owned.items():
            if mine is None:
                self._leave(f"rows of {owner}", "no row could be made that it sees")
                continue
            yield from self._try_own(owner, mine)
            yield from self._try_columns(owner, mine)
            for other in readers:
                if other != owner:
                    yield from self._try_pair(owner, mine, other, owned[other])

    def _try_own(self, owner: Identity, mine: Owned) -> Iterator[AccessCheck]:
        """Try what an identity was granted on what is its own, as far as a policy is for that."""
        commands: tuple[tuple[str, Command, str], ...] = (
            ("change own", "update", mine.change),
            ("delete own", "delete", self._write_delete(mine)),
        )
        for name, command, statement in commands:
            if not statement or not self.expectations.may(owner.role, command, self.relation):
                continue
            if not has_policy_for(self.expectations, self.relation, owner.role, command):
                self._leave(f"{name} as {owner}", f"no policy lets it {command} anything")
                continue
            seen = self._try(owner, statement, mine)
            if seen.sqlstate not in REFUSALS:
                self._leave(f"{name} as {owner}", seen.message)
            else:
                message = "" if seen.happened else seen.message
                yield AccessCheck(str(owner), self.relation, name, "allowed", to_expected(seen.happened), message)

    def _try_columns(self, owner: Identity, mine: Owned) -> Iterator[AccessCheck]:
        """Try each column, where a policy lets nobody write without claims."""
        if not find_guarded(self.expectations, self.relation):
            return
        trial = RelationTrial(
            self.maker, self.expectations, self.relation, self.shape, mine.row, owner.claims, mine.marks
        )
        for command in ("insert", "update"):
            if self.expectations.may(owner.role, command, self.relation):
                for check in try_columns(trial, owner.role, command):
                    yield replace(check, role=str(owner))

    def _try_pair(self, owner: Identity, mine: Owned, other: Identity, theirs: Owned | None) -> Iterator[AccessCheck]:
        tries: tuple[tuple[str, Command, str], ...] = (
            (SEE, "select", self._write_look(mine)),
            ("change rows of", "update", mine.change),
            ("delete rows of", "delete", self._write_delete(mine)),
            ("take rows of", "update", self._write_take(mine, theirs)),
            (FORGE, "insert", self._write_forged(mine)),
            (GIVE, "update", self._write_take(theirs, mine) if theirs else ""),
        )
        open_ = []
        for name, command, statement in tries:
            if not self.expectations.may(other.role, command, self.relation):
                continue
            if not statement:
                self._leave(f"{name} one as another", _find_reason(name))
                continue
            seen = self._try(other, statement, theirs if name == GIVE else mine)
            is_theirs = name == SEE or not self.bases.is_joined
            is_forbidden = is_theirs and is_guarded(self.expectations, self.relation, other.role, command)
            if is_forbidden and seen.sqlstate not in REFUSALS:
                self._leave(f"{name} {owner} as {other}", seen.message)
            elif is_forbidden:
                yield self._report(other, name, owner, seen)
            elif seen.happened:
                open_.append(f"{name} {owner}")
        if open_:
            self.open_between.append(f"{other} can {', '.join(open_)}")

    def _report(self, other: Identity, name: str, owner: Identity, seen: Outcome) -> AccessCheck:
        what, word = f"{name} {owner}", to_expected(seen.happened)
        return AccessCheck(str(other), self.relation, what, "refused", word, seen.message, seen.sqlstate, str(owner))

    def _make_owned(self, identity: Identity, variant: int) -> Owned | None:
        """Let the identity make a row; where it makes none, make one for it, as far as it sees it then."""
        known = (("role", identity.role), *_read_scalars(json.loads(identity.claims)))
        constants = find_constants(self.expectations, self.relation, identity.role)
        guesses = tuple(self._guess(known, constants))
        for base in self._list_bases(known, variant):
            for maker in (identity, None):
                if maker is not None and not self.expectations.may(maker.role, "insert", self.relation):
                    continue
                for guess in guesses:
                    row = self._insert(maker, {**base, **guess})
                    if row is not None and self._count(identity, row):
                        values = {*guess.values(), *(value for _, value in known)}
                        marks = {name: text for name, text in row.items() if text is not None and text in values}
                        owned = Owned(row, marks)
                        return replace(owned, change=self._write_change(identity, owned))
        return None

    def _list_bases(self, known: tuple[tuple[str, str], ...], variant: int) -> Iterator[dict[str, str]]:
        """Return values for a row, with parents that nobody owns, and where that does not help with the identity's."""
        yield self.maker.choose(self.shape, variant)
        marks = {key.lower(): value for key, value in known}
        maker = RowMaker(self.maker.connection, self.maker.shapes, marks=marks)
        yield maker.choose(self.shape, variant + 1)

    def _guess(self, known: tuple[tuple[str, str], ...], constants: tuple[str, ...]) -> Iterator[dict[str, str]]:
        """Return values for columns that may say whose a row is, the likeliest first."""
        names = [column.name for column in self.shape.columns if not column.is_server_made]
        named = {name: value for key, value in known for name in names if name.lower() == key.lower()}
        alike = [{name: value} for key, value in known for name in names if key.lower() in name.lower()]
        every = [{name: value} for value in (*(value for _, value in known), *constants) for name in names]
        seen: list[dict[str, str]] = []
        for guess in chain([named], alike, [{}], every):
            if guess not in seen and len(seen) < GUESSES:
                seen.append(guess)
                yield guess

    def _insert(self, identity: Identity | None, values: dict[str, str]) -> Row | None:
        """Insert as the identity, or as the connection's own role, and give the row as it came back."""
        connection = self.maker.connection
        try:
            with connection.transaction():
                if identity is not None:
                    with acting_as(connection, identity.role, identity.claims):
                        statement = write_insert(self.shape, values, returning=True)
                        row = connection.execute(statement.encode()).fetchone()
                    connection.execute("SELECT set_config('role', 'none', true)")
                else:
                    statement = write_insert(self.shape, values, returning=True)
                    row = connection.execute(statement.encode()).fetchone()
        except psycopg.Error:
            return None
        return dict(zip((column.name for column in self.shape.columns), row, strict=True)) if row else None

    def _try(self, identity: Identity | None, statement: str, touched: Owned | None) -> Outcome:
        """Execute as the identity, or as the connection's own role, see whether it did anything, and take it back."""
        connection = self.maker.connection
        with connection.transaction(force_rollback=True):
            try:
                with connection.transaction():
                    with acting_as(connection, identity.role, identity.claims) if identity else nullcontext():
                        row = connection.execute(statement.encode()).fetchone()
                    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            except psycopg.Error as error:
                return Outcome(False, error.diag.message_primary or str(error), error.sqlstate or "")
            count = int(row[0]) if row else 0
            connection.execute("SELECT set_config('role', 'none', true)")
            is_same = statement.startswith("WITH changed") and touched is not None and self._is_there(touched.row)
        return Outcome(count > 0 and not is_same, f"{count} row{'' if count == 1 else 's'}")

    def _count(self, identity: Identity, row: Row) -> int:
        seen = self._try(identity, f"SELECT count(*) FROM {self.shape.sql} WHERE {self._write_filter(row)}", None)
        return int(seen.happened)

    def _is_there(self, row: Row) -> bool:
        """Whether a row is just as it was, for who sees everything."""
        query = f"SELECT count(*) FROM {self.shape.sql} WHERE {self._write_filter(row, every=True)}"
        found = self.maker.connection.execute(query.encode()).fetchone()
        return bool(found and found[0])

    def _write_filter(self, row: Row, *, every: bool = False, more: frozenset[str] = frozenset()) -> str:
        """Name one row: by its key where the relation has one, with more columns, else by all that can be compared."""
        known = [column.name for column in self.shape.columns if row.get(column.name) is not None]
        keys = [name for name in known if name in self.bases.key]
        chosen = known if every or not keys else [name for name in known if name in keys or name in more]
        # As text: not every type has an equality, and none needs a search_path then.
        return " AND ".join(f"{quote_name(name)}::text = {quote_literal(row[name] or '')}" for name in chosen) or "true"

    def _write_change(self, owner: Identity, mine: Owned) -> str:
        """Write an update of something else than what says whose it is; empty where there is nothing else.

        Columns that the server keeps take an update, and stay as they are: what changes for who sees all is taken, and
        of that what a policy lets the owner change.
        """
        first = changing = ""
        for name, value in self._list_changes(mine):
            update = self._write_update(mine, {name: value})
            seen = self._try(None, update, mine)
            if seen.happened and self._try(owner, update, mine).happened:
                return update
            if seen.happened:
                changing = changing or update
            elif seen.message == NO_ROWS or seen.sqlstate:
                first = first or update
        return changing or first

    def _list_changes(self, mine: Owned) -> Iterator[tuple[str, str]]:
        """Return columns that say nothing about whose a row is, each with another value, the likeliest first."""
        chosen = self.maker.choose(self.shape, VARIANT // 2)
        fixed, joined = {*mine.marks, *self.bases.key}, self.bases.pointing
        free = [column for column in self.shape.columns if not column.is_server_made and column.name not in fixed]
        for column in sorted(free, key=lambda each: (each.name in joined, each.name not in chosen)):
            known = (chosen[column.name],) if column.name in chosen else ()
            others = (*known, *make_candidates(Wish(column.type)))
            value = next((value for value in others if value != mine.row[column.name]), None)
            if value is not None:
                yield column.name, value

    def _write_look(self, mine: Owned) -> str:
        """Write a query for a row with what it shows of guarded tables; empty where that is nothing."""
        guarded = self.bases.guarded
        if guarded and all(mine.row.get(name) is None for name in guarded):
            return ""
        return f"SELECT count(*) FROM {self.shape.sql} WHERE {self._write_filter(mine.row, more=guarded)}"

    def _write_take(self, mine: Owned | None, theirs: Owned | None) -> str:
        """Write an update that gives one's row the marks of the other's."""
        marks = theirs.marks if theirs else {}
        return self._write_update(mine, marks) if mine and marks and marks != mine.marks else ""

    def _write_forged(self, mine: Owned) -> str:
        """Write an insert of a row that is the owner's; empty where nothing says whose a row is."""
        if not mine.marks:
            return ""
        statement = write_insert(self.shape, {**self.maker.choose(self.shape, VARIANT // 3), **mine.marks})
        return f"WITH made AS ({statement} RETURNING 1) SELECT count(*) FROM made"

    def _write_update(self, mine: Owned, values: dict[str, str]) -> str:
        sets = ", ".join(
            f"{quote_columns((name,))} = {write_literal(self.shape.column(name), value)}"
            for name, value in values.items()
        )
        statement = f"UPDATE {self.shape.sql} SET {sets} WHERE {self._write_filter(mine.row)}"
        return f"WITH changed AS ({statement} RETURNING 1) SELECT count(*) FROM changed"

    def _write_delete(self, mine: Owned) -> str:
        statement = f"DELETE FROM {self.shape.sql} WHERE {self._write_filter(mine.row)}"
        return f"WITH changed AS ({statement} RETURNING 1) SELECT count(*) FROM changed"

    def _leave(self, what: str, why: str) -> None:
        self.not_tried.append((what, self.relation, why))


def _find_reason(name: str) -> str:
    """Say why there was no statement to try."""
    if name == SEE:
        return "the rows that could be made show nothing of a table under row security"
    return "it has nothing else to change" if name.startswith("change") else "no column says whose a row is"


def _read_scalars(claims: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Return each plain value in claims with the name it has, whatever it stands in."""
    if isinstance(claims, dict):
        for name, value in claims.items():
            yield from _read_scalars(value, str(name))
    elif isinstance(claims, list):
        for value in claims:
            yield from _read_scalars(value, key)
    elif isinstance(claims, bool):
        yield key, "true" if claims else "false"
    elif claims is not None:
        yield key, str(claims)

"""One resource seen through one relation, by one role, within a transaction that is rolled back."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.models.naming import limit_name
from tests.factories.subject import NAMINGS, PLAIN, Names
from tests.support.databases import Database

ROUTES = ("private", "API")
Row = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """Where an operation takes place.

    Attributes:
        route: through the resource's own table or view as its owner, or through the API view as ``anon``.
    """

    connection: psycopg.Connection[Row]
    kind: str
    route: str
    names: Names = PLAIN

    @property
    def private(self) -> str:
        """The resource's own table or view, quoted."""
        return quote_qualified(self.names.schema, self.resource)

    @property
    def resource(self) -> str:
        return self.names.resource.format(kind=self.kind)

    @property
    def relation(self) -> str:
        """What clients of this route name, quoted."""
        if self.route == "private":
            return self.private
        return quote_qualified(f"api_{self.names.schema}"[:63], self.resource)

    @property
    def has_history(self) -> bool:
        return self.kind in ("AppendOnly", "EAV")

    def run(self, sql: str, *parameters: object) -> list[Row]:
        """Run a statement as the route's role; constraints that wait for the commit are checked at once."""
        with self.connection.transaction():
            self.connection.execute(b"SET LOCAL ROLE anon" if self.route == "API" else b"RESET ROLE")
            answer = self.connection.execute(sql.encode(), parameters or None)
            rows = answer.fetchall() if answer.description else []
            self.connection.execute(b"RESET ROLE")
            self.connection.execute(b"SET CONSTRAINTS ALL IMMEDIATE")
        return rows

    def look(self, sql: str, *parameters: object) -> list[Row]:
        """Ask as the owner."""
        return self.connection.execute(sql.encode(), parameters or None).fetchall()

    def rows(self) -> dict[Any, Row]:
        """Return every row of the resource by its key."""
        return {row[self.names.key]: row for row in self.look(f"SELECT * FROM {self.private}")}

    def insert(self, values: Mapping[str, object], *, returning: str = "") -> list[Row]:
        """Insert one row of ``values`` by column; a ledger's has an amount too."""
        values = {"value": 1, **values} if self.kind == "Ledger" else values
        columns = ", ".join(map(quote_name, values))
        marks = ", ".join("%s" for _ in values)
        return self.run(f"INSERT INTO {self.relation} ({columns}) VALUES ({marks}){returning}", *values.values())

    def update(self, key: object, values: Mapping[str, object], *, returning: str = "") -> list[Row]:
        """Set columns of one row."""
        changes = ", ".join(f"{quote_name(column)} = %s" for column in values)
        where = f"WHERE {quote_name(self.names.key)} = %s"
        return self.run(f"UPDATE {self.relation} SET {changes} {where}{returning}", *values.values(), key)

    def delete(self, key: object) -> list[Row]:
        """Delete one row."""
        return self.run(f"DELETE FROM {self.relation} WHERE {quote_name(self.names.key)} = %s", key)

    def sow(self, **values: object) -> Any:
        """Insert a row as the owner and give its key."""
        owned = Site(self.connection, self.kind, "private", self.names)
        given = {self.names.code: "A", self.names.name: "first", self.names.quantity: 5, **values}
        return owned.insert(given, returning=f" RETURNING {quote_name(self.names.key)}")[0][self.names.key]

    def attempt(self, action: Any) -> str:
        """Return what an action did: ``stored``, ``changed``, ``removed``, ``unchanged`` or ``refused: …``."""
        before, logged = self.rows(), self.count_log()
        try:
            with self.connection.transaction():
                action()
        except psycopg.Error as error:
            assert (self.rows(), self.count_log()) == (before, logged)
            return f"refused: {name_condition(error)}"
        return _compare(before, self.rows()) + (f", log +{self.count_log() - logged}" if self.has_history else "")

    def count_log(self) -> int:
        """Return the number of rows of the resource's history; 0 where it has none."""
        if not self.has_history:
            return 0
        view = quote_qualified(self.names.schema, limit_name(f"{self.resource}_history"))
        return int(self.look(f"SELECT count(*) AS number FROM {view}")[0]["number"])


@contextmanager
def open_site(database: Database, kind: str, route: str, naming: str = "plain") -> Iterator[Site]:
    """Return a site whose changes are undone at the end."""
    with database.connect(autocommit=False, row_factory=dict_row) as connection:
        site = Site(connection, kind, route, NAMINGS[naming])
        connection.execute(b"INSERT INTO shop.owner (name) VALUES ('one')")
        yield site
        connection.rollback()


def name_condition(error: psycopg.Error) -> str:
    """Return the name that PostgreSQL's manual has for an error's state."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


def _compare(before: Mapping[Any, Row], after: Mapping[Any, Row]) -> str:
    if after.keys() > before.keys():
        return "stored"
    if after.keys() < before.keys():
        return "removed"
    stamps = {"updated_at"}
    same = all(
        {name: value for name, value in row.items() if name not in stamps}
        == {name: value for name, value in after[key].items() if name not in stamps}
        for key, row in before.items()
    )
    return "unchanged" if same else "changed"

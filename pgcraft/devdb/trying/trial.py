"""Trying the operations of one relation as several roles; needs psycopg."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pgcraft.catalog.objects import ObjectId
from pgcraft.devdb.rows.inserts import Row
from pgcraft.devdb.rows.rows import UNIQUE_VIOLATION, VARIANT_STEP, VARIANTS_TRIED, RowMaker
from pgcraft.devdb.rows.shapes import RelationShape
from pgcraft.devdb.trying.access import AccessCheck, to_expected
from pgcraft.devdb.trying.attempts import (
    ALLOWED,
    Rights,
    Seen,
    try_statement,
    write_delete,
    write_insert,
    write_select,
    write_update,
)
from pgcraft.devdb.trying.expected import Expectations
from pgcraft.devdb.trying.probes import probe, write_probe


@dataclass(frozen=True)
class RelationTrial:
    """One relation with a made-up row in it.

    Attributes:
        row: what it shows; None where none could be made.
        claims: of who acts, as JSON.
        marks: values that say whose a row is.
    """

    maker: RowMaker
    expectations: Expectations
    relation: ObjectId
    shape: RelationShape
    row: Row | None
    claims: str = "{}"
    marks: Mapping[str, str] = field(default_factory=dict)

    def choose(self, variant: int, *, required_only: bool = False) -> dict[str, str]:
        """Choose values for a row of who acts."""
        return {**self.maker.choose(self.shape, variant, required_only=required_only), **self.marks}

    def check(self, may: Mapping[tuple[str, str], bool]) -> list[AccessCheck]:
        """Try each role's operations; those that should be refused together, and without touching a row."""
        refused = [pair for pair, is_allowed in may.items() if not is_allowed]
        tries = [(role, write_probe(self.shape, operation)) for role, operation in refused]
        probed = dict(zip(refused, probe(self.maker.connection, tries), strict=True))
        return [self._check(pair, probed.get(pair)) for pair in may]

    def _check(self, pair: tuple[str, str], probed: Seen | None) -> AccessCheck:
        role, operation = pair
        if probed is not None:
            check = AccessCheck(role, self.relation, operation, "refused", *probed)
            if not check.is_undecided:  # else it was not refused: see what a real row comes to
                return check
        expected = to_expected(probed is None)
        return AccessCheck(role, self.relation, operation, expected, *self._try_allowed(role, operation))

    def _try_allowed(self, role: str, operation: str) -> Seen:
        rights = self.rights(role, operation)
        match operation:
            case "select":
                return self.execute(role, write_select(self.shape, rights))
            case "insert":
                return self._try_insert(role, rights)
            case "update":
                return self._try_update(role, rights)
            case _:
                return self.execute(role, write_delete(self.shape, self.row, rights))

    def rights(self, role: str, operation: str) -> Rights:
        """Return the columns that the role may use for an operation."""
        can_read = self.expectations.may(role, "select", self.relation)
        return Rights(
            readable=self.expectations.granted_columns(role, "select", self.relation) if can_read else (),
            writable=self.expectations.granted_columns(role, operation, self.relation),
        )

    def _try_insert(self, role: str, rights: Rights) -> Seen:
        """Insert a row; another one where it is there already."""
        seen = ALLOWED
        for attempt in range(VARIANTS_TRIED):
            values = self.maker.choose(self.shape, 1 + attempt * VARIANT_STEP)
            seen = self.execute(role, write_insert(self.shape, values, rights))
            if seen[2] != UNIQUE_VIOLATION:
                break
        return seen

    def _try_update(self, role: str, rights: Rights) -> Seen:
        """Change one column; where that does not go, write the value that is there."""
        values = self.maker.choose(self.shape, 1)
        column = self._choose_column(values, rights)
        seen = self.execute(role, write_update(self.shape, column, values.get(column), self.row, rights))
        if seen[0] == "failed" and self.row:
            seen = self.execute(role, write_update(self.shape, column, self.row[column], self.row, rights))
        return seen

    def _choose_column(self, values: dict[str, str], rights: Rights) -> str:
        """Return the column to update: one that has a value and is no key, as far as there is one."""
        keys = {name for key in self.shape.foreign_keys for name in key.columns} | set(self.shape.primary_key)
        names = [name for name in values if rights.writable is None or name in rights.writable]
        names += [name for name in rights.writable or () if name not in values]
        names += [column.name for column in self.shape.columns if not column.is_server_made and not names]
        return min(names, key=lambda name: name in keys) if names else self.shape.columns[0].name

    def execute(self, role: str, statement: str) -> Seen:
        """Run a statement as the role and take it back."""
        return try_statement(self.maker.connection, role, statement, self.claims)

"""What writes through a view do about other writers: two small functions beside a resource, and the calls of them.

The rows of a view are not locked by an UPDATE (https://www.postgresql.org/docs/current/sql-createtrigger.html), so what
a client has changed may have been changed by another transaction since it was read. Each resource has its own two, so
that none belongs to several projects that share a schema.
"""

from dataclasses import dataclass

from sqlalchemy import MetaData

from pgcraft.identifiers import quote_literal, quote_qualified
from pgcraft.models.generated import GeneratedFunction
from pgcraft.models.naming import build_name
from pgcraft.models.register import promise_function
from pgcraft.plugins.equality import write_same
from pgcraft.sqltext.plpgsql import write_block, write_raise, write_short_if

_MERGE = "merge"
_MERGED = "given anyelement, as_read anyelement, latest anyelement"
_IS_OWN = "is_own"
_ROW = "row_xmin xid"
_XMIN = "row_xmin::pg_catalog.text::bigint"
_CURRENT = "pg_catalog.pg_current_xact_id()::pg_catalog.text::bigint"


@dataclass(frozen=True)
class Merging:
    """The two functions of a resource.

    Attributes:
        schema: of the resource.
        resource: its name.
        merge: name of the one that settles what becomes of a value.
        is_own: name of the one that knows who wrote a row.
    """

    schema: str
    resource: str
    merge: str
    is_own: str

    @classmethod
    def of(cls, metadata: MetaData, kind: str, schema: str, resource: str) -> "Merging":
        """Return those of a resource; ``kind`` is of the factory, as the naming convention has it."""
        merge, is_own = (
            build_name(metadata, f"{kind}_function", schema=schema, table_name=resource, op=op)
            for op in (_MERGE, _IS_OWN)
        )
        return cls(schema, resource, merge, is_own)

    def declare(self, metadata: MetaData) -> None:
        """Register them; once is enough."""
        promise_function(metadata, self.schema, self.merge, Merging._build_merge, self, takes=_MERGED)
        promise_function(metadata, self.schema, self.is_own, Merging._build_is_own, self, takes=_ROW)

    def _build_merge(self) -> GeneratedFunction:
        return GeneratedFunction(
            schema=self.schema, name=self.merge, arguments=_MERGED, returns="anyelement", body=self._write_merge()
        )

    def _build_is_own(self) -> GeneratedFunction:
        return GeneratedFunction(
            schema=self.schema, name=self.is_own, arguments=_ROW, returns="boolean", body=_write_is_own()
        )

    def call_merge(self, given: str, as_read: str, latest: str) -> str:
        """Write what becomes of a value: what was given where that differs from what was read, else what is there now.

        Where another transaction has changed it as well, it is a serialization failure.
        """
        return f"{quote_qualified(self.schema, self.merge)}({given}, {as_read}, {latest})"

    def call_is_own(self, record: str) -> str:
        """Write the condition that the running transaction, or a savepoint of it, has written a row that is seen."""
        return f"{quote_qualified(self.schema, self.is_own)}({record}.xmin)"

    def _write_merge(self) -> str:
        changed = f"a row of {self.schema}.{self.resource} was changed by another transaction while it was updated"
        return write_block(
            [
                *write_short_if(write_same("given", "as_read", is_exact=False), "RETURN latest;"),
                *write_short_if(write_same("latest", "as_read", is_exact=False), "RETURN given;"),
                *write_raise(
                    quote_literal(changed.replace("%", "%%")),
                    errcode="'serialization_failure'",
                    hint="'run the transaction again'",
                ),
            ]
        )


def _write_is_own() -> str:
    """A row of a transaction in progress is seen by that transaction alone.

    ``xmin`` lacks the upper half of the transaction's number, which is that of the nearest one.
    """
    return write_block(
        [
            f"row_xid := current_xid + ({_XMIN} - current_xid)::bit(32)::integer;",
            "RETURN pg_catalog.pg_xact_status(row_xid::pg_catalog.text::pg_catalog.xid8) = 'in progress';",
        ],
        variables=(f"current_xid bigint := {_CURRENT}", "row_xid bigint"),
    )

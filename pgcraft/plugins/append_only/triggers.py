"""The functions that write an append-only resource through its view.

The rows of a view are not locked by an UPDATE, so the function locks the root's row itself, reads the current version
in the statement after that, and refuses to overwrite what another transaction has changed since the client read it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from pgcraft.factory.context import FactoryContext
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.plpgsql import write_block, write_if, write_list, write_raise
from pgcraft.plugin import Plugin, requires
from pgcraft.plugins.append_only.names import ATTRIBUTES_ID, LOG_TABLE, ROOT_TABLE
from pgcraft.plugins.entity import (
    CREATED_AT,
    ENTITY_ID,
    LOG_ID,
    UPDATED_AT,
    VALID_TO,
    get_single_key,
    get_value_columns,
    qualify,
)
from pgcraft.plugins.protect import WRITER_VARIABLES, write_protected
from pgcraft.plugins.view_writes import ViewColumn, declare_view_writes, describe_column, fill_key


@requires(ROOT_TABLE, LOG_TABLE, "table")
class AppendOnlyTriggersPlugin(Plugin):
    """Lets clients insert, update and delete through the view."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register three functions and three triggers."""
        writer = _Writer.of(ctx)
        bodies = {"insert": writer.insert(), "update": writer.update(), "delete": writer.delete()}
        tables = tuple((ctx.schemaname, ctx[key].name) for key in (ROOT_TABLE, LOG_TABLE))
        declare_view_writes(ctx, "append_only", bodies, depends_on=tables)


@dataclass(frozen=True)
class _Writer:
    """Writes the three bodies; every name is quoted."""

    view: str
    root: str
    log: str
    key: Column[Any]
    key_name: str
    values: tuple[ViewColumn, ...]

    @classmethod
    def of(cls, ctx: FactoryContext) -> "_Writer":
        root: Table = ctx[ROOT_TABLE]
        log: Table = ctx[LOG_TABLE]
        key = get_single_key(ctx)
        return cls(
            view=f"{ctx.schemaname}.{ctx.tablename}",
            root=qualify(root),
            log=qualify(log),
            key=key,
            key_name=quote_name(key.name),
            values=tuple(map(describe_column, get_value_columns(ctx))),
        )

    @property
    def written(self) -> tuple[ViewColumn, ...]:
        return tuple(column for column in self.values if column.is_written)

    def insert(self) -> str:
        columns = (ENTITY_ID, *(column.name for column in self.written))
        given = (f"NEW.{self.key_name}", *(column.inserted for column in self.written))
        overriding = ["OVERRIDING SYSTEM VALUE"] if self.key.identity is not None and self.key.identity.always else []
        inserts = [
            *write_list(f"INSERT INTO {self.log} AS a (", columns, ")"),
            *write_list("VALUES (", given, ")"),
            *self._returning(),
            *write_list(f"INSERT INTO {self.root} AS r (", (self.key_name, ATTRIBUTES_ID), ")"),
            *overriding,
            f"VALUES (NEW.{self.key_name}, version_id)",
            f"RETURNING r.{CREATED_AT} INTO NEW.{CREATED_AT};",
        ]
        lines = [*fill_key(self.key, self.root), *write_protected(self.view, inserts), "RETURN NEW;"]
        return write_block(lines, variables=("version_id bigint", *WRITER_VARIABLES))

    def update(self) -> str:
        refuse_new_key = write_if(
            [f"NEW.{self.key_name} IS DISTINCT FROM OLD.{self.key_name}"],
            self._raise("the key of a row of {view} cannot change", "feature_not_supported"),
        )
        if not self.written:
            return write_block([*refuse_new_key, "RETURN OLD;"])
        is_unchanged = _all([column.is_same("NEW", "OLD") for column in self.written])
        lines = [
            *refuse_new_key,
            f"NEW.{CREATED_AT} := OLD.{CREATED_AT};",
            *write_if(is_unchanged, [*self._keep_unwritten(), "RETURN NEW;"]),
            *self._read_current(),
            *self._merge(),
            *write_protected(self.view, self._add_version()),
            "RETURN NEW;",
        ]
        variables = (f"latest {self.log}%ROWTYPE", "version_id bigint", "starts_at timestamp with time zone")
        return write_block(lines, variables=(*variables, *WRITER_VARIABLES))

    def _add_version(self) -> list[str]:
        """Close the current version, add the next one, and move the pointer to it; time never runs backwards."""
        columns = (ENTITY_ID, CREATED_AT, *(column.name for column in self.written))
        given = (f"OLD.{self.key_name}", "starts_at", *(f"NEW.{column.name}" for column in self.written))
        return [
            f"starts_at := greatest(now(), latest.{CREATED_AT} + interval '1 microsecond');",
            f"UPDATE {self.log} AS a",
            f"SET {VALID_TO} = starts_at",
            f"WHERE a.{LOG_ID} = latest.{LOG_ID};",
            *write_list(f"INSERT INTO {self.log} AS a (", columns, ")"),
            *write_list("VALUES (", given, ")"),
            *self._returning(),
            f"UPDATE {self.root} AS r",
            f"SET {ATTRIBUTES_ID} = version_id",
            f"WHERE r.{self.key_name} = OLD.{self.key_name};",
        ]

    def delete(self) -> str:
        changes = [
            f"UPDATE {self.log} AS a",
            f"SET {VALID_TO} = greatest(now(), a.{CREATED_AT} + interval '1 microsecond')",
            f"WHERE a.{LOG_ID} = version_id;",
            f"DELETE FROM {self.root} AS r",
            f"WHERE r.{self.key_name} = OLD.{self.key_name};",
        ]
        lines = [*self._read_current(), *write_protected(self.view, changes), "RETURN OLD;"]
        variables = (f"latest {self.log}%ROWTYPE", "version_id bigint", *WRITER_VARIABLES)
        return write_block(lines, variables=variables)

    def _read_current(self) -> list[str]:
        """Lock the entity, then read its current version; the second statement sees what the first waited for."""
        return [
            f"SELECT r.{ATTRIBUTES_ID}",
            "INTO version_id",
            f"FROM {self.root} AS r",
            f"WHERE r.{self.key_name} = OLD.{self.key_name}",
            "FOR UPDATE;",
            *write_if(["NOT FOUND"], ["RETURN NULL;"]),
            "SELECT a.*",
            "INTO latest",
            f"FROM {self.log} AS a",
            f"WHERE a.{LOG_ID} = version_id;",
        ]

    def _merge(self) -> list[str]:
        """Take over what another transaction changed; what both changed is a conflict."""
        conflicts = [
            f"({column.differs('NEW', 'OLD')} AND {column.differs('latest', 'OLD')})" for column in self.written
        ]
        kept = [
            f"NEW.{column.name} := CASE WHEN {column.differs('NEW', 'OLD')} "
            f"THEN NEW.{column.name} ELSE latest.{column.name} END;"
            for column in self.written
        ]
        conflict = self._raise(
            "a row of {view} was changed by another transaction while it was updated",
            "serialization_failure",
            hint="run the transaction again",
        )
        return write_if([f"latest.{CREATED_AT} <> OLD.{UPDATED_AT}"], [*write_if(_any(conflicts), conflict), *kept])

    def _returning(self) -> list[str]:
        """Bring the version back into NEW: its id, its time, and every value as it was stored."""
        returned = (f"a.{LOG_ID}", f"a.{CREATED_AT}", *(f"a.{column.name}" for column in self.values))
        into = ("version_id", f"NEW.{UPDATED_AT}", *(f"NEW.{column.name}" for column in self.values))
        return [*write_list("RETURNING ", returned), *write_list("INTO ", into, ";")]

    def _keep_unwritten(self) -> list[str]:
        server_made = (UPDATED_AT, *(column.name for column in self.values if not column.is_written))
        return [f"NEW.{name} := OLD.{name};" for name in server_made]

    def _raise(self, message: str, errcode: str, hint: str = "") -> list[str]:
        text = message.format(view=self.view).replace("%", "%%")
        options = {"errcode": quote_literal(errcode)} | ({"hint": quote_literal(hint)} if hint else {})
        return write_raise(quote_literal(text), **options)


def _all(conditions: list[str]) -> list[str]:
    first, *rest = conditions
    return [first, *(f"    AND {condition}" for condition in rest)]


def _any(conditions: list[str]) -> list[str]:
    first, *rest = conditions
    return [first, *(f"    OR {condition}" for condition in rest)]

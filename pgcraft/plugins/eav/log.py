"""What keeps the log of attributes: triggers of the entity table, whatever has written it.

They run with their owner's rights: who writes an entity needs none on the log, and row security judges the entity
alone.
A foreign key that changes an entity gives it no new time, and is not logged.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgcraft.factory.context import FactoryContext
from pgcraft.identifiers import quote_name
from pgcraft.plpgsql import indent, write_block, write_if, write_list
from pgcraft.plugin import Plugin, requires
from pgcraft.plugins.eav.attributes import Attribute, name_value_column
from pgcraft.plugins.eav.tables import ATTRIBUTE, ATTRIBUTE_TABLE, ATTRIBUTES, ENTITY_TABLE
from pgcraft.plugins.entity import CREATED_AT, ENTITY_ID, UPDATED_AT, VALID_TO, get_single_key, qualify
from pgcraft.plugins.equality import write_differing
from pgcraft.plugins.protect import WRITER_VARIABLES, write_protected
from pgcraft.plugins.trigger_function import Firing, declare_trigger
from pgcraft.sqltext import compile_type

if TYPE_CHECKING:
    from sqlalchemy import Table


@requires(ENTITY_TABLE, ATTRIBUTE_TABLE, ATTRIBUTES)
class EAVLogPlugin(Plugin):
    """Logs the values of an entity that comes, those that change, and ends those of one that goes."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register three functions and their triggers."""
        logger = _Logger.of(ctx)
        for op, event, lines in (
            ("log", "insert", logger.log_all()),
            ("change", "update", logger.log_changes()),
            ("close", "delete", logger.close_all()),
        ):
            if lines:
                self._declare(ctx, op, event, lines)

    def _declare(self, ctx: FactoryContext, op: str, event: str, lines: list[str]) -> None:
        entity, log = ctx[ENTITY_TABLE], ctx[ATTRIBUTE_TABLE]
        body = write_block([*write_protected(ctx.fullname, lines), "RETURN NULL;"], variables=WRITER_VARIABLES)
        columns = (UPDATED_AT,) if event == "update" else ()
        firing = Firing(relation=entity.name, timing="after", events=(event,), update_columns=columns)
        reaches = [(ctx.schemaname, log.name)]
        declare_trigger(ctx, "eav", op, body, firing, table_name=entity.name, reaches=reaches)


@dataclass(frozen=True)
class _Logger:
    """Writes the lines of the three functions; every name is quoted."""

    log: str
    key: str
    attributes: tuple[Attribute, ...]

    @classmethod
    def of(cls, ctx: FactoryContext) -> "_Logger":
        log: Table = ctx[ATTRIBUTE_TABLE]
        kept = tuple(attribute for attribute in ctx[ATTRIBUTES] if not attribute.is_computed)
        return cls(qualify(log), quote_name(get_single_key(ctx).name), kept)

    def log_all(self) -> list[str]:
        """Log every value that is not NULL; each stands in the column of its type."""
        columns = list(dict.fromkeys(map(name_value_column, self.attributes)))
        rows = [
            (item.key, *(_read(item, "NEW") if column == name_value_column(item) else "NULL" for column in columns))
            for item in self.attributes
        ]
        names = [quote_name(column) for column in columns]
        if not names:
            return []
        return [
            *write_list(f"INSERT INTO {self.log} AS a (", _log_columns(*names), ")"),
            f"SELECT NEW.{self.key}, NEW.{CREATED_AT}, v.*",
            *write_list("FROM (VALUES ", [f"({', '.join(row)})" for row in rows]),
            f") AS v ({', '.join((ATTRIBUTE, *names))})",
            f"WHERE {' OR '.join(f'v.{name} IS NOT NULL' for name in names)};",
        ]

    def log_changes(self) -> list[str]:
        """End each value that changes and log the next; where an entity comes to begin later, its values do too."""
        begin = [
            f"UPDATE {self.log} AS a",
            f"SET {CREATED_AT} = NEW.{CREATED_AT}",
            f"WHERE a.{ENTITY_ID} = NEW.{self.key}",
            f"AND a.{VALID_TO} IS NULL;",
        ]
        written = [item for item in self.attributes if item.written.is_written]
        changes = [line for item in written for line in self._log_change(item)]
        return [*write_if([f"NEW.{CREATED_AT} <> OLD.{CREATED_AT}"], begin), *changes]

    def close_all(self) -> list[str]:
        """End every value, whatever deletes the entity: a client or a foreign key's cascade."""
        return [
            f"UPDATE {self.log} AS a",
            f"SET {VALID_TO} = greatest(pg_catalog.now(), a.{CREATED_AT} + interval '1 microsecond')",
            f"WHERE a.{ENTITY_ID} = OLD.{self.key}",
            f"AND a.{VALID_TO} IS NULL;",
        ]

    def _log_change(self, attribute: Attribute) -> list[str]:
        columns = _log_columns(quote_name(name_value_column(attribute)))
        given = (f"NEW.{self.key}", f"NEW.{UPDATED_AT}", attribute.key, _read(attribute, "NEW"))
        old, new = (f"({_read(attribute, record)})" for record in ("OLD", "NEW"))
        change = [
            f"UPDATE {self.log} AS a",
            f"SET {VALID_TO} = NEW.{UPDATED_AT}",
            f"WHERE a.{ENTITY_ID} = NEW.{self.key}",
            f"AND a.{ATTRIBUTE} = {attribute.key}",
            f"AND a.{VALID_TO} IS NULL;",
            *write_list(f"INSERT INTO {self.log} AS a (", columns, ")"),
            *indent(write_list("VALUES (", given, ");")),
        ]
        return write_if([write_differing(new, old, is_exact=attribute.written.is_exact)], change)


def _log_columns(*value_columns: str) -> tuple[str, ...]:
    return (ENTITY_ID, CREATED_AT, ATTRIBUTE, *value_columns)


def _read(attribute: Attribute, record: str) -> str:
    return attribute.read(record, compile_type(attribute.column.type))

"""What keeps the log of attributes: triggers of the entity table, whatever has written it.

They run with their owner's rights: who writes an entity needs none on the log, and row security judges the entity
alone.
A foreign key that changes an entity gives it no new time, and is not logged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.plugin import Plugin, requires
from pgcraft.plugins.eav.attributes import CURRENT, Attribute, name_value_column, write_object
from pgcraft.plugins.eav.tables import ATTRIBUTE, ATTRIBUTE_TABLE, ATTRIBUTES, ENTITY_TABLE
from pgcraft.plugins.entity import CREATED_AT, ENTITY_ID, LOG_ID, UPDATED_AT, VALID_TO, get_single_key, qualify
from pgcraft.plugins.equality import write_equal_of
from pgcraft.plugins.protect import WRITER_VARIABLES, write_protected
from pgcraft.plugins.trigger_function import Firing, declare_trigger
from pgcraft.sqltext.plpgsql import indent, write_block, write_if, write_list, write_raise


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
        variables = ("open_id bigint" if op == "close" else "row_count bigint", *WRITER_VARIABLES)
        body = write_block([*write_protected(ctx.fullname, lines), "RETURN NULL;"], variables=variables)
        columns = (UPDATED_AT,) if event == "update" else ()
        firing = Firing(relation=entity.name, timing="after", events=(event,), update_columns=columns)
        reaches = [(ctx.schemaname, log.name)]
        declare_trigger(ctx, "eav", op, body, firing, table_name=entity.name, reaches=reaches)


@dataclass(frozen=True)
class _Logger:
    """Writes the lines of the three functions.

    Attributes:
        view: the resource's name with its schema.
        name: the log's.
        log: the log, quoted with its schema.
        key: the entities'.
        attributes: what is kept.
    """

    view: str
    name: str
    log: str
    key: Column[Any]
    attributes: tuple[Attribute, ...]

    @classmethod
    def of(cls, ctx: FactoryContext) -> "_Logger":
        log: Table = ctx[ATTRIBUTE_TABLE]
        kept = tuple(attribute for attribute in ctx[ATTRIBUTES] if not attribute.is_computed)
        return cls(ctx.fullname, log.fullname, qualify(log), get_single_key(ctx), kept)

    @property
    def key_name(self) -> str:
        return quote_name(self.key.name)

    def log_all(self) -> list[str]:
        """Log every value that is not NULL; each stands in the column of its type."""
        if not self.attributes:
            return []
        given = (f"NEW.{item.name}" if item.is_real else f"NEW.{CURRENT} ->> {item.key}" for item in self.attributes)
        expected = [f"({value} IS NOT NULL)::integer" for value in given]
        is_given = " OR ".join(f"v.{name} IS NOT NULL" for name in self._value_columns)
        return self._log(CREATED_AT, is_given, expected)

    def log_changes(self) -> list[str]:
        """End each value that changes and log the next; where an entity comes to begin later, its values do too."""
        begin = [
            f"UPDATE {self.log} AS a",
            f"SET {CREATED_AT} = NEW.{CREATED_AT}",
            f"WHERE {self._is_entity('NEW')}",
            f"AND a.{VALID_TO} IS NULL;",
        ]
        moved = write_if([f"NEW.{CREATED_AT} <> OLD.{CREATED_AT}"], begin)
        if not any(item.written.is_written for item in self.attributes):
            return moved
        expected = [f"({self._has_changed(item)})::integer" for item in self.attributes]
        return [
            *moved,
            f"UPDATE {self.log} AS a",
            f"SET {VALID_TO} = NEW.{UPDATED_AT}",
            f"WHERE {self._is_entity('NEW')}",
            f"AND a.{VALID_TO} IS NULL",
            f"AND {self._differs('a')};",
            *self._log(UPDATED_AT, self._differs("v"), expected),
        ]

    def close_all(self) -> list[str]:
        """End every value, whatever deletes the entity: a client or a foreign key's cascade."""
        current = [f"WHERE {self._is_entity('OLD')}", f"AND a.{VALID_TO} IS NULL"]
        return [
            "WITH closed AS (",
            f"    UPDATE {self.log} AS a",
            f"    SET {VALID_TO} = greatest(pg_catalog.now(), a.{CREATED_AT} + interval '1 microsecond')",
            *indent(current),
            f"    RETURNING a.{LOG_ID}",
            ")",
            f"SELECT a.{LOG_ID}",
            "INTO open_id",
            f"FROM {self.log} AS a",
            f"LEFT JOIN closed ON closed.{LOG_ID} = a.{LOG_ID}",
            *current,
            f"AND closed.{LOG_ID} IS NULL;",
            *write_if(["FOUND"], self._refuse()),
        ]

    def _log(self, time: str, condition: str, expected: Sequence[str]) -> list[str]:
        """Log values; a trigger of the user's that keeps one out would break the history.

        Args:
            time: the column with the time from which they hold.
            condition: of those that are logged, which are rows ``v``.
            expected: numbers that add up to how many these are.
        """
        are_too_few = [f"row_count < {expected[0]}", *(f"    + {number}" for number in expected[1:])]
        names = self._value_columns
        rows = [(item.key, *self._place(item)) for item in self.attributes]
        return [
            *write_list(f"INSERT INTO {self.log} AS a (", (ENTITY_ID, CREATED_AT, ATTRIBUTE, *names), ")"),
            f"SELECT NEW.{self.key_name}, NEW.{time}, v.*",
            *write_list("FROM (VALUES ", [f"({', '.join(row)})" for row in rows]),
            f") AS v ({', '.join((ATTRIBUTE, *names))})",
            f"WHERE {condition};",
            "GET DIAGNOSTICS row_count = ROW_COUNT;",
            *write_if(are_too_few, self._refuse()),
        ]

    @property
    def _value_columns(self) -> tuple[str, ...]:
        """The log's columns for values, quoted."""
        return tuple(dict.fromkeys(quote_name(name_value_column(item)) for item in self.attributes))

    def _place(self, attribute: Attribute) -> Iterator[str]:
        """Write a value in the column that is its."""
        own = quote_name(name_value_column(attribute))
        return (attribute.log("NEW", self.log) if column == own else "NULL" for column in self._value_columns)

    def _give(self, record: str) -> str:
        """Write the object of all values of an entity."""
        real = [item for item in self.attributes if item.is_real]
        return f"{record}.{CURRENT}" if not real else f"({record}.{CURRENT} || {write_object(real, record)})"

    def _differs(self, row: str) -> str:
        """Write the condition that the attribute of a row has changed."""
        new, old = (f"{self._give(record)} -> {row}.{ATTRIBUTE}" for record in ("NEW", "OLD"))
        return f"{new} IS DISTINCT FROM {old}"

    def _has_changed(self, attribute: Attribute) -> str:
        if attribute.is_real:
            return attribute.written.differs("NEW", "OLD")
        return f"NEW.{CURRENT} -> {attribute.key} IS DISTINCT FROM OLD.{CURRENT} -> {attribute.key}"

    def _is_entity(self, record: str) -> str:
        return write_equal_of(self.key.type, f"a.{ENTITY_ID}", f"{record}.{self.key_name}")

    def _refuse(self) -> list[str]:
        message = f"a trigger withheld a row of {self.name}, the history of {self.view}".replace("%", "%%")
        errcode = "'triggered_data_change_violation'"
        return write_raise(quote_literal(message), errcode=errcode, hint="'let it withhold no row there'")

"""The functions that write an entity-attribute-value resource through its view."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from pgcraft.factory.context import FactoryContext
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.plpgsql import indent, write_block, write_if, write_list, write_raise
from pgcraft.plugin import Plugin, requires
from pgcraft.plugins.eav.attributes import CURRENT, Attribute, name_value_column, write_object
from pgcraft.plugins.eav.rules import read_checks, write_computed, write_rules
from pgcraft.plugins.eav.tables import ATTRIBUTE, ATTRIBUTE_TABLE, ATTRIBUTES, ENTITY_TABLE
from pgcraft.plugins.entity import CREATED_AT, ENTITY_ID, UPDATED_AT, VALID_TO, get_single_key, qualify
from pgcraft.plugins.protect import WRITER_VARIABLES, write_protected
from pgcraft.plugins.view_writes import declare_view_writes, fill_key

EXACT_TEXT = (
    ("DateStyle", "ISO"),
    ("IntervalStyle", "iso_8601"),
    ("TimeZone", "UTC"),
    ("bytea_output", "hex"),
    ("extra_float_digits", "1"),
)
"""Settings under which the text of a value reads back as the same value, whatever the reader's settings are."""


@requires(ENTITY_TABLE, ATTRIBUTE_TABLE, ATTRIBUTES, "table")
class EAVTriggersPlugin(Plugin):
    """Lets clients insert, update and delete through the view."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register three functions and three triggers."""
        writer = _Writer.of(ctx)
        bodies = {"insert": writer.insert(), "update": writer.update(), "delete": writer.delete()}
        tables = tuple((ctx.schemaname, ctx[key].name) for key in (ENTITY_TABLE, ATTRIBUTE_TABLE))
        declare_view_writes(ctx, "eav", bodies, depends_on=tables, settings=EXACT_TEXT)


@dataclass(frozen=True)
class _Writer:
    """Writes the three bodies; every name but ``view`` is quoted."""

    view: str
    entity: str
    log: str
    key: Column[Any]
    key_name: str
    attributes: tuple[Attribute, ...]
    rules: tuple[str, ...]

    @classmethod
    def of(cls, ctx: FactoryContext) -> "_Writer":
        entity: Table = ctx[ENTITY_TABLE]
        log: Table = ctx[ATTRIBUTE_TABLE]
        attributes: tuple[Attribute, ...] = ctx[ATTRIBUTES]
        key = get_single_key(ctx)
        rules = write_rules(ctx.fullname, attributes, read_checks(ctx, attributes))
        return cls(
            view=ctx.fullname,
            entity=qualify(entity),
            log=qualify(log),
            key=key,
            key_name=quote_name(key.name),
            attributes=attributes,
            rules=tuple(rules),
        )

    @property
    def kept(self) -> tuple[Attribute, ...]:
        """What the log keeps: everything that is not computed."""
        return tuple(attribute for attribute in self.attributes if not attribute.is_computed)

    @property
    def stored(self) -> tuple[Attribute, ...]:
        return tuple(attribute for attribute in self.attributes if attribute.is_stored)

    @property
    def real(self) -> tuple[Attribute, ...]:
        return tuple(attribute for attribute in self.attributes if attribute.is_real)

    @property
    def written(self) -> tuple[Attribute, ...]:
        """What clients write."""
        return tuple(attribute for attribute in self.attributes if attribute.written.is_written)

    def insert(self) -> str:
        real = [attribute for attribute in self.real if attribute.written.is_written]
        columns = (self.key_name, CURRENT, *(attribute.name for attribute in real))
        given = (
            f"NEW.{self.key_name}",
            write_object(self.stored, "NEW"),
            *(attribute.written.inserted for attribute in real),
        )
        overriding = ["OVERRIDING SYSTEM VALUE"] if self.key.identity is not None and self.key.identity.always else []
        returned = (CREATED_AT, UPDATED_AT, *(attribute.name for attribute in self.real))
        inserts = [
            *write_list(f"INSERT INTO {self.entity} AS e (", columns, ")"),
            *overriding,
            *write_list("VALUES (", given, ")"),
            *write_list("RETURNING ", [f"e.{name}" for name in returned]),
            *write_list("INTO ", [f"NEW.{name}" for name in returned], ";"),
            *self._log_all(),
        ]
        lines = [
            *fill_key(self.key, self.entity),
            *self._fill_sequences(),
            *write_computed(self.attributes),
            *self.rules,
            *write_protected(self.view, inserts),
            "RETURN NEW;",
        ]
        return write_block(lines, variables=WRITER_VARIABLES, prefers_columns=True)

    def update(self) -> str:
        refuse_new_key = write_if(
            [f"NEW.{self.key_name} IS DISTINCT FROM OLD.{self.key_name}"],
            self._raise("the key of a row of {view} cannot change", "feature_not_supported"),
        )
        if not self.written:
            return write_block([*refuse_new_key, "RETURN OLD;"])
        first, *rest = (attribute.written.is_same("NEW", "OLD") for attribute in self.written)
        changes = [
            *(line for attribute in self.written for line in self._change(attribute)),
            *(f"NEW.{item.name} := pgcraft_latest.{item.name};" for item in self.real if not item.written.is_written),
            *write_computed(self.attributes),
            *self.rules,
            *self._write_entity(),
        ]
        lines = [
            *refuse_new_key,
            *write_if([first, *(f"    AND {condition}" for condition in rest)], ["RETURN OLD;"]),
            "SELECT e.*",
            "INTO pgcraft_latest",
            f"FROM {self.entity} AS e",
            f"WHERE e.{self.key_name} = OLD.{self.key_name}",
            "FOR UPDATE;",
            *write_if(["NOT FOUND"], ["RETURN NULL;"]),
            f"NEW.{CREATED_AT} := pgcraft_latest.{CREATED_AT};",
            f"NEW.{UPDATED_AT} := greatest(now(), pgcraft_latest.{UPDATED_AT} + interval '1 microsecond');",
            *write_protected(self.view, changes),
            "RETURN NEW;",
        ]
        variables = (f"pgcraft_latest {self.entity}%ROWTYPE", "pgcraft_changes jsonb := '{}'", *WRITER_VARIABLES)
        return write_block(lines, variables=variables, prefers_columns=True)

    def delete(self) -> str:
        delete = [f"DELETE FROM {self.entity} AS e", f"WHERE e.{self.key_name} = OLD.{self.key_name};"]
        lines = [
            *write_protected(self.view, delete),
            *write_if(["NOT FOUND"], ["RETURN NULL;"]),
            "RETURN OLD;",
        ]
        return write_block(lines, variables=WRITER_VARIABLES)

    def _fill_sequences(self) -> list[str]:
        return [
            f"NEW.{attribute.name} := {attribute.written.inserted};"
            for attribute in self.stored
            if attribute.written.sequence
        ]

    def _log_all(self) -> list[str]:
        """Log every value that is not NULL, one statement for each type."""
        by_column: dict[str, list[Attribute]] = {}
        for attribute in self.kept:
            by_column.setdefault(name_value_column(attribute), []).append(attribute)
        return [line for column, attributes in by_column.items() for line in self._log_some(column, attributes)]

    def _log_some(self, column: str, attributes: Iterable[Attribute]) -> list[str]:
        pairs = [f"({attribute.key}, NEW.{attribute.name})" for attribute in attributes]
        return [
            *write_list(f"INSERT INTO {self.log} AS a (", _log_columns(quote_name(column)), ")"),
            f"SELECT NEW.{self.key_name}, NEW.{CREATED_AT}, v.attribute, v.value",
            *write_list("FROM (VALUES ", pairs, ") AS v (attribute, value)"),
            "WHERE v.value IS NOT NULL;",
        ]

    def _change(self, attribute: Attribute) -> list[str]:
        """Log a value that changes, or take over what another transaction made of it."""
        current = attribute.read("pgcraft_latest")
        suffix = "" if attribute.written.has_equality else "::text"
        conflict = self._raise(
            "a row of {view} was changed by another transaction while it was updated",
            "serialization_failure",
            hint="run the transaction again",
        )
        change = [
            *write_if([f"({current}){suffix} IS DISTINCT FROM OLD.{attribute.name}{suffix}"], conflict),
            *(
                [f"pgcraft_changes := pgcraft_changes || {write_object([attribute], 'NEW')};"]
                if attribute.is_stored
                else []
            ),
            f"UPDATE {self.log} AS a",
            f"SET {VALID_TO} = NEW.{UPDATED_AT}",
            f"WHERE a.{ENTITY_ID} = OLD.{self.key_name}",
            f"AND a.{ATTRIBUTE} = {attribute.key}",
            f"AND a.{VALID_TO} IS NULL;",
            *write_list(f"INSERT INTO {self.log} AS a (", _log_columns(quote_name(name_value_column(attribute))), ")"),
            f"VALUES (OLD.{self.key_name}, NEW.{UPDATED_AT}, {attribute.key}, NEW.{attribute.name});",
        ]
        keep = [f"NEW.{attribute.name} := {current};"]
        return [f"IF {attribute.written.differs('NEW', 'OLD')} THEN", *indent(change), "ELSE", *indent(keep), "END IF;"]

    def _write_entity(self) -> list[str]:
        changes = [
            f"{UPDATED_AT} = NEW.{UPDATED_AT}",
            f"{CURRENT} = pgcraft_latest.{CURRENT} || pgcraft_changes",
            *(f"{attribute.name} = NEW.{attribute.name}" for attribute in self.real if attribute.written.is_written),
        ]
        return [
            f"UPDATE {self.entity} AS e",
            *write_list("SET ", changes),
            f"WHERE e.{self.key_name} = OLD.{self.key_name};",
        ]

    def _raise(self, message: str, errcode: str, hint: str = "") -> list[str]:
        text = message.format(view=self.view).replace("%", "%%")
        options = {"errcode": quote_literal(errcode)} | ({"hint": quote_literal(hint)} if hint else {})
        return write_raise(quote_literal(text), **options)


def _log_columns(value_column: str) -> tuple[str, ...]:
    return (ENTITY_ID, CREATED_AT, ATTRIBUTE, value_column)

"""The functions that write an entity-attribute-value resource through its view.

The rows of a view are not locked by an UPDATE, so that of a function takes the entity only as the client has read it.
Where another transaction has written in between, it locks what is there now, takes over what the client does not
change, and refuses to overwrite what both did.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.models.definitions import Need
from pgcraft.plugin import Plugin, produces, requires
from pgcraft.plugins.concurrency import Merging
from pgcraft.plugins.eav.attributes import CURRENT, Attribute, write_object, write_object_lines
from pgcraft.plugins.eav.rules import read_checks, write_computed, write_rules
from pgcraft.plugins.eav.tables import ATTRIBUTE_TABLE, ATTRIBUTES, ENTITY_TABLE
from pgcraft.plugins.entity import CREATED_AT, ENTITY_ID, UPDATED_AT, VALID_TO, get_single_key, qualify
from pgcraft.plugins.equality import write_equal_of
from pgcraft.plugins.history import declare_given_key, write_start
from pgcraft.plugins.protect import WRITER_VARIABLES, write_protected
from pgcraft.plugins.view_writes import (
    ROW_VERSION,
    VIEW_WRITES,
    declare_view_writes,
    fill_key,
    keep_key,
    write_merge,
)
from pgcraft.sqltext.plpgsql import LABEL, PASS_OVER, indent, write_block, write_list, write_short_if

EXACT_TEXT = (
    ("DateStyle", "ISO"),
    ("IntervalStyle", "iso_8601"),
    ("TimeZone", "UTC"),
    ("bytea_output", "hex"),
    ("extra_float_digits", "1"),
)
"""Settings under which the text of a value reads back as the same value, whatever the reader's settings are."""


@requires(ENTITY_TABLE, ATTRIBUTE_TABLE, ATTRIBUTES, "table")
@produces(VIEW_WRITES)
class EAVTriggersPlugin(Plugin):
    """Lets clients insert, update and delete through the view."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register three functions and three triggers; sets ``view_writes``."""
        writer = _Writer.of(ctx)
        if writer.written:
            writer.merging.declare(ctx.metadata)
        bodies = {"insert": writer.insert(), "update": writer.update(), "delete": writer.delete()}
        tables = tuple((ctx.schemaname, ctx[key].name) for key in (ENTITY_TABLE, ATTRIBUTE_TABLE))
        settings = () if all(item.has_plain_text for item in writer.stored) else EXACT_TEXT
        declare_view_writes(ctx, "eav", bodies, depends_on=tables, needs=_find_needs(ctx, writer), settings=settings)


def _find_needs(ctx: FactoryContext, writer: "_Writer") -> dict[str, tuple[Need, ...]]:
    """Return what each function needs of the entities, where it runs with its caller's rights; the log keeps itself."""
    entity, log, key = ctx[ENTITY_TABLE], ctx[ATTRIBUTE_TABLE], writer.key
    on_entity = (ctx.schemaname, entity.name)
    real = tuple(item.column.name for item in writer.real if item.written.is_written)
    reads = Need("select", on_entity, (*(column.name for column in entity.columns), ROW_VERSION))
    starts = (
        Need("update", on_entity, (CREATED_AT, UPDATED_AT)),
        Need("select", (ctx.schemaname, log.name), (ENTITY_ID, CREATED_AT, VALID_TO)),
    )
    numbers = (Need("usage", on_entity, (key.name,)),) if key.identity is not None else ()
    inserts = Need("insert", on_entity, (key.name, CURRENT, *real))
    return {
        "insert": (inserts, *numbers, *(starts if writer.start else ()), reads),
        "update": (
            Need("update", on_entity, (CURRENT, UPDATED_AT, *real)),
            Need("select", (ctx.schemaname, ctx.tablename)),
            reads,
        ),
        "delete": (Need("delete", on_entity), reads),
    }


@dataclass(frozen=True)
class _Writer:
    """Writes the three bodies; every name but ``view`` is quoted.

    Attributes:
        view: the resource's name with its schema.
        rules: the lines that refuse what breaks one.
        start: the lines that let an entity begin after what had its key.
        pivot: the resource's view.
        merging: the resource's functions for many writers.
    """

    view: str
    entity: str
    log: str
    key: Column[Any]
    key_name: str
    attributes: tuple[Attribute, ...]
    rules: tuple[str, ...]
    start: tuple[str, ...]
    pivot: str
    merging: Merging

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
            start=tuple(write_start(key, entity, log, (CREATED_AT, UPDATED_AT), is_log_kept=True)),
            pivot=quote_qualified(ctx.schemaname, ctx.tablename),
            merging=Merging.of(ctx.metadata, "eav", ctx.schemaname, ctx.tablename),
        )

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
        current = write_object_lines(self.stored, "NEW")
        given = (f"NEW.{self.key_name}", current, *(f"NEW.{attribute.name}" for attribute in real))
        overriding = ["OVERRIDING SYSTEM VALUE"] if self.key.identity is not None and self.key.identity.always else []
        returned = (CREATED_AT, UPDATED_AT, *(attribute.name for attribute in self.real))
        insert = [
            *write_list(f"INSERT INTO {self.entity} AS e (", columns, ")"),
            *overriding,
            *write_list("VALUES (", given, ")"),
            *write_list("RETURNING ", [f"e.{name}" for name in returned]),
            *write_list("INTO ", [f"NEW.{name}" for name in returned], ";"),
        ]
        lines = [
            *fill_key(self.key, self.entity),
            *self._fill_sequences(),
            *write_computed(self.attributes),
            *self.rules,
            *write_protected(self.view, insert),
            PASS_OVER,
            *(write_protected(self.view, self.start) if self.start else ()),
            "RETURN NEW;",
        ]
        variables = (*declare_given_key(self.key), *WRITER_VARIABLES)
        return write_block(lines, variables=variables, prefers_columns=True)

    def update(self) -> str:
        if not self.written:
            return write_block([*keep_key(self.view, self.key), "RETURN OLD;"])
        real = [item.written for item in self._real_written()]
        is_unchanged = " AND ".join((*(item.is_same("NEW", "OLD") for item in real), "changes = '{}'"))
        attempt = [
            *write_computed(self.attributes),
            *self.rules,
            *write_protected(self.view, self._write_entity()),
            "EXIT WHEN FOUND;",
            *self._read_current(),
            *write_merge([item.written for item in self.written], self.merging),
            *(f"OLD.{name} := latest.{name};" for name in (UPDATED_AT, *(item.name for item in real))),
        ]
        lines = [
            *keep_key(self.view, self.key),
            *(f"NEW.{item.name} := OLD.{item.name};" for item in self.stored if item.written.is_numbered),
            *(line for item in self.stored if item.written.is_written for line in self._collect_change(item)),
            *write_short_if(is_unchanged, "RETURN OLD;"),
            "LOOP",
            *indent(attempt),
            "END LOOP;",
            "RETURN NEW;",
        ]
        variables = ("latest pg_catalog.record", "changes pg_catalog.jsonb := '{}'", *WRITER_VARIABLES)
        return write_block(lines, variables=variables, prefers_columns=True, is_labelled=True)

    def delete(self) -> str:
        delete = [f"DELETE FROM {self.entity} AS e", f"WHERE {self._is_key('e')};"]
        lines = [*write_protected(self.view, delete), PASS_OVER, "RETURN OLD;"]
        return write_block(lines, variables=WRITER_VARIABLES)

    def _fill_sequences(self) -> list[str]:
        return [
            f"NEW.{attribute.name} := {attribute.written.sequence};"
            for attribute in self.stored
            if attribute.written.sequence
        ]

    def _collect_change(self, attribute: Attribute) -> list[str]:
        change = f"changes := changes || {write_object([attribute], 'NEW')};"
        return write_short_if(attribute.written.differs("NEW", "OLD"), change)

    def _write_entity(self) -> list[str]:
        """Write the entity as the client has read it; foreign keys change real columns without a new time."""
        real = self._real_written()
        changes = [
            f"{UPDATED_AT} = greatest(pg_catalog.now(), e.{UPDATED_AT} + interval '1 microsecond')",
            f"{CURRENT} = e.{CURRENT} || {LABEL}.changes",
            *(f"{item.name} = NEW.{item.name}" for item in real),
        ]
        returned = (CREATED_AT, UPDATED_AT, *(item.name for item in self.real if not item.written.is_written))
        return [
            f"UPDATE {self.entity} AS e",
            *write_list("SET ", changes),
            f"WHERE {self._is_key('e')}",
            f"AND e.{UPDATED_AT} = OLD.{UPDATED_AT}",
            *(f"AND {item.written.is_same('e', 'OLD')}" for item in real),
            *write_list("RETURNING ", [f"e.{name}" for name in returned]),
            *write_list("INTO ", [f"NEW.{name}" for name in returned], ";"),
        ]

    def _read_current(self) -> list[str]:
        """Lock what is there now, and read it.

        What is as it was read has been withheld by a trigger of the user's, and what this statement has changed itself
        it changes once, as a table does.
        """
        other = (item.written.differs("e", "OLD") for item in self._real_written())
        is_other = " OR ".join((f"e.{UPDATED_AT} <> OLD.{UPDATED_AT}", *other))
        return [
            f"PERFORM FROM {self.entity} AS e",
            f"WHERE {self._is_key('e')}",
            f"AND ({is_other})",
            f"AND NOT {self.merging.call_is_own('e')}",
            "FOR NO KEY UPDATE;",
            PASS_OVER,
            "SELECT v.*",
            "INTO latest",
            f"FROM {self.pivot} AS v",
            f"WHERE {self._is_key('v')};",
        ]

    def _is_key(self, alias: str) -> str:
        """Write the condition that a row is the entity's."""
        name = self.key_name
        return write_equal_of(self.key.type, f"{alias}.{name}", f"OLD.{name}")

    def _real_written(self) -> list[Attribute]:
        return [item for item in self.real if item.written.is_written]

"""Random resources and random writes to them, for the tests that follow them beside a plain Python model."""

import datetime as dt
import decimal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    UUID,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Float,
    Integer,
    Numeric,
    String,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from pgcraft.check import PGCraftCheck
from pgcraft.collect import collect
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.fk import PGCraftFK
from pgcraft.identifiers import quote_name
from pgcraft.models.naming import limit_name
from pgcraft.plugins.pk import IdentityPKPlugin, SerialPKPlugin, UUIDV4PKPlugin
from pgcraft.render.catalog import render_catalog
from tests.acceptance.hostile import HOSTILE_NAMES
from tests.factories.building import FACTORIES, Models

OWNERS = (1, 2, 3)
"""The keys in the table that references point to."""

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)
DOCUMENTS = st.recursive(st.integers() | st.booleans() | TEXT, lambda inner: st.lists(inner, max_size=3), max_leaves=4)
NUMBERS = st.integers(-(2**31), 2**31 - 1)
MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001  Hypothesis adds the zone
TYPES: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "integer": (Integer(), NUMBERS),
    "text": (Text(), TEXT),
    "short text": (String(20), TEXT),
    "boolean": (Boolean(), st.booleans()),
    "numeric": (Numeric(12, 2), st.decimals(-(10**9), 10**9, places=2)),
    "float": (Float(53), st.floats(allow_nan=False)),
    "date": (Date(), st.dates()),
    "moment": (DateTime(timezone=True), MOMENTS),
    "uuid": (UUID(), st.uuids()),
    "jsonb": (JSONB(), DOCUMENTS),
    "json": (JSON(), DOCUMENTS),
    "few": (Integer(), st.integers(-1, 2)),
    "reference": (Integer(), st.integers(1, 4)),
    "array": (ARRAY(Integer()), st.lists(NUMBERS, max_size=3)),
}
DEFAULTS: dict[str, tuple[str, Any]] = {
    "integer": ("7", 7),
    "few": ("1", 1),
    "text": ("it's 100%", "it's 100%"),
    "boolean": ("false", False),
    "numeric": ("1.50", decimal.Decimal("1.50")),
}
"""A server default for some types, and the value that it gives."""


@dataclass(frozen=True)
class Field:
    """A column of the resource; its values are whole numbers where it is checked, and few where it is unique."""

    name: str
    type: str
    is_nullable: bool = True
    has_default: bool = False
    is_checked: bool = False
    is_unique: bool = False

    @property
    def default(self) -> Any:
        return DEFAULTS[self.type][1] if self.has_default else None

    def takes(self, value: Any) -> bool:
        if value is None:
            return self.is_nullable
        return (not self.is_checked or value >= 0) and (self.type != "reference" or value in OWNERS)


@dataclass(frozen=True)
class Write:
    """One statement: ``values`` by column; ``target`` picks the row of an update, a delete or a note."""

    op: str
    route: str
    target: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A resource and what is done to it.

    Attributes:
        doubled: the field of which a computed column ``double`` has twice the value.
        on_delete: what becomes of the notes on a row that is deleted.
    """

    kind: str
    name: str
    key: Any
    fields: tuple[Field, ...]
    writes: tuple[Write, ...]
    doubled: str | None
    on_delete: str

    @property
    def names(self) -> tuple[str, ...]:
        """The columns whose values are known."""
        return (*(field.name for field in self.fields), *(["double"] if self.doubled else []))

    def complete(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row with what is computed from it."""
        if self.doubled is None:
            return dict(row)
        value = row[self.doubled]
        return {**row, "double": None if value is None else 2 * value}

    def allows(self, row: Mapping[str, Any], others: list[Mapping[str, Any]]) -> bool:
        """Whether a row keeps every rule beside the others."""
        unique = [field.name for field in self.fields if field.is_unique and row[field.name] is not None]
        is_alone = all(row[name] != other[name] for name in unique for other in others)
        return is_alone and all(field.takes(row[field.name]) for field in self.fields)


@st.composite
def fields(draw: st.DrawFn, name: str) -> Field:
    type_ = draw(st.sampled_from(sorted(TYPES)))
    has_default = type_ in DEFAULTS and draw(st.booleans())
    is_checked = type_ in ("integer", "few") and draw(st.booleans())
    return Field(name, type_, draw(st.booleans()), has_default, is_checked, type_ == "few" and draw(st.booleans()))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    names = draw(st.lists(st.sampled_from(HOSTILE_NAMES), min_size=3, max_size=6, unique=True))
    kind = draw(st.sampled_from(sorted(FACTORIES)))
    amount = (Field("value", "integer", is_nullable=False),) if kind == "Ledger" else ()
    own = tuple(draw(fields(name)) for name in names[2:])
    keys = st.sampled_from((SerialPKPlugin, IdentityPKPlugin, UUIDV4PKPlugin))
    given = {field.name: st.none() | TYPES[field.type][1] for field in own}
    values = st.fixed_dictionaries({field.name: NUMBERS for field in amount}, optional=given)
    writes = st.builds(
        Write,
        st.sampled_from(("insert", "insert", "update", "delete", "note")),
        st.sampled_from(("own", "api")),
        st.integers(0, 9),
        values,
    )
    numbers = [field.name for field in own if field.type in ("integer", "few")]
    return Case(
        kind,
        names[0],
        draw(keys)(names[1]),
        (*amount, *own),
        tuple(draw(st.lists(writes, min_size=1, max_size=12))),
        draw(st.none() | st.sampled_from(numbers)) if numbers else None,
        draw(st.sampled_from(("CASCADE", "NO ACTION"))),
    )


def write_schema(case: Case) -> str:
    """Return the statements that make the resource, what it points to, and the notes that point to it."""
    models = Models()
    models.declare("Simple", "owners", [Column("name", String)], schema="other")
    items: list[Any] = []
    for field in case.fields:
        if field.name == "value" and case.kind == "Ledger":
            continue
        default = DEFAULTS[field.type][0] if field.has_default else None
        column = Column(field.name, TYPES[field.type][0], nullable=field.is_nullable, server_default=default)
        column.unique = field.is_unique or None
        items.append(column)
        if field.is_checked:
            items.append(PGCraftCheck(f"{{{field.name}}} >= 0", limit_name(f"ck {field.name}")))
        if field.type == "reference":
            name = limit_name(f"fk {field.name}")
            items.append(PGCraftFK(references={f"{{{field.name}}}": "other.owners.id"}, name=name))
    if case.doubled:
        twice = Computed(f"2 * {quote_name(case.doubled)}::bigint", persisted=True)
        items.append(Column("double", BigInteger, twice))
    factory = models.declare(case.kind, case.name, items, schema="own", extra_plugins=[case.key])
    models.expose(factory)
    target = ".".join(quote_name(part) for part in ("own", case.name, case.key.column_name))
    pointer = PGCraftFK(references={"{item}": target}, name="fk_note_item", ondelete=case.on_delete)
    models.declare("Simple", "notes", [Column("item", case.key.make_column().type), pointer], schema="other")
    pgcraft_configure_metadata(models.metadata, models.config)
    statements = [statement.sql for statement in render_catalog(collect(models.metadata))]
    owners = ", ".join(f"({key})" for key in OWNERS)
    return ";\n".join([*statements, f"INSERT INTO other.owners (id) VALUES {owners}"])

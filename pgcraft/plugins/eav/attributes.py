"""How each attribute of an entity-attribute-value resource is kept.

The current values stand beside the entity's key in one ``jsonb`` object, as text in the form that PostgreSQL reads back
exactly; a read of the view costs no join. The log has one row a change, with one column for each SQL type.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Enum, Numeric, String
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.types import TypeEngine

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.models.naming import limit_name
from pgcraft.plugins.entity import find_referencing, get_value_columns
from pgcraft.plugins.view_writes import ViewColumn, describe_column
from pgcraft.sqltext.compiling import compile_server_default, compile_sql, compile_type, is_found_anywhere
from pgcraft.sqltext.dialect import DIALECT, find_stored_type
from pgcraft.sqltext.plpgsql import write_list

CURRENT = "current"
"""The entity table's column with the current values."""
_CONSTANT = re.compile(r"(E?'([^'\\]|'')*'|[-+]?[\d.]+|true|false)(::[\w .]+(\(\d+(,\s*\d+)?\))?)?\Z", re.IGNORECASE)
_PLAIN_TEXT = re.compile(
    r"(character|char|varchar|text|citext|uuid|integer|bigint|smallint|numeric|boolean|jsonb?)"
    r"(\(\d+(,\s*\d+)?\))?(\[\])*",
    re.IGNORECASE,
)
_ANY_TEXT = re.compile(
    r"(character|char|varchar|text|citext|name|uuid|integer|bigint|smallint|numeric|boolean)( varying)?"
    r"(\(\d+(,\s*\d+)?\))?",
    re.IGNORECASE,
)
"""Types whose values are read from text in the same way under all settings; not so in arrays, says PostgreSQL."""


@dataclass(frozen=True)
class Attribute:
    """One value of an entity.

    Attributes:
        column: as declared.
        sql_type: as PostgreSQL writes it: ``VARCHAR(32)``.
        is_real: whether it is a column of the entity table of its own: the server makes it, or a foreign key is on it.
        written: what a trigger must know of it.
    """

    column: Column[Any]
    sql_type: str
    is_real: bool
    written: ViewColumn

    @property
    def is_computed(self) -> bool:
        """Whether PostgreSQL computes it from other attributes."""
        return self.column.computed is not None

    @property
    def is_stored(self) -> bool:
        """Whether it stands in the object of current values."""
        return not self.is_real and not self.is_computed

    @property
    def name(self) -> str:
        """Its quoted name."""
        return self.written.name

    @property
    def key(self) -> str:
        """Its name as an SQL literal."""
        return quote_literal(self.column.name)

    @property
    def expression(self) -> str:
        """The expression of a computed one."""
        computed = self.column.computed
        if computed is None:
            raise ValueError(f"{self.name} is not computed")
        return computed.sqltext if isinstance(computed.sqltext, str) else compile_sql(computed.sqltext)

    def read(self, record: str) -> str:
        """Return its current value, read from a row of the entity table; not for a function, whose path has no type of
        an extension."""
        if self.is_real:
            return f"{record}.{self.name}"
        value = f"({record}.{CURRENT} ->> {self.key})::{self.sql_type}"
        default = compile_server_default(self.column)
        if default is None or not _CONSTANT.match(default):
            return value
        return f"(CASE WHEN {record}.{CURRENT} ? {self.key} THEN {value} ELSE {default} END)::{self.sql_type}"

    def log(self, record: str, log: str) -> str:
        """Return what a function writes of its value into the log, whose column knows a type that has no name there.

        Args:
            record: a row of the entity table, which has the value.
            log: the quoted table.
        """
        if self.is_real:
            return f"{record}.{self.name}"
        sql_type = compile_type(self.column.type)
        if is_found_anywhere(sql_type):
            return f"({record}.{CURRENT} ->> {self.key})::{sql_type}"
        name = name_value_column(self)
        given = f"pg_catalog.jsonb_build_object({quote_literal(name)}, {record}.{CURRENT} -> {self.key})"
        return f"(pg_catalog.jsonb_populate_record(NULL::{log}, {given})).{quote_name(name)}"

    @property
    def has_plain_text(self) -> bool:
        """Whether the text of its values is the same under all settings."""
        return isinstance(self.column.type, Enum) or _PLAIN_TEXT.fullmatch(self.sql_type) is not None

    def index_expression(self) -> str:
        """Return what an index of the entity table takes for it: typed where the cast never depends on a setting."""
        if self.is_real:
            return self.name
        text = f"({CURRENT} ->> {self.key})"
        stored = find_stored_type(self.column.type)
        base = stored.data_type if isinstance(stored, DOMAIN) else stored
        return f"({text}::{self.sql_type})" if _ANY_TEXT.fullmatch(_compile_type(base)) else text


def describe_attributes(ctx: FactoryContext) -> tuple[Attribute, ...]:
    """Return the attributes of a resource in order."""
    referencing = find_referencing(ctx)
    return tuple(
        Attribute(
            column=column,
            sql_type=_compile_type(column.type),
            is_real=column.identity is not None or column.name in referencing,
            written=describe_column(column),
        )
        for column in get_value_columns(ctx)
    )


def name_value_column(attribute: Attribute) -> str:
    """Return the name of the log's column for values of an attribute's type: ``value_integer``."""
    written = _compile_type(value_type(attribute.column.type)).lower().replace("[]", " array")
    slug = re.sub(r"\W+", "_", written).strip("_")
    return limit_name(f"value_{slug}")


def value_type(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type of the log's column for values of a type: strings and numbers of every length share one."""
    match stored := find_stored_type(type_):
        case Enum():
            return type_
        case String():
            return String()
        case Numeric() if type(stored) is Numeric:
            return Numeric()
        case _:
            return type_


def write_object(attributes: Iterable[Attribute], record: str) -> str:
    """Write the object of current values from a record's fields; a function takes a hundred arguments at most."""
    chunks = [f"{_BUILD}{', '.join(chunk)})" for chunk in _pair(attributes, record)]
    return " || ".join(chunks)


def write_object_lines(attributes: Iterable[Attribute], record: str) -> list[str]:
    """Write the same, one value a line when it is long."""
    first, *rest = (write_list(_BUILD, chunk, ")") for chunk in _pair(attributes, record))
    return [*first, *(line for chunk in rest for line in (f"|| {chunk[0]}", *chunk[1:]))]


def _pair(attributes: Iterable[Attribute], record: str) -> list[list[str]]:
    pairs = [f"{attribute.key}, {record}.{attribute.name}::pg_catalog.text" for attribute in attributes]
    return [pairs[start : start + 50] for start in range(0, len(pairs), 50)] or [[]]


_BUILD = "pg_catalog.jsonb_build_object("


def write_scope(attributes: Iterable[Attribute], record: str) -> str:
    """Write a subquery in which every attribute of a record is a column under its own name."""
    fields = ", ".join(f"{record}.{attribute.name} AS {attribute.name}" for attribute in attributes)
    return f"(SELECT {fields}) AS v"


def _compile_type(type_: TypeEngine[Any]) -> str:
    return str(type_.compile(dialect=DIALECT))

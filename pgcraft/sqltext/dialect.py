"""The SQLAlchemy dialect that turns elements into text: nothing is a parameter, every name stands with its schema."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import JSON, Enum, Table
from sqlalchemy.dialects.postgresql import DOMAIN, JSONB
from sqlalchemy.dialects.postgresql.base import PGCompiler, PGDialect, PGIdentifierPreparer
from sqlalchemy.types import TypeDecorator, TypeEngine

from pgcraft.identifiers import quote_literal, quote_name

DEFAULT_SCHEMA = "public"
"""Where a table stands that names no schema."""


class TextPreparer(PGIdentifierPreparer):
    """Quotes like :mod:`pgcraft.identifiers`, and says the schema even where the models left it out."""

    def schema_for_object(self, obj: Any) -> str | None:  # type: ignore[override]  # declared as an attribute
        """Return the schema that an object's name is written with."""
        return obj.schema or (DEFAULT_SCHEMA if isinstance(obj, Table | Enum | DOMAIN) else None)

    def quote(self, ident: str, force: Any = None) -> str:  # noqa: ARG002  its caller names it
        """Quote one name, only where PostgreSQL needs it."""
        return quote_name(str(ident))


class TextCompiler(PGCompiler):
    """Writes every value in place, those too that SQLAlchemy only knows as parameters."""

    def render_literal_value(self, value: Any, type_: TypeEngine[Any]) -> str:
        """Return the SQL constant of a value."""
        if isinstance(value, bytes):
            return f"'\\x{value.hex()}'::bytea"
        if isinstance(type_, JSON) and value is not None:
            name = "jsonb" if isinstance(type_, JSONB) else "json"
            return f"{quote_literal(json.dumps(value, ensure_ascii=False))}::{name}"
        if isinstance(value, str) and "\\" in value:
            return quote_literal(value)
        return str(super().render_literal_value(value, type_))  # type: ignore[no-untyped-call]


class TextDialect(PGDialect):
    """PostgreSQL with no server behind it, as any server from 15 on reads it."""

    preparer = TextPreparer
    statement_compiler = TextCompiler
    supports_statement_cache = False

    def __init__(self) -> None:
        # The other styles double every percent sign.
        super().__init__(paramstyle="named")  # type: ignore[no-untyped-call]
        self._backslash_escapes = False
        self.supports_virtual_generated_columns = True


DIALECT = TextDialect()


@contextmanager
def names_up_to(length: int) -> Iterator[None]:
    """Cut names, while its block runs, as for a server that was built with another length of them."""
    before = DIALECT.max_identifier_length
    DIALECT.max_identifier_length = length
    try:
        yield
    finally:
        DIALECT.max_identifier_length = before


def find_stored_type(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type that a column of a declared type has in PostgreSQL: without decorators, and with its variant."""
    if not isinstance(type_, TypeDecorator) and not type_._variant_mapping:  # noqa: SLF001  no public way to ask
        return type_
    stored = type_.dialect_impl(DIALECT)
    return find_stored_type(stored.impl_instance) if isinstance(stored, TypeDecorator) else stored

"""SQLAlchemy elements as SQL text; the one place that compiles them."""

from typing import Any, Protocol

from sqlalchemy import Column, DefaultClause

from pgcraft.dialect import DIALECT
from pgcraft.identifiers import quote_literal


class Compilable(Protocol):
    """A SQLAlchemy element that compiles: a ``Select``, an expression, a type-bound construct."""

    def compile(self, bind: Any = None, dialect: Any = None, **kw: Any) -> Any:
        """Compile the element for a dialect."""


def compile_sql(element: Compilable) -> str:
    """Give an element's SQL text with its values in place; a percent sign and a colon arrive as one.

    Raises:
        sqlalchemy.exc.CompileError: a value of it has no literal form.
    """
    return str(element.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))


def compile_server_default(column: Column[Any]) -> str | None:
    """Give the SQL expression of a column's server default; None when it has none that a text can tell."""
    default = column.server_default
    if not isinstance(default, DefaultClause):
        return None
    if isinstance(default.arg, str):
        return quote_literal(default.arg)
    return compile_sql(default.arg)

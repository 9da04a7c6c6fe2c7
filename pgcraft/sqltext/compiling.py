"""SQLAlchemy elements as SQL text; the one place that compiles them."""

import re
from typing import Any, Protocol

from sqlalchemy import Column, DefaultClause
from sqlalchemy.types import TypeEngine

from pgcraft.identifiers import quote_literal
from pgcraft.sqltext.dialect import DIALECT

_NO_KEYWORDS = frozenset(
    """
    bool box bytea cidr circle date datemultirange daterange float4 float8 inet int2 int4 int4multirange int4range int8
    int8multirange int8range json jsonb jsonpath line lseg macaddr macaddr8 money name nummultirange numrange oid path
    pg_lsn point polygon regclass regtype text timestamptz timetz tsmultirange tsquery tsrange tstzmultirange tstzrange
    tsvector uuid varbit xml
    """.split()
)

_KEYWORDS = frozenset(
    """
    bigint bit boolean char character dec decimal double float int integer interval national nchar numeric real smallint
    time timestamp varchar
    """.split()
)


class Compilable(Protocol):
    """A SQLAlchemy element that compiles: a ``Select``, an expression, a type-bound construct."""

    def compile(self, bind: Any = None, dialect: Any = None, **kw: Any) -> Any:
        """Compile the element for a dialect."""


def compile_sql(element: Compilable) -> str:
    """Return an element's SQL text with its values in place; a percent sign and a colon arrive as one.

    Raises:
        sqlalchemy.exc.CompileError: a value of it has no literal form.
    """
    return str(element.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))


def compile_server_default(column: Column[Any]) -> str | None:
    """Return the SQL expression of a column's server default; None when it has none that a text can tell."""
    default = column.server_default
    if not isinstance(default, DefaultClause):
        return None
    if isinstance(default.arg, str):
        return quote_literal(default.arg)
    return compile_sql(default.arg)


def compile_type(type_: TypeEngine[Any]) -> str:
    """Return a type's SQL text, with its schema wherever that is not a matter of grammar: ``pg_catalog.uuid``."""
    return qualify_type(str(type_.compile(dialect=DIALECT)))


def qualify_type(sql_type: str) -> str:
    """Name a type with its schema where it is PostgreSQL's and its name is no keyword: ``pg_catalog.uuid``.

    Keywords such as ``integer`` stand for PostgreSQL's own types whatever the path is.
    """
    name = re.match(r"\w+", sql_type)
    return f"pg_catalog.{sql_type.lower()}" if name and name[0].lower() in _NO_KEYWORDS else sql_type


def is_found_anywhere(sql_type: str) -> bool:
    """Whether a type's text stands for the same type whatever the path is: it names a schema, or is a keyword."""
    return re.match(r'("[^"]*"|\w)+\.', sql_type) is not None or sql_type.split()[0].split("(")[0].lower() in _KEYWORDS

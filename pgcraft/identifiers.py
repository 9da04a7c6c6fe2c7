"""All quoting of SQL names and literals; nothing else in the project writes a quote mark.

Rules: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

import hashlib
import re
from collections.abc import Collection
from functools import lru_cache

MAX_BYTES = 63
"""An identifier's length in bytes (NAMEDATALEN - 1); PostgreSQL cuts what is longer."""

HASH_DIGITS = 8
"""How many digits tell cut names apart."""

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")  # as PostgreSQL prints names: one with a dollar sign is quoted

# Keywords that cannot stand bare as a column or table name: every reserved word, and those that may only name
# functions or types (`pg_get_keywords()` catcodes R and T, and C for between, values and the like), of 15 to 18.
# The words of the last line are PL/pgSQL's: bare, they cannot name a field of a record.
_KEYWORDS = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both
    case cast char character check coalesce collate collation column concurrently constraint create cross
    current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
    decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
    freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect
    interval into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg json_query
    json_scalar json_serialize json_table json_value lateral leading least left like limit localtime
    localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset on
    only or order out outer overlaps overlay placing position precision primary real references returning right
    row select session_user setof similar smallint some substring symmetric system_user table tablesample then
    time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when
    where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
    xmlroot xmlserialize xmltable
    begin by declare execute foreach if loop strict while
    """.split()
)


def limit_name(name: str, max_length: int = MAX_BYTES) -> str:
    """Cut a name to a number of bytes; a cut one ends in ``_`` and eight digits of the whole name's hash."""
    limit = min(max_length, MAX_BYTES)
    encoded = name.encode()
    if len(encoded) <= limit:
        return name
    kept = encoded[: limit - HASH_DIGITS - 1].decode(errors="ignore")
    return f"{kept}_{hash_text(name)}"


def find_free_name(name: str, taken: Collection[str]) -> str:
    """Return a name that nothing has: the wanted one, or one that ends in a number, each cut where it is too long."""
    number, found = 1, limit_name(name)
    while found in taken:
        number += 1
        found = limit_name(f"{name}_{number}")
    return found


def hash_text(text: str) -> str:
    """Return eight digits that stand for a text."""
    return hashlib.blake2s(text.encode(), digest_size=HASH_DIGITS // 2).hexdigest()


@lru_cache(maxsize=10_000)  # a text names the same schema, relation and columns again and again
def quote_name(name: str) -> str:
    """Quote one identifier, only where PostgreSQL needs it: ``order`` gives ``"order"``."""
    if _PLAIN.match(name) and name not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def quote_qualified(schema: str | None, name: str) -> str:
    """Quote a name with its schema: ``("api", "order")`` gives ``api."order"``."""
    return f"{quote_name(schema)}.{quote_name(name)}" if schema else quote_name(name)


def quote_names(names: tuple[str, ...]) -> str:
    """Quote a list of identifiers, divided by a comma and a blank."""
    return ", ".join(quote_name(name) for name in names)


def quote_literal(text: str) -> str:
    """Quote a string constant; with a backslash in it, in the ``E''`` form that no server setting changes."""
    doubled = text.replace("'", "''")
    if "\\" in text:
        return "E'" + doubled.replace("\\", "\\\\") + "'"
    return f"'{doubled}'"


def quote_on_a_line(text: str) -> str:
    r"""Quote a string constant so that it stands on one line, whatever is indented: with ``\n`` for a new one."""
    if "\n" not in text and "\r" not in text:
        return quote_literal(text)
    doubled = text.replace("\\", "\\\\").replace("'", "''")
    return "E'" + doubled.replace("\n", "\\n").replace("\r", "\\r") + "'"


def quote_escaped(text: str) -> str:
    r"""Quote a string constant in the ``E''`` form, with tabs spelled ``\t``."""
    doubled = text.replace("\\", "\\\\").replace("'", "''")
    return "E'" + doubled.replace("\t", "\\t") + "'"


def quote_unicode_name(name: str) -> str:
    r"""Quote an identifier in the ``U&""`` form, with tabs spelled ``\0009``."""
    doubled = name.replace("\\", "\\\\").replace('"', '""')
    return 'U&"' + doubled.replace("\t", "\\0009") + '"'


def quote_body(body: str) -> str:
    """Quote a function body in dollars, with a tag that the body does not hold."""
    tag = ""
    while f"${tag}$" in body or body.endswith(f"${tag}"):
        tag = f"body{len(tag)}" if tag else "body"
    return f"${tag}${body}${tag}$"

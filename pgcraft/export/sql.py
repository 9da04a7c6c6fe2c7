"""The whole schema as one file for psql."""

from collections.abc import Iterable

from pgcraft.catalog.objects import Catalog, escape_text
from pgcraft.render.catalog import render_catalog
from pgcraft.render.statement import Statement


def export_sql(catalog: Catalog, *, title: str = "the schema") -> str:
    """Return the DDL that ``psql -v ON_ERROR_STOP=1 -f`` applies to an empty database, all of it or nothing.

    Args:
        title: stands in the first line.
    """
    # A function may come before a relation that its body names.
    head = f"-- {escape_text(title)}\nBEGIN;\n\nSET LOCAL check_function_bodies = off;"
    return f"{head}\n\n{format_script(render_catalog(catalog))}\nCOMMIT;\n"


def format_script(statements: Iterable[Statement]) -> str:
    """Return statements as a script: each under a comment, closed by a semicolon, divided by empty lines."""
    return "\n\n".join(f"-- {statement.comment}\n{statement.sql};" for statement in statements) + "\n"

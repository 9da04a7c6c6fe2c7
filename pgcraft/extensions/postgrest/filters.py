"""Views that filter rows: what clients write through them must be what they then see.

PostgreSQL's own WITH CHECK OPTION does not hold for a view with INSTEAD OF triggers
(https://www.postgresql.org/docs/current/sql-createview.html), so the functions look whether the view shows the row.
"""

from collections.abc import Sequence

from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.extensions.postgrest.selection import Selection
from pgcraft.extensions.postgrest.source import Source
from pgcraft.identifiers import quote_literal
from pgcraft.models.definitions import SECURITY_BARRIER
from pgcraft.sqltext.plpgsql import write_if, write_raise


def check_option_fits(source: Source, selection: Selection, place: Place) -> None:
    """Check that a view's functions can tell whether it shows a row.

    Raises:
        PGCraftValidationError: PGC163, the view filters nothing, or does not show the key.
    """
    shown = {column.name for column in selection.base_columns}
    if selection.query is None:
        what, remedy = "and no query: it filters nothing", "take it out, or filter: query=lambda q, t: q.where(…)"
    elif not source.key or not shown.issuperset(source.key):
        key = ", ".join(source.key) or "a key"
        what, remedy = f"and does not show {key}, by which a written row is found", f"let its query select {key}"
    else:
        return
    raise PGCraftValidationError("PGC163", f"the view has check_option=True {what}", place=place, remedy=remedy)


def list_options(*, security_barrier: bool) -> tuple[tuple[str, str], ...]:
    """Return the options of a view."""
    return (SECURITY_BARRIER,) if security_barrier else ()


def refuse_hidden(view: str, key: Sequence[str]) -> list[str]:
    """Write the lines that refuse a NEW that the view does not show.

    Args:
        view: quoted, with its schema.
        key: the quoted names of the key's columns in the view.
    """
    conditions = " AND ".join(f"v.{name} = NEW.{name}" for name in key)
    message = f"new row violates check option for view {view}".replace("%", "%%")
    raised = write_raise(quote_literal(message), errcode="'with_check_option_violation'")
    return write_if([f"NOT EXISTS (SELECT FROM {view} AS v WHERE {conditions})"], raised)

"""Alembic's implementation for PostgreSQL, with three readings taken back.

- SQLAlchemy doubles percent signs for drivers whose parameters start with one, also where no driver is to read the
  text: in the file of ``alembic … --sql``, and in the ``sa.CheckConstraint('…')`` that autogenerate writes.
- Such an expression becomes ``sqlalchemy.text()`` again when the revision runs, which takes ``:word`` for a parameter.
- Types that differ in a length, a precision, fields or words are taken for one: ``String`` for ``String(5)``.
"""

from typing import Any

from alembic.ddl.impl import DefaultImpl
from sqlalchemy import ClauseElement, Column
from sqlalchemy.dialects import postgresql

from pgcraft.alembic.text.source import escape_colons
from pgcraft.catalog.types import canonical_type

_DOUBLING_STYLES = ("format", "pyformat")


class ExactText(DefaultImpl):
    """Gives SQL text as it is meant to arrive."""

    def static_output(self, text: str) -> None:
        """Write a statement to the file of an offline run."""
        super().static_output(self._single(text))

    def render_ddl_sql_expr(self, expr: ClauseElement, is_server_default: bool = False, **kw: Any) -> str:
        """Return an expression for a revision file; an index's one is not read by ``text()`` again."""
        text = self._single(super().render_ddl_sql_expr(expr, is_server_default=is_server_default, **kw))
        return text if kw.get("is_index") else escape_colons(text)

    def compare_type(self, inspector_column: "Column[Any]", metadata_column: "Column[Any]") -> bool:
        """Whether the types may differ: where their names do, the catalogs are asked afterwards, see ``settled``."""
        if super().compare_type(inspector_column, metadata_column):
            return True
        there, meant = (self._name_type(column) for column in (inspector_column, metadata_column))
        return there != meant

    def _name_type(self, column: "Column[Any]") -> str:
        return canonical_type(self.dialect.type_compiler_instance.process(column.type))

    def _single(self, text: str) -> str:
        return text.replace("%%", "%") if self.dialect.paramstyle in _DOUBLING_STYLES else text


def use_exact_text() -> None:
    """Put the mix-in before Alembic's (or somebody's) implementation for PostgreSQL; once is enough."""
    base = DefaultImpl.get_by_dialect(postgresql.dialect())  # type: ignore[no-untyped-call]
    if not issubclass(base, ExactText):
        # A class with a __dialect__ is how Alembic learns of an implementation.
        type(base)(  # type: ignore[misc]
            base.__name__, (ExactText, base), {"__dialect__": "postgresql"}
        )

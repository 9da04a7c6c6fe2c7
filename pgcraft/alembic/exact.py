"""Alembic's implementation for PostgreSQL, with three readings taken back.

- SQLAlchemy doubles percent signs for drivers whose parameters start with one, also where no driver is to read the
  text: in the file of ``alembic … --sql``, and in the ``sa.CheckConstraint('…')`` that autogenerate writes.
- Such an expression becomes ``sqlalchemy.text()`` again when the revision runs, which takes ``:word`` for a parameter.
- A type that names no length is taken for one of any length: ``String`` for ``String(5)``.
"""

import re
from typing import Any

from alembic.ddl.impl import DefaultImpl
from sqlalchemy import ClauseElement, Column
from sqlalchemy.dialects import postgresql

from pgcraft.alembic.source import escape_colons

_DOUBLING_STYLES = ("format", "pyformat")
_LIMITED = re.compile(r"(VARCHAR|NUMERIC|TIMESTAMP|TIME|INTERVAL|BIT VARYING)\b[^(]*(\([\d, ]+\))?", re.IGNORECASE)
"""A type that means something else without a length or precision, however the latter is spelled."""


class ExactText(DefaultImpl):
    """Gives SQL text as it is meant to arrive."""

    def static_output(self, text: str) -> None:
        """Write a statement to the file of an offline run."""
        super().static_output(self._single(text))

    def render_ddl_sql_expr(self, expr: ClauseElement, is_server_default: bool = False, **kw: Any) -> str:
        """Give an expression for a revision file; an index's one is not read by ``text()`` again."""
        text = self._single(super().render_ddl_sql_expr(expr, is_server_default=is_server_default, **kw))
        return text if kw.get("is_index") else escape_colons(text)

    def compare_type(self, inspector_column: "Column[Any]", metadata_column: "Column[Any]") -> bool:
        """Whether the types differ; that one has a limit and the other none is a difference, too."""
        there, meant = (self._find_limit(column) for column in (inspector_column, metadata_column))
        is_limited_anew = there[0] == meant[0] and there[1] != meant[1]
        return is_limited_anew or super().compare_type(inspector_column, metadata_column)

    def _find_limit(self, column: "Column[Any]") -> tuple[str, bool]:
        """Give the name of a type of :data:`_LIMITED`, and whether it has a limit; of others nothing."""
        found = _LIMITED.match(self.dialect.type_compiler_instance.process(column.type))
        return (found[1].upper(), found[2] is not None) if found else ("", False)

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

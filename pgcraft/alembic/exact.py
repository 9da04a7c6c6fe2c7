"""Alembic's implementation for PostgreSQL, with three readings taken back.

- SQLAlchemy doubles percent signs for drivers whose parameters start with one, also where no driver is to read the
  text: in the file of ``alembic … --sql``, and in the ``sa.CheckConstraint('…')`` that autogenerate writes.
- Such an expression becomes ``sqlalchemy.text()`` again when the revision runs, which takes ``:word`` for a parameter.
- A type is compared by its first word and what both sides say: ``String`` is taken for ``String(5)``, ``Integer`` for
  ``ARRAY(Integer)``, ``BIT`` for ``BIT VARYING``.
"""

import re
from typing import Any

from alembic.ddl.impl import DefaultImpl
from sqlalchemy import ClauseElement, Column
from sqlalchemy.dialects import postgresql

from pgcraft.alembic.source import escape_colons
from pgcraft.catalog.types import canonical_type, without_modifier

_DOUBLING_STYLES = ("format", "pyformat")
_COLLATION = re.compile(r"\s+COLLATE\s+.*$", re.IGNORECASE | re.DOTALL)
_BUILT_IN = frozenset(
    """
    smallint integer bigint numeric real double_precision money boolean text bytea uuid json jsonb xml date interval
    character character_varying bit bit_varying inet cidr macaddr macaddr8 timestamp_with_time_zone
    timestamp_without_time_zone time_with_time_zone time_without_time_zone
    """.split()
)
"""Types of which every spelling is known, so that they can be compared as PostgreSQL would."""


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
        """Whether the types differ; whether it is an array, and whether it has a limit, is a difference, too."""
        there, meant = (self._find_type(column) for column in (inspector_column, metadata_column))
        are_known = all(
            without_modifier(name).removesuffix("[]").replace(" ", "_") in _BUILT_IN for name in (there, meant)
        )
        is_other = there != meant if are_known else there.endswith("[]") != meant.endswith("[]")
        return is_other or super().compare_type(inspector_column, metadata_column)

    def _find_type(self, column: "Column[Any]") -> str:
        """Give the type as PostgreSQL prints it, but for its collation."""
        return canonical_type(_COLLATION.sub("", self.dialect.type_compiler_instance.process(column.type)))

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

"""Alembic's implementation for PostgreSQL, with four readings taken back.

- SQLAlchemy doubles percent signs for drivers whose parameters start with one, also where no driver is to read the
  text: in the file of ``alembic … --sql``, and in the ``sa.CheckConstraint('…')`` that autogenerate writes.
- Tabs are made blanks there, also those of a function's body.
- An array's element is looked for by a pattern that whatever its text holds makes something else of.
- Such an expression becomes ``sqlalchemy.text()`` again when the revision runs, which takes ``:word`` for a parameter.
"""

from typing import TYPE_CHECKING, Any

from alembic.autogenerate.render import _repr_type
from alembic.ddl.impl import DefaultImpl
from sqlalchemy import ClauseElement, Executable, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import DDLElement

from pgcraft.reconcile.search_path import check_search_path
from pgcraft.scripts.source import escape_colons

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from sqlalchemy.types import TypeEngine

_DOUBLING_STYLES = ("format", "pyformat")


class ExactText(DefaultImpl):
    """Gives SQL text as it is meant to arrive."""

    def start_migrations(self) -> None:
        """Refuse a connection on which the models' names would mean something else."""
        check_search_path(None if self.as_sql else self.connection, self.context_opts)
        super().start_migrations()

    def static_output(self, text: str) -> None:
        """Write a statement to the file of an offline run."""
        super().static_output(self._single(text))

    def _exec(self, construct: "Executable | str", *args: Any, **kw: Any) -> Any:
        """Run a statement, or write it to the file as it is; there it has no parameters."""
        if not self.as_sql or any(args) or any(kw.values()):
            return super()._exec(construct, *args, **kw)
        statement: Any = text(construct) if isinstance(construct, str) else construct
        is_filled = self.literal_binds and not isinstance(statement, DDLElement)
        compiled = statement.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True} if is_filled else {})
        return self.static_output(str(compiled).strip() + self.command_terminator)

    def render_ddl_sql_expr(self, expr: ClauseElement, is_server_default: bool = False, **kw: Any) -> str:
        """Return an expression for a revision file; an index's one is not read by ``text()`` again."""
        text = self._single(super().render_ddl_sql_expr(expr, is_server_default=is_server_default, **kw))
        return text if kw.get("is_index") else escape_colons(text)

    def render_type(self, type_obj: "TypeEngine[Any]", autogen_context: "AutogenContext") -> Any:
        """Return a type for a revision file; Alembic looks for the element of an array by a pattern made of it."""
        if not isinstance(type_obj, postgresql.ARRAY):
            return super().render_type(type_obj, autogen_context)
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        element = _repr_type(type_obj.item_type, autogen_context)
        return f"postgresql.{repr(type_obj).replace(repr(type_obj.item_type), element, 1)}"

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

"""What ``env.py`` says of the comparison, each with the meaning that Alembic gives it.

https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from alembic.autogenerate.compare.server_defaults import _render_server_default_for_compare
from alembic.ddl.impl import DefaultImpl
from sqlalchemy import CheckConstraint, Column
from sqlalchemy.schema import SchemaItem

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_BY_NAME = DefaultImpl.compare_check_constraint
"""Alembic's own comparison of checks, for which those of one name are the same."""


class EnvironmentSettings:
    """Asks the functions of ``env.py``; see ``reconcile.limits.Settings``."""

    def __init__(self, context: "AutogenContext") -> None:
        self._context = context
        self._migration = migration = context.migration_context
        self._compare_type: Any = migration._user_compare_type  # noqa: SLF001  there is no other way to it
        self._compare_default: Any = migration._user_compare_server_default  # noqa: SLF001
        self.plugins: Collection[str] = context.opts.get("autogenerate_plugins") or ()
        self.has_filters = bool(context._object_filters or context._name_filters)  # noqa: SLF001  as above
        self.has_types = self._compare_type is not False
        self.asks_of_types = callable(self._compare_type)
        self.asks_of_defaults = callable(self._compare_default)
        self.asks_of_checks = type(migration.impl).compare_check_constraint is not _BY_NAME

    @property
    def asks_of_columns(self) -> bool:
        """Whether a function is asked of what is the same for us."""
        return self.asks_of_types or self.asks_of_defaults

    def includes_name(self, name: str | None, type_: Any, parents: Mapping[str, str | None]) -> bool:
        """Ask ``include_name``."""
        return self._context.run_name_filters(name, type_, dict(parents))  # type: ignore[arg-type]

    def includes(self, item: SchemaItem, name: str, type_: Any, beside: SchemaItem | None, *, is_there: bool) -> bool:
        """Ask ``include_object``."""
        return self._context.run_object_filters(item, name, type_, is_there, beside)

    def differs_in_type(self, there: Column[Any], meant: Column[Any]) -> bool | None:
        """Ask ``compare_type``."""
        answer: bool | None = self._compare_type(self._migration, there, meant, there.type, meant.type)
        return answer

    def differs_in_default(self, there: Column[Any], meant: Column[Any], default: str | None) -> bool | None:
        """Ask ``compare_server_default``."""
        wanted = meant.server_default
        rendered = _render_server_default_for_compare(wanted, self._context)
        answer: bool | None = self._compare_default(self._migration, there, meant, default, wanted, rendered)
        return answer

    def differs_in_check(self, there: CheckConstraint, meant: CheckConstraint) -> bool:
        """Ask an implementation of somebody's that compares checks in another way than Alembic's own."""
        return self._migration.impl.compare_check_constraint(meant, there).is_different

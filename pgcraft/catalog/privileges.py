"""Privileges: their order, what they are granted on, how they add up, and the objects that ids of grants point to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId

T = TypeVar("T")

PRIVILEGES = (
    *("select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"),
    *("usage", "create", "execute"),
)
"""Every privilege, in the order in which they are written and shown."""

PUBLIC = "PUBLIC"
"""The grantee that stands for every role."""

ALL_PRIVILEGES: dict[str, tuple[str, ...]] = {
    "table": ("delete", "insert", "maintain", "references", "select", "trigger", "truncate", "update"),
    "schema": ("create", "usage"),
    "sequence": ("select", "update", "usage"),
    "function": ("execute",),
}
"""What GRANT ALL means; ``maintain`` came with PostgreSQL 17 and is granted only by name."""

COLUMN_PRIVILEGES = ("insert", "references", "select", "update")
"""Those that a column can have."""


def target_of(grant_id: ObjectId) -> tuple[ObjectId, ...]:
    """Return the ids that a grant may be on: one, or for a view the plain and the materialized one."""
    target = grant_id.granted_on
    if target.kind is not Kind.VIEW:
        return (target,)
    return target, ObjectId(Kind.MATERIALIZED_VIEW, target.schema, target.name)


def right_to_own(item: CatalogObject) -> ObjectId | None:
    """Return the grant on its schema by which the stated owner of an object may make such things there.

    A superuser apart, PostgreSQL lets nobody give an object to who may not.
    """
    owner = getattr(item.definition, "owner", None)
    return ObjectId(Kind.SCHEMA, None, item.id.schema).granted_to(owner) if owner and item.id.schema else None


@dataclass
class Rights:
    """Privileges of one role on one object, as they are granted and revoked one after the other."""

    privileges: set[str] = field(default_factory=set)
    grantable: set[str] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)
    grantable_columns: set[tuple[str, str]] = field(default_factory=set)

    def grant(self, grant: Grant) -> None:
        """Add privileges."""
        self.privileges.update(grant.privileges)
        self.grantable.update(grant.grantable)
        self.columns.update(grant.columns)
        self.grantable_columns.update(grant.grantable_columns)

    def revoke(self, grant: Grant) -> None:
        """Take privileges away; of those that are only grantable, the grant option.

        What is revoked on a whole table is revoked on its columns.
        """
        self.privileges.difference_update(grant.privileges)
        self.grantable.difference_update(grant.privileges, grant.grantable)
        gone, held = set(grant.privileges), {*grant.privileges, *grant.grantable}
        lost, options = set(grant.columns), {*grant.columns, *grant.grantable_columns}
        self.columns = {pair for pair in self.columns if pair not in lost and pair[0] not in gone}
        self.grantable_columns = {
            pair for pair in self.grantable_columns if pair not in options and pair[0] not in held
        }

    def rename_column(self, column: str, name: str) -> None:
        """Give a column another name."""
        self.columns, self.grantable_columns = (
            {(privilege, name if each == column else each) for privilege, each in pairs}
            for pairs in (self.columns, self.grantable_columns)
        )

    def total(self) -> Grant:
        """Return all of them."""
        return Grant(
            tuple(sorted(self.privileges)),
            tuple(sorted(self.grantable)),
            tuple(sorted(self.columns)),
            tuple(sorted(self.grantable_columns)),
        )


def drop_covered(grant: Grant) -> Grant:
    """Leave out what is said of columns and holds for the whole object anyway."""
    options = tuple(pair for pair in grant.grantable_columns if pair[0] not in grant.grantable)
    columns = tuple(pair for pair in grant.columns if pair[0] not in grant.privileges or pair in options)
    return replace(grant, columns=columns, grantable_columns=options)


def unite(left: Grant, right: Grant) -> Grant:
    """Return what one of two grants gives."""
    rights = Rights()
    rights.grant(left)
    rights.grant(right)
    return rights.total()


def subtract(left: Grant, right: Grant) -> Grant:
    """Return what the first grant gives and the second does not."""
    return _filter(left, right, lambda name, names: name not in names)


def intersect(left: Grant, right: Grant) -> Grant:
    """Return what both grants give."""
    return _filter(left, right, lambda name, names: name in names)


def _filter(left: Grant, right: Grant, test: Callable[[object, Iterable[object]], bool]) -> Grant:
    def choose(own: tuple[T, ...], others: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(each for each in own if test(each, others))

    return Grant(
        choose(left.privileges, right.privileges),
        choose(left.grantable, right.grantable),
        choose(left.columns, right.columns),
        choose(left.grantable_columns, right.grantable_columns),
    )

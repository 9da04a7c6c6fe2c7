"""Changes of a domain: where it stands, or recreated under its columns."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Domain
from pgcraft.catalog.objects import Catalog, CatalogObject
from pgcraft.diff.changes import Sql, TypeChanges
from pgcraft.diff.compare import Change
from pgcraft.diff.hazards import hazards_of_not_null, hazards_of_type_change, hazards_of_validation
from pgcraft.diff.type_uses import is_in_container
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.render.domains import domain_check, domain_name
from pgcraft.render.statement import Hazard, HazardType

_MADE_OF = frozenset({"type", "collation"})


def _is_in_place(change: Change, current: Catalog) -> bool:
    """Whether PostgreSQL alters it: not what it is made of, and no new test where it stands inside of other values."""
    if not _MADE_OF.isdisjoint(change.facts):
        return False
    return not (_tests_rows(change) and is_in_container(current, change.id))


def _tests_rows(change: Change) -> bool:
    """Whether the change, or the way back, tests what columns hold."""
    return "nullable" in change.facts or bool(_find_changed(change))


def _alter(change: Change, declared: CatalogObject) -> tuple[Sql, Sql]:
    checks = _find_changed(change)
    up = tuple(_steps(change.current, declared, change.facts, checks))
    return up, tuple(_steps(declared, change.current, change.facts, checks))


def _find_changed(change: Change) -> frozenset[str]:
    """Return the names of the checks that differ, in the form of the database."""
    old, new = (dict(item.defined_as(Domain).checks) for item in (change.current, change.wanted))
    return frozenset(name for name in old | new if old.get(name) != new.get(name))


def _steps(
    before: CatalogObject, after: CatalogObject, facts: tuple[str, ...], checks: frozenset[str]
) -> Iterator[str]:
    """Return the SQL that leads from one form to another; a check is added with the test of all rows.

    To test them apart (NOT VALID, VALIDATE) locks as much where both run in one transaction.
    """
    old, new = before.defined_as(Domain), after.defined_as(Domain)
    head = f"ALTER DOMAIN {domain_name(after)}"
    yield from (f"{head} DROP CONSTRAINT {quote_name(name)}" for name, _ in old.checks if name in checks)
    # PostgreSQL begins no subtransaction right after a check of a domain went, as any block that catches errors is one;
    # to say the default again is a change, and ends that.
    if "default" in facts or (checks and not checks.intersection(name for name, _ in new.checks)):
        yield f"{head} DROP DEFAULT" if new.default is None else f"{head} SET DEFAULT {new.default}"
    if "nullable" in facts:
        yield f"{head} {'DROP' if new.nullable else 'SET'} NOT NULL"
    yield from (f"{head} ADD {domain_check(name, text)}" for name, text in new.checks if name in checks)
    if "comment" in facts:
        comment = "NULL" if new.comment is None else quote_literal(new.comment)
        yield f"COMMENT ON DOMAIN {domain_name(after)} IS {comment}"


def _hazards(change: Change, _: Catalog) -> tuple[Hazard, ...]:
    old, new = change.current.defined_as(Domain), change.wanted.defined_as(Domain)
    found: list[Hazard] = []
    if old.type != new.type:
        found += hazards_of_type_change(old_type=old.type, new_type=new.type)
    elif old.collation != new.collation:
        found.append(Hazard(HazardType.TABLE_REWRITE, f"every row that holds a value of {change.id} is written anew"))
    if old.nullable and not new.nullable:
        found += hazards_of_not_null()
    added = [name for name, _ in new.checks if name in _find_changed(change)]
    for name in added:
        found += hazards_of_validation(f"check {name} of {change.id}")
    return tuple(dict.fromkeys(found))


CHANGES = TypeChanges(_is_in_place, _alter, _hazards)

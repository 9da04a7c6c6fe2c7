"""Grants, added up to one object for each grantee and thing granted on."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.origins import Origin, Origins
from pgcraft.catalog.privileges import ALL_PRIVILEGES, COLUMN_PRIVILEGES, PUBLIC, Rights, drop_covered, target_of
from pgcraft.catalog.types import canonical_signature
from pgcraft.collect.derived_grants import DerivedGrant
from pgcraft.errors import PGCraftValidationError, find_nearest
from pgcraft.models.declarations import Declarations, Declared
from pgcraft.models.definitions import GrantDefinition


@dataclass
class _Sum:
    """Everything one role was granted on one object so far."""

    rights: Rights = field(default_factory=Rights)
    origins: dict[Origin, None] = field(default_factory=dict)
    reasons: set[str] = field(default_factory=set)


def collect_grants(
    declarations: Declarations, declared: Collection[ObjectId], derived: Iterable[DerivedGrant] = ()
) -> Iterator[Draft]:
    """Return the declared grants; EXECUTE for PUBLIC belongs to the function itself and is left out.

    Args:
        declared: ids of everything else that is declared; they tell views from tables.
        derived: what declared grants need.

    Raises:
        PGCraftValidationError: PGC151, a privilege that PostgreSQL does not know; PGC155, a kind of object.
    """
    sums: dict[ObjectId, _Sum] = {}
    for item in declarations.grants.all():
        if not _is_public_execute(item.definition):
            total = sums.setdefault(_grant_id(item.definition, declared), _Sum())
            _add(total, item.definition, expand_privileges(item), item.origins)
    for other in derived:
        total = sums.setdefault(_grant_id(other.definition, declared), _Sum())
        _add(total, other.definition, other.definition.privileges, other.origins)
        total.reasons.add(other.reason)
    for object_id, total in sums.items():
        definition = drop_covered(total.rights.total())
        needs = (ObjectId(Kind.ROLE, None, object_id.grantee), *target_of(object_id))
        role = f"needed for {', '.join(sorted(total.reasons))}" if total.reasons else ""
        yield Draft(CatalogObject(object_id, definition, origins=tuple(total.origins), role=role), needs=needs)


def find_public_functions(declarations: Declarations) -> frozenset[ObjectId]:
    """Return the functions that PUBLIC may execute: those where it was not revoked, or was granted again."""
    granted = [item.definition for item in declarations.grants.all() if _is_public_execute(item.definition)]
    functions = [item.definition for item in declarations.functions.all() if not item.definition.revoke_public]
    named = [(found.schema, found.name or "", found.arguments) for found in granted]
    named += [(found.schema, found.name, found.arguments) for found in functions]
    aggregates = (item.definition for item in declarations.aggregates.all())
    named += [(found.schema, found.name, found.arguments) for found in aggregates if not found.revoke_public]
    return frozenset(
        ObjectId(Kind.FUNCTION, schema, name, signature=canonical_signature(arguments))
        for schema, name, arguments in named
    )


def _is_public_execute(grant: GrantDefinition) -> bool:
    return grant.on == "function" and grant.to.upper() == PUBLIC


def _grant_id(grant: GrantDefinition, declared: Collection[ObjectId]) -> ObjectId:
    return _target_id(grant, declared).granted_to(PUBLIC if grant.to.upper() == PUBLIC else grant.to)


def _target_id(grant: GrantDefinition, declared: Collection[ObjectId]) -> ObjectId:
    if grant.on == "schema":
        return ObjectId(Kind.SCHEMA, None, grant.schema)
    name = grant.name or ""
    if grant.on == "function":
        return ObjectId(Kind.FUNCTION, grant.schema, name, signature=canonical_signature(grant.arguments))
    if grant.on == "sequence":
        return ObjectId(Kind.SEQUENCE, grant.schema, name)
    is_view = any(ObjectId(kind, grant.schema, name) in declared for kind in (Kind.VIEW, Kind.MATERIALIZED_VIEW))
    return ObjectId(Kind.VIEW if is_view else Kind.TABLE, grant.schema, name)


def _add(total: _Sum, grant: GrantDefinition, privileges: Iterable[str], origins: Origins) -> None:
    listed = tuple(privileges)
    pairs = tuple((privilege, column) for privilege in listed for column in grant.columns)
    if grant.columns:
        given = Grant(columns=pairs, grantable_columns=pairs if grant.grantable else ())
    else:
        given = Grant(listed, listed if grant.grantable else ())
    total.rights.grant(given)
    total.origins.update(dict.fromkeys(origins))


def expand_privileges(item: Declared[GrantDefinition]) -> tuple[str, ...]:
    """Return the privileges of a grant in lower case, ALL as what it stands for.

    Raises:
        PGCraftValidationError: PGC151, a privilege that PostgreSQL does not know; PGC155, a kind of object.
    """
    grant = item.definition
    known = ALL_PRIVILEGES.get(grant.on)
    if known is None:
        raise PGCraftValidationError(
            "PGC155",
            f'a grant to "{grant.to}" on {grant.schema}.{grant.name} says on="{grant.on}"',
            place=item.place,
            remedy=f"write one of {', '.join(ALL_PRIVILEGES)}; views are granted on as tables",
        )
    known = COLUMN_PRIVILEGES if grant.columns else known
    wanted = tuple(privilege.lower().strip() for privilege in grant.privileges)
    if "all" in wanted or "all privileges" in wanted:
        return tuple(privilege for privilege in known if privilege != "maintain")
    for privilege in wanted:
        if privilege not in known:
            nearest = find_nearest(privilege, known)
            noun = "column" if grant.columns else grant.on
            raise PGCraftValidationError(
                "PGC151",
                f'there is no privilege "{privilege}" on a {noun}, granted on {grant.schema}.{grant.name or ""} '
                f'to "{grant.to}"',
                place=item.place,
                remedy=f'did you mean "{nearest}"?' if nearest else f"the privileges are: {', '.join(known)}",
            )
    return wanted

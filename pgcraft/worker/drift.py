"""Answers `CompareDatabase`: a real database that was read, against the models, a revision, or another database."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection, NullPool, create_engine

from pgcraft.catalog.kinds import PARTS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.origins import Origins
from pgcraft.diff.mending import Comparison, Mending, plan_mending
from pgcraft.diff.narrowing import (
    find_bare_schema,
    find_grants_on_nothing,
    find_other_roles,
    find_version_tables,
    leave_out,
    name_creators,
)
from pgcraft.diff.owners import find_other_owners, find_special_owners, find_stated_owners, find_usual_owner
from pgcraft.diff.renamed_ids import map_ids
from pgcraft.diff.renames import Rename
from pgcraft.reconcile.casts import find_cast
from pgcraft.service.drift_types import DatabaseState, Different, DriftAnswer, FactChange, OneSided
from pgcraft.service.requests import CompareDatabase
from pgcraft.service.role_facts import RoleFacts
from pgcraft.service.types import Progress, Stage
from pgcraft.worker.declared_renames import find_declared_renames, turn_back
from pgcraft.worker.drift_roles import alter_power, describe_set, find_powers
from pgcraft.worker.fact_text import list_facts
from pgcraft.worker.importing import Report
from pgcraft.worker.other_side import OtherSide, opened
from pgcraft.worker.settling import settle
from pgcraft.worker.standing import describe_standing, find_stamp, find_version_table


def compare_database(request: CompareDatabase, report: Report) -> DriftAnswer:
    """Compare a database with the models (deployed), a revision (replayed), or another database.

    Raises:
        PGCraftError: the models, the migrations or the development server failed.
    """
    table = find_version_table(request.project)
    with opened(request, report) as other:
        report(Progress(Stage.COMPARE))
        return _Drift(request, other, table).compare()


class _Drift:
    """Both sides, without what neither can say of the other."""

    def __init__(self, request: CompareDatabase, other: OtherSide, table: tuple[str | None, str]) -> None:
        self._request, self._other, self._table = request, other, table
        self._states = (request.here, *((request.there,) if request.there else ()))
        here, there = self._narrow(_name_creators(request.here)), self._narrow(other.catalog)
        if ObjectId(Kind.SCHEMA, None, table[0] or "") not in there.by_id:
            here = leave_out(here, frozenset(find_bare_schema(here, table[0])))
        self._here = leave_out(here, find_other_roles(here, _list_roles(there)))
        self._there = leave_out(there, find_other_roles(there, _list_roles(here))) if request.there else there
        self._renames = find_declared_renames(self._here, self._there, other.declared)
        ids = map_ids(dict(request.here.owners), self._renames)
        self._owners = {ids.get(each, each): owner for each, owner in request.here.owners}

    def compare(self) -> DriftAnswer:
        engine = create_engine(self._other.url, poolclass=NullPool)
        with engine.connect() as connection:
            found = settle(connection, self._here, self._there, self._renames)
            mending = self._mend(connection, found)
            connection.rollback()
        return self._answer(found, self._find_other_owners(self._owners, self._other.owners), mending)

    def _find_other_owners(self, owners: Mapping[ObjectId, str], wanted: Mapping[ObjectId, str]) -> dict[ObjectId, str]:
        """Return who should own what is another's; what the models state goes before who owns most."""
        ids = map_ids(self._here.by_id, self._renames)
        shared = {ids.get(each, each) for each in self._here.by_id} & self._there.by_id.keys()
        found = find_other_owners(owners, wanted, shared)
        if self._request.there is not None:
            return found
        stated = {each: owner for each, owner in find_stated_owners(self._other.declared).items() if each in shared}
        return {each: owner for each, owner in (found | stated).items() if owners.get(each, owner) != owner}

    def _mend(self, connection: Connection, found: Comparison) -> Mending:
        if self._request.mend is None or self._is_partial:
            return Mending((), ())
        is_here = self._request.mend == "here"
        sides = (self._owners, self._other.owners)
        owners, others = sides if is_here else sides[::-1]
        compared = found if is_here else settle(connection, self._there, self._here, turn_back(found.renames))
        planned = plan_mending(
            compared,
            cast=partial(find_cast, connection, insists=True),
            drops=self._request.drops,
            owners=owners,
            wanted_owners=self._list_wanted_owners(owners, others, compared) if owners else {},
        )
        powers = (
            statement
            for role, fact in self._find_powers()
            for statement in alter_power(role, fact.name, *((fact.here, fact.there)[:: 1 if is_here else -1]))
        )
        return replace(planned, statements=(*planned.statements, *powers))

    def _list_wanted_owners(
        self, owners: Mapping[ObjectId, str], others: Mapping[ObjectId, str], compared: Comparison
    ) -> dict[ObjectId, str]:
        """Return who is to own what is another's, and what is made."""
        special = find_special_owners(others, compared.diff)
        if self._request.there is None:
            stated = find_stated_owners(self._other.declared)
            special = {item.id: stated[item.id] for item in compared.diff.added if item.id in stated}
        return special | self._find_other_owners(owners, others)

    def _find_powers(self) -> Iterator[tuple[ObjectId, FactChange]]:
        return find_powers(self._request.here.roles, self._roles_there, self._shared_roles)

    @property
    def _roles_there(self) -> RoleFacts:
        return self._request.there.roles if self._request.there else RoleFacts()

    @property
    def _shared_roles(self) -> tuple[ObjectId, ...]:
        return tuple(item.id for item in self._here.of_kind(Kind.ROLE) if item.id in self._there.by_id)

    @property
    def _is_partial(self) -> bool:
        return any(each.kinds for state in self._states for each in state.unseen)

    def _narrow(self, catalog: Catalog) -> Catalog:
        """Leave out Alembic's table, what could not be read on one of the sides, and grants on what is not modelled."""
        hidden = {kind for state in self._states for each in state.unseen for kind in each.kinds}
        ids = {item.id for item in catalog.objects if item.id.kind in hidden}
        return leave_out(
            catalog, ids.union(find_version_tables(catalog, *self._table), find_grants_on_nothing(catalog))
        )

    def _answer(self, found: Comparison, owners: dict[ObjectId, str], mending: Mending) -> DriftAnswer:
        different = tuple(self._list_different(found, owners))
        diff, changed = found.diff, {each.id for each in different}
        shared = found.current.by_id.keys() & found.wanted.by_id.keys()
        ours, theirs = self._request.here.unmodelled, self._other.unmodelled
        return DriftAnswer(
            here=_describe(self._request.here),
            there=self._other.name,
            same=len(shared - changed),
            different=different,
            only_here=tuple(self._list_one_sided(diff.removed, self._owners)),
            only_there=tuple(self._list_one_sided(diff.added, self._other.owners)),
            unmodelled_here=tuple(each for each in ours if each not in theirs),
            unmodelled_there=tuple(each for each in theirs if each not in ours),
            unseen=tuple(each for state in self._states for each in state.unseen),
            notes=tuple(self._list_notes()),
            standing=describe_standing(
                self._request.project, find_stamp(self._request.here.stamps, *self._table), self._table
            ),
            mend=mending.statements,
            kept=mending.kept,
        )

    def _list_notes(self) -> Iterator[str]:
        yield from self._other.notes
        yield from describe_set(self._request.here.roles, self._roles_there, self._shared_roles)
        ours, theirs = self._here.server_version, self._there.server_version
        if ours != theirs:
            yield f"the database is PostgreSQL {ours}, what it is compared with {theirs}, which may write SQL otherwise"
        if self._request.mend and self._is_partial:
            yield "no statements are given: they might undo what could not be read"

    def _list_different(self, found: Comparison, owners: dict[ObjectId, str]) -> Iterator[Different]:
        facts = {change.id: tuple(list_facts(change)) for change in found.diff.changed}
        for renamed in found.renamed:
            if not renamed.is_number:
                name = FactChange("name", renamed.id.name, renamed.name)
                facts[renamed.id] = (name, *facts.get(renamed.id, ()))
        for rename in found.renames:
            facts[rename.whole] = (*_list_names(rename), *facts.get(rename.whole, ()))
        for object_id, owner in owners.items():
            facts[object_id] = (*facts.get(object_id, ()), FactChange("owner", self._owners[object_id], owner))
        for object_id, change in self._find_powers():
            facts[object_id] = (*facts.get(object_id, ()), change)
        for object_id in sorted(facts):
            yield Different(object_id, facts[object_id], self._find_origins(object_id))

    def _list_one_sided(self, items: tuple[CatalogObject, ...], owners: Mapping[ObjectId, str]) -> Iterator[OneSided]:
        """Return what one side has; what stands on another such object is counted with it."""
        whole = {item.id.qualified for item in items if _stands_on(item.id) is None}
        published = {item.id for item in items if item.id.kind is Kind.PUBLISHED and ("", item.id.name) in whole}
        counts = Counter(("", each.name) if each in published else _stands_on(each) for each in (i.id for i in items))
        for item in items:
            if item.id not in published and _stands_on(item.id) not in whole:
                parts = counts[item.id.qualified] if item.id.qualified in whole else 0
                yield OneSided(item.id, self._find_origins(item.id), owners.get(item.id, ""), parts)

    def _find_origins(self, object_id: ObjectId) -> Origins:
        item = self._other.declared.find(object_id)
        return item.origins if item else ()


def _list_names(rename: Rename) -> Iterator[FactChange]:
    old, new = rename.item.id, rename.id
    if old.schema != new.schema:
        yield FactChange("schema", str(old.schema), str(new.schema))
    if old.name != new.name:
        yield FactChange("name", old.name, new.name)


def _stands_on(object_id: ObjectId) -> tuple[str, str] | None:
    """Return schema and name of what it is a part of, or a grant on; None for what stands for itself."""
    if object_id.kind in PARTS:
        return object_id.relation
    return object_id.granted_on.qualified if object_id.kind is Kind.GRANT else None


def _name_creators(state: DatabaseState) -> Catalog:
    return name_creators(state.catalog, state.user, find_usual_owner(dict(state.owners)) or state.user)


def _list_roles(catalog: Catalog) -> frozenset[str]:
    return frozenset(item.id.name for item in catalog.of_kind(Kind.ROLE))


def _describe(state: DatabaseState) -> str:
    return f"{state.address} (PostgreSQL {state.server})"

"""The price of row security in rights: what a view that asks as its reader needs, its readers get, and no more.

A role that may use such a view gets what the view's query and its functions need behind it: the columns that they read
and write, the sequences of keys that they make, and the use of the schema.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from pgcraft.catalog.definitions import Column, Constraint, Function, Index, Trigger, View
from pgcraft.catalog.implicit import make_object_name
from pgcraft.catalog.kinds import RELATIONS, TYPES
from pgcraft.catalog.linking import Draft, Names, QualifiedName
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.origins import Origins
from pgcraft.catalog.privileges import PUBLIC
from pgcraft.collect.policies import Policies
from pgcraft.collect.reads import find_columns
from pgcraft.collect.row_security import Callers
from pgcraft.models.declarations import Declared
from pgcraft.models.definitions import FunctionDefinition, GrantDefinition, Need
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA

_WRITES = ("insert", "update", "delete")
_LOOK_UP = "look up"
"""What needs the use of its schema alone."""
_WITH_COLUMNS = ("select", "insert", "update")


@dataclass(frozen=True)
class DerivedGrant:
    """A grant that another one needs.

    Attributes:
        origins: of the grant that needs it.
        reason: the relation on which that is.
    """

    definition: GrantDefinition
    origins: Origins
    reason: str


@dataclass(frozen=True)
class _Demand:
    """What a grantee needs, and which grant it needs it for."""

    grantee: str
    need: Need
    origins: Origins
    reason: str


def derive_grants(
    grants: Iterable[tuple[Declared[GrantDefinition], Sequence[str]]],
    drafts: Sequence[Draft],
    callers: Callers,
    policies: Policies,
) -> tuple[DerivedGrant, ...]:
    """Return what the declared grants need on what asks as the caller.

    Args:
        grants: each with its privileges, in lower case.
    """
    return tuple(_Deriver(_Knowledge(tuple(drafts), callers, policies)).derive(grants))


@dataclass(frozen=True)
class _Knowledge:
    """What there is to know of the other objects."""

    drafts: tuple[Draft, ...]
    callers: Callers
    policies: Policies
    _read: dict[str, tuple[Need, ...]] = field(default_factory=dict)

    @cached_property
    def names(self) -> Names:
        return Names((draft.object.id for draft in self.drafts), default_schema=DEFAULT_SCHEMA)

    @cached_property
    def by_id(self) -> dict[ObjectId, Draft]:
        return {draft.object.id: draft for draft in self.drafts}

    @cached_property
    def columns(self) -> dict[QualifiedName, tuple[str, ...]]:
        """The columns of every relation, in order; none where they are not known."""
        found: dict[QualifiedName, list[str]] = {}
        for draft in self.drafts:
            item = draft.object
            if isinstance(item.definition, Column):
                found.setdefault(item.id.relation, []).append(item.id.name)
            elif isinstance(item.definition, View):
                found[item.id.qualified] = list(item.definition.columns)
        return {name: tuple(columns) for name, columns in found.items()}

    @cached_property
    def writers(self) -> dict[tuple[QualifiedName, str], QualifiedName]:
        """The functions of INSTEAD OF triggers, by view and operation."""
        return {
            (draft.object.id.relation, event): draft.object.definition.function
            for draft in self.drafts
            if isinstance(draft.object.definition, Trigger) and draft.object.definition.timing == "instead of"
            for event in draft.object.definition.events
        }

    @cached_property
    def needs(self) -> dict[QualifiedName, tuple[Need, ...]]:
        """What the functions that run as the caller need: as declared, and what their bodies name."""
        return {key.qualified: (*value.needs, *self._read_body(value)) for key, value in self.callers.functions.items()}

    def _read_body(self, function: FunctionDefinition) -> Iterator[Need]:
        """Return the functions and types that a body names, whose schemas its caller must be able to use; one in SQL is
        a query too."""
        if function.language == "sql":
            yield from self.read_columns(function.body)
        for found in self.names.find_in_text(function.body):
            if found.kind in TYPES:
                yield Need(_LOOK_UP, found.qualified)
            elif found.kind is Kind.FUNCTION:
                yield self.call(found)

    def call(self, function_id: ObjectId) -> Need:
        """Return what one needs to call a function."""
        function = self.by_id[function_id].object.definition
        is_public = isinstance(function, Function) and function.is_public
        name = function_id.qualified
        return Need(_LOOK_UP, name) if is_public else Need("execute", name, (function_id.signature or "",))

    @cached_property
    def tables(self) -> dict[QualifiedName, list[Draft]]:
        """The parts of every table that are evaluated as the one who writes it."""
        found: dict[QualifiedName, list[Draft]] = {}
        for draft in self.drafts:
            if isinstance(draft.object.definition, Column | Constraint | Index):
                key = draft.object.id.relation
                found.setdefault(key, []).append(draft)
        return found

    def find_view(self, name: QualifiedName) -> View | None:
        """Return the view of a name where it asks as its reader."""
        draft = self.by_id.get(ObjectId(Kind.VIEW, *name))
        if draft is None or draft.object.id not in self.callers.views:
            return None
        return draft.object.definition if isinstance(draft.object.definition, View) else None

    def read_columns(self, query: str) -> tuple[Need, ...]:
        """Return what one needs to run a query; each is read once, however many roles and writes ask for it."""
        if query not in self._read:
            self._read[query] = tuple(self._read_columns(query))
        return self._read[query]

    def _read_columns(self, query: str) -> Iterator[Need]:
        named = {found.qualified for found in self.names.find_in_query(query) if found.kind in RELATIONS}
        for relation, columns in find_columns(query, {name: self.columns.get(name, ()) for name in named}).items():
            yield Need("select", relation, columns or ())


@dataclass
class _Deriver:
    known: _Knowledge
    waiting: deque[_Demand] = field(default_factory=deque)
    seen: set[tuple[str, Need]] = field(default_factory=set)

    def derive(self, grants: Iterable[tuple[Declared[GrantDefinition], Sequence[str]]]) -> Iterator[DerivedGrant]:
        for item, privileges in grants:
            self._begin(item, privileges)
        while self.waiting:
            demand = self.waiting.popleft()
            yield from self._grant(demand)
            self._follow(demand)

    def _begin(self, item: Declared[GrantDefinition], privileges: Sequence[str]) -> None:
        grant = item.definition
        target = (grant.schema, grant.name or "")
        grantee = PUBLIC if grant.to.upper() == PUBLIC else grant.to
        reason = f"{grant.schema}.{grant.name}"
        if grant.on == "function":
            for need in self.known.needs.get(target, ()):
                self._ask(_Demand(grantee, need, item.origins, reason))
        elif grant.on == "table" and self.known.find_view(target) is not None:
            for privilege in privileges:
                self._follow(_Demand(grantee, Need(privilege, target), item.origins, reason))

    def _ask(self, demand: _Demand) -> None:
        if (demand.grantee, demand.need) not in self.seen:
            self.seen.add((demand.grantee, demand.need))
            self.waiting.append(demand)

    def _follow(self, demand: _Demand) -> None:
        """Ask for what is needed behind a view, or beside a table."""
        need = demand.need
        view = self.known.find_view(need.relation)
        behind = self._behind_table(need) if view is None else self._behind_view(need, view)
        for other in behind:
            self._ask(replace(demand, need=other))

    def _behind_view(self, need: Need, view: View) -> Iterator[Need]:
        reads = self.known.read_columns(view.query)
        if need.privilege != "insert":
            yield from reads
        if need.privilege not in _WRITES:
            return
        function = self.known.writers.get((need.relation, need.privilege))
        if function is not None:
            yield from self.known.needs.get(function, ())
        elif len(reads) == 1:  # PostgreSQL passes the write on to the one relation
            columns = reads[0].columns if need.privilege in _WITH_COLUMNS else ()
            yield Need(need.privilege, reads[0].relation, columns)

    def _behind_table(self, need: Need) -> Iterator[Need]:
        for policy in self.known.policies.all:
            if policy.table == need.relation:
                conditions = (policy.definition.using, policy.definition.check)
                named = (other for text in conditions if text for other in self._behind_query(f"SELECT {text}"))
                yield from (other for other in named if other.relation != need.relation)
        if need.privilege not in ("insert", "update"):
            return
        for draft in self.known.tables.get(need.relation, ()):
            for text in draft.texts:
                yield from self._behind_text(text)
            if need.privilege == "insert" and isinstance(draft.object.definition, Column):
                yield from self._find_sequences(need, draft.object.id.name, draft.object.definition)

    def _behind_query(self, text: str) -> Iterator[Need]:
        yield from self.known.read_columns(text)
        yield from self._behind_text(text)

    def _behind_text(self, text: str) -> Iterator[Need]:
        """Ask for the functions that a text calls and not everyone may."""
        for found in self.known.names.find_in_text(text):
            if found.kind is Kind.FUNCTION:
                yield self.known.call(found)

    def _find_sequences(self, need: Need, name: str, column: Column) -> Iterator[Need]:
        if column.is_serial:
            yield Need("usage", need.relation, (name,))
        for found in self.known.names.find_in_text(column.default or ""):
            if found.kind is Kind.SEQUENCE:
                yield Need("usage", found.qualified)

    def _grant(self, demand: _Demand) -> Iterator[DerivedGrant]:
        need, (schema, name) = demand.need, demand.need.relation
        if schema != DEFAULT_SCHEMA:
            usage = GrantDefinition(privileges=("usage",), to=demand.grantee, schema=schema, on="schema")
            yield DerivedGrant(usage, demand.origins, demand.reason)
        given = GrantDefinition(privileges=(need.privilege,), to=demand.grantee, schema=schema, name=name)
        match need.privilege:
            case _ if need.privilege == _LOOK_UP:
                return
            case "usage":
                sequence = make_object_name(name, need.columns[0], "seq") if need.columns else name
                given = replace(given, name=sequence, on="sequence")
            case "execute":
                given = replace(given, on="function", arguments=need.columns[0])
            case _:
                given = replace(given, columns=need.columns)
        yield DerivedGrant(given, demand.origins, demand.reason)

"""Who asks as the caller: what reads or writes tables under row security does, so that their policies judge the caller.

A view asks as its owner, and a function may run as its owner; policies would then judge the owner, or nobody. So each
view over such a table gets ``security_invoker``, and each function of pgcraft that writes one runs with its caller's
rights. What cannot is an error, unless the user has said that it bypasses the policies on purpose.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pgcraft.catalog.definitions import Definition, Function, View
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.linking import Draft, Names, QualifiedName
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.tokens import split_top_level, tokenize
from pgcraft.collect.declared import function_id
from pgcraft.collect.policies import Policies
from pgcraft.errors import PGCraftValidationError
from pgcraft.models.declarations import Declarations, Declared
from pgcraft.models.definitions import FunctionDefinition, ViewDefinition
from pgcraft.models.generated import GeneratedFunction
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA

INVOKER = ("security_invoker", "true")
BYPASS = "bypass_row_security=True"

D = TypeVar("D", ViewDefinition, FunctionDefinition)


@dataclass(frozen=True)
class Callers:
    """What asks as the caller.

    Attributes:
        views: plain views.
        functions: functions of pgcraft.
        tables: for each relation that such a view or function reads a table under row security through, that table;
            the tables themselves among them.
    """

    views: frozenset[ObjectId]
    functions: Mapping[ObjectId, FunctionDefinition]
    tables: Mapping[QualifiedName, QualifiedName]


def find_callers(drafts: Sequence[Draft], declarations: Declarations, policies: Policies) -> Callers:
    """Find what asks as the caller.

    Raises:
        PGCraftValidationError: PGC161, a view or function would show or write rows past the policies; PGC162, one that
            does so on purpose is held by them.
    """
    return _Finder(drafts, declarations, policies).find()


def ask_as_caller(drafts: Iterable[Draft], callers: Callers) -> list[Draft]:
    """Return the drafts with what asks as the caller changed to do so."""
    found = []
    for draft in drafts:
        item, definition = draft.object, draft.object.definition
        if item.id in callers.views and isinstance(definition, View):
            others = (option for option in definition.options if option[0] != INVOKER[0])
            draft = _redefine(draft, replace(definition, options=tuple(sorted((*others, INVOKER)))))
        elif item.id in callers.functions and isinstance(definition, Function):
            draft = _redefine(draft, replace(definition, security_definer=False))
        found.append(draft)
    return found


def _redefine(draft: Draft, definition: Definition) -> Draft:
    return draft._replace(object=replace(draft.object, definition=definition))


class _Finder:
    def __init__(self, drafts: Sequence[Draft], declarations: Declarations, policies: Policies) -> None:
        self._policies = policies
        self._names = Names((draft.object.id for draft in drafts), default_schema=DEFAULT_SCHEMA)
        self._drafts = {draft.object.id: draft for draft in drafts}
        self._views = {_view_id(item.definition): item for item in declarations.views.all()}
        self._functions = {function_id(item.definition): item for item in declarations.functions.all()}
        self._written_through: dict[QualifiedName, list[QualifiedName]] = {}
        for trigger in (item.definition for item in declarations.triggers.all()):
            if trigger.timing == "instead of":
                view = (trigger.schema, trigger.relation)
                self._written_through.setdefault(trigger.function, []).append(view)
        self._tables: dict[QualifiedName, QualifiedName] = {table: table for table in policies.by_table}
        self._through: dict[ObjectId, QualifiedName] = {}
        """Functions that read such a table as whoever calls them, and views that call those."""

    def find(self) -> Callers:
        views = self._find_views()
        self._find_through(views)
        self._check_views(views)
        functions: dict[ObjectId, FunctionDefinition] = {}
        for object_id, item in self._functions.items():
            reached = self._reach_function(object_id, item.definition)
            if reached is None:
                continue
            if item.definition.needs and not item.definition.bypass_row_security:
                functions[object_id] = item.definition
            elif item.definition.security_definer:
                self._check_bypass(object_id, item, reached)
        return Callers(frozenset(views), functions, self._tables)

    def _find_views(self) -> set[ObjectId]:
        """Views that read a table under row security, directly or through each other."""
        plain = {key: item for key, item in self._views.items() if self._is_asking(key, item.definition)}
        found: set[ObjectId] = set()
        grows = True
        while grows:
            grows = False
            for object_id in sorted(plain.keys() - found):
                reached = self._reach(self._reads(object_id))
                if reached is not None:
                    found.add(object_id)
                    self._tables[object_id.schema or "", object_id.name] = reached
                    grows = True
        return found

    def _find_through(self, views: set[ObjectId]) -> None:
        """Find what reads a table under row security by a call: within what runs as its owner, that is its owner."""
        functions = {key for key, item in self._functions.items() if not item.definition.security_definer}
        waiting = {key for key in self._views.keys() - views if key.kind is Kind.VIEW} | functions
        grows = True
        while grows:
            reached = {key: self._reach_through(key) for key in sorted(waiting)}
            found = {key: table for key, table in reached.items() if table is not None}
            self._through |= found
            waiting -= found.keys()
            grows = bool(found)

    @staticmethod
    def _is_asking(object_id: ObjectId, view: ViewDefinition) -> bool:
        return object_id.kind is Kind.VIEW and not view.bypass_row_security and not _asks_as_owner(view)

    def _check_views(self, found: set[ObjectId]) -> None:
        for object_id, item in self._views.items():
            reached = None if object_id in found else self._reach(self._reads(object_id))
            if reached is None and object_id.kind is Kind.MATERIALIZED_VIEW:  # of others its reader makes the calls
                reached = self._reach_by_call(object_id)
            if reached is not None:
                self._check_bypass(object_id, item, reached)

    def _check_bypass(self, object_id: ObjectId, item: Declared[D], table: QualifiedName) -> None:
        policy = self._policies.by_table[table]
        resource = f"{policy.declared.definition.schema}.{policy.declared.definition.table}"
        named = f'policy "{policy.declared.definition.name}" of {resource}'
        if not item.definition.bypass_row_security:
            raise PGCraftValidationError(
                "PGC161",
                f"{named} cannot hold in {object_id}, which {_tell_owner(object_id)}",
                place=item.place,
                remedy=f"{_tell_way(object_id)}, or say {BYPASS} where it may show the rows of everyone"
                f"\nthe policy stands at {policy.declared.place}",
            )
        if table in self._policies.forced:
            raise PGCraftValidationError(
                "PGC162",
                f"{named} has force=True and holds the owner too, as whom {object_id} must see every row",
                place=policy.declared.place,
                remedy="take force=True out: views and functions over the table ask as their caller without it"
                f"\nthe {object_id.kind} stands at {item.place}",
            )

    def _reach_function(self, object_id: ObjectId, function: FunctionDefinition) -> QualifiedName | None:
        if function.needs:  # what it writes, and the view that it reads the written row back from
            views = self._written_through.get((function.schema, function.name), ())
            return self._reach({*(need.relation for need in function.needs), *views})
        if isinstance(function, GeneratedFunction) and function.bypass_row_security:
            return self._reach(function.depends_on)
        return self._reach(self._reads(object_id) | self._find_on_path(function)) or self._reach_by_call(object_id)

    def _find_on_path(self, function: FunctionDefinition) -> set[QualifiedName]:
        """Return the relations that a function may name without a schema, since its path has theirs."""
        path = split_top_level(dict(function.settings).get("search_path", ""))
        words = {token.name for token in tokenize(function.body) if token.name is not None}
        schemas = {name.strip('"') for name in path}
        return {(schema, name) for schema, name in self._tables if schema in schemas and name in words}

    def _reach(self, relations: Iterable[QualifiedName]) -> QualifiedName | None:
        """Return a table under row security that one of the relations is, or reads as the caller."""
        return next((self._tables[name] for name in sorted(relations) if name in self._tables), None)

    def _reach_through(self, object_id: ObjectId) -> QualifiedName | None:
        item = self._functions.get(object_id)
        return self._reach_by_call(object_id) if item is None else self._reach_function(object_id, item.definition)

    def _reach_by_call(self, object_id: ObjectId) -> QualifiedName | None:
        """Return a table under row security that is read by a function that is called, maybe in a view."""
        return next((self._through[found] for found in sorted(self._named(object_id)) if found in self._through), None)

    def _reads(self, object_id: ObjectId) -> set[QualifiedName]:
        relations = {found.qualified for found in self._named(object_id) if found.kind in RELATIONS}
        return relations - {object_id.qualified}

    def _named(self, object_id: ObjectId) -> set[ObjectId]:
        """Return what an object's texts name, in SQL that a function composes as well."""
        draft = self._drafts[object_id]
        texts = (found for text in draft.texts for found in self._names.find_in_text(text))
        queries = (*draft.queries, *(text for body in draft.texts for text in _find_composed(body)))
        named = {*texts, *(found for text in queries for found in self._names.find_in_query(text))}
        return named.union(ObjectId(kind, *name) for name in draft.relations for kind in RELATIONS)


def _find_composed(body: str) -> tuple[str, ...]:
    """Return the strings in a body that has an EXECUTE: SQL, or parts of it."""
    tokens = tuple(tokenize(body))
    if not any(token.keyword == "EXECUTE" for token in tokens):
        return ()
    return tuple(token.value for token in tokens if token.value is not None)


def _view_id(view: ViewDefinition) -> ObjectId:
    kind = Kind.MATERIALIZED_VIEW if view.is_materialized else Kind.VIEW
    return ObjectId(kind, view.schema, view.name)


def _asks_as_owner(view: ViewDefinition) -> bool:
    """Whether the user has written that it does."""
    return any(name == INVOKER[0] and value.lower() in ("false", "off", "no", "0") for name, value in view.options)


def _tell_owner(object_id: ObjectId) -> str:
    if object_id.kind is Kind.MATERIALIZED_VIEW:
        return "keeps the rows that its owner sees"
    return "runs as its owner" if object_id.kind is Kind.FUNCTION else "asks as its owner"


def _tell_way(object_id: ObjectId) -> str:
    if object_id.kind is Kind.MATERIALIZED_VIEW:
        return "make it a plain view, which asks as its reader"
    if object_id.kind is Kind.FUNCTION:
        return "let it run with its caller's rights: security_definer=False"
    return "take security_invoker out of its options"

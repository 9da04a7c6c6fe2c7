"""From loose objects to a closed catalog: what each one needs, told by ids, by names, or by SQL that names them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from pgcraft.catalog.definitions import Column, Constraint, ConstraintType
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog

RELATIONS = (Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW)
"""The kinds that share one set of names in a schema and can be read from."""

_NAMED_IN_TEXT = (*RELATIONS, Kind.FUNCTION, Kind.ENUM, Kind.SEQUENCE)

QualifiedName = tuple[str, str]
"""Schema and name."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An object that is not linked yet.

    Attributes:
        object: with its definition; ``depends_on`` and ``parts`` are filled in by :func:`link`.
        needs: ids it depends on, whether they are in the catalog or not.
        relations: relations it depends on.
        functions: functions it depends on, every overload of each.
        texts: SQL that names what it depends on, always with its schema.
        queries: SQL that may leave out the schema of relations in the default one.
    """

    object: CatalogObject
    needs: tuple[ObjectId, ...] = ()
    relations: tuple[QualifiedName, ...] = ()
    functions: tuple[QualifiedName, ...] = ()
    texts: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()


class Names:
    """The ids that a schema and a name may stand for."""

    def __init__(self, ids: Iterable[ObjectId], *, default_schema: str) -> None:
        self._default_schema = default_schema
        self._by_name: dict[QualifiedName, list[ObjectId]] = {}
        for object_id in ids:
            if object_id.kind in _NAMED_IN_TEXT and object_id.schema:
                self._by_name.setdefault((object_id.schema, object_id.name), []).append(object_id)
        functions = {(found.schema, found.kind) for ids in self._by_name.values() for found in ids}
        self._has_default_functions = (default_schema, Kind.FUNCTION) in functions

    def find(self, name: QualifiedName, *kinds: Kind) -> list[ObjectId]:
        """Give the ids of these kinds that bear a name."""
        return [found for found in self._by_name.get(name, ()) if found.kind in kinds]

    def find_in_text(self, sql: str) -> Iterator[ObjectId]:
        """Give what a text names with its schema: relations, functions that it calls, enums, sequences.

        Functions of the default schema may stand there by their names alone.
        """
        for name, is_call in _qualified_names(sql):
            for found in self._by_name.get(name, ()):
                if (found.kind is Kind.FUNCTION) == is_call or found.kind in RELATIONS:
                    yield found
        if self._has_default_functions and "(" in sql:
            for bare in _bare_calls(sql):
                yield from self.find((self._default_schema, bare), Kind.FUNCTION)

    def find_in_query(self, sql: str) -> Iterator[ObjectId]:
        """Give what a query names; relations of the default schema may stand there by their names alone."""
        yield from self.find_in_text(sql)
        for name in _bare_relations(sql):
            yield from self.find((self._default_schema, name), *RELATIONS)


def link(
    drafts: Iterable[Draft], *, default_schema: str = "public", server_version: int = 0, notes: tuple[str, ...] = ()
) -> Catalog:
    """Make a closed catalog: needs that are not in it are left out, parts are given to their owners."""
    known = {draft.object.id: draft for draft in drafts}
    names = Names(known, default_schema=default_schema)
    parts = _collect_parts(known, names)
    objects = (_link_one(draft, known, names, parts) for draft in known.values())
    return make_catalog(objects, server_version=server_version, notes=notes)


def _link_one(
    draft: Draft, known: Mapping[ObjectId, Draft], names: Names, parts: Mapping[ObjectId, list[ObjectId]]
) -> CatalogObject:
    needs = {needed for needed in draft.needs if needed in known}
    schema = draft.object.id.schema
    if schema and (schema_id := ObjectId(Kind.SCHEMA, None, schema)) in known:
        needs.add(schema_id)
    for name in draft.relations:
        needs.update(names.find(name, *RELATIONS))
    for name in draft.functions:
        needs.update(names.find(name, Kind.FUNCTION))
    for text in draft.texts:
        needs.update(names.find_in_text(text))
    for query in draft.queries:
        needs.update(names.find_in_query(query))
    needs.discard(draft.object.id)
    own_parts = tuple(parts.get(draft.object.id, ()))
    found = draft.object
    depends_on = tuple(sorted(needs.difference(own_parts), key=_sort_key))
    return CatalogObject(found.id, found.definition, own_parts, depends_on, found.origins, found.role)


_PART_KINDS = (Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX, Kind.TRIGGER, Kind.POLICY)
_CONSTRAINT_TYPES: tuple[ConstraintType, ...] = ("primary key", "unique", "exclude", "check", "foreign key")


_sort_key = attrgetter("sort_key")


def _collect_parts(known: Mapping[ObjectId, Draft], names: Names) -> dict[ObjectId, list[ObjectId]]:
    parts: dict[ObjectId, list[ObjectId]] = {}
    for object_id in known:
        if object_id.kind in _PART_KINDS:
            for owner in names.find(object_id.relation, *RELATIONS):
                parts.setdefault(owner, []).append(object_id)
    for ids in parts.values():
        ids.sort(key=lambda part: _part_order(known[part].object))
    return parts


def _part_order(item: CatalogObject) -> tuple[int, int, ObjectId]:
    place = 0
    if isinstance(item.definition, Column):
        place = item.definition.position
    elif isinstance(item.definition, Constraint):
        place = _CONSTRAINT_TYPES.index(item.definition.type)
    return (_PART_KINDS.index(item.id.kind), place, item.id)


_NAME = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_SKIPPED = r"--[^\n]*|/\*.*?\*/"
_QUALIFIED = re.compile(
    rf"{_SKIPPED}|'(?P<string>(?:[^']|'')*)'|(?P<schema>{_NAME})\s*\.\s*(?P<name>{_NAME})(?P<call>\s*\()?|{_NAME}",
    re.DOTALL,
)
_BARE_CALL = re.compile(
    rf"{_SKIPPED}|'(?:[^']|'')*'|{_NAME}\s*\.\s*{_NAME}|(?P<name>{_NAME})\s*(?=\()|{_NAME}", re.DOTALL
)
_WHOLE_NAME = re.compile(rf"({_NAME})\.({_NAME})")
_BARE_RELATION = re.compile(
    rf"{_SKIPPED}|'(?:[^']|'')*'|"
    rf"(?:\b(?:from|join|update|into|only|table|using|lateral)\s+|,\s*)(?P<name>{_NAME})(?!\s*[.\w(])|{_NAME}",
    re.DOTALL | re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def _qualified_names(sql: str) -> tuple[tuple[QualifiedName, bool], ...]:
    """Give each ``a.b`` of a text once, and whether an opening parenthesis follows.

    A string that is nothing but such a name counts: that is how ``nextval('s.seq')`` and ``'s.t'::regclass`` name
    things. Texts are kept: the bodies of functions are the same in a declared catalog and in one read from a database.
    """
    return tuple(dict.fromkeys(_scan_names(sql))) if "." in sql else ()


def find_calls(sql: str) -> tuple[QualifiedName, ...]:
    """Give the functions that a text calls with their schema, each once, in order."""
    return tuple(name for name, is_call in _qualified_names(sql) if is_call)


def _scan_names(sql: str) -> Iterator[tuple[QualifiedName, bool]]:
    for match in _QUALIFIED.finditer(sql):
        if match["string"]:
            whole = _WHOLE_NAME.fullmatch(match["string"])
            if whole:
                yield (_fold(whole[1]), _fold(whole[2])), False
        elif match["schema"]:
            yield (_fold(match["schema"]), _fold(match["name"])), match["call"] is not None


def _bare_relations(sql: str) -> Iterator[str]:
    """Give the names without a schema that stand where a query names a relation."""
    return (_fold(match["name"]) for match in _BARE_RELATION.finditer(sql) if match["name"])


def _bare_calls(sql: str) -> Iterator[str]:
    """Give the names without a schema that an opening parenthesis follows."""
    return (_fold(match["name"]) for match in _BARE_CALL.finditer(sql) if match["name"])


def _fold(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()

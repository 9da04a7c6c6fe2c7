"""From loose objects to a closed catalog: what each one needs, told by ids, by names, or by SQL that names them."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from pgcraft.catalog.definitions import Column, Constraint, ConstraintType
from pgcraft.catalog.kinds import OF_SCHEMA, PARTS, RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.tokens import Reference, depth_change, find_references
from pgcraft.catalog.words import list_words

QualifiedName = tuple[str, str]
"""Schema and name."""


class Draft(NamedTuple):
    """An object that is not linked yet; a tuple, since one is made of each object on either side of a comparison.

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
            if object_id.kind in OF_SCHEMA and object_id.schema:
                self._by_name.setdefault((object_id.schema, object_id.name), []).append(object_id)
        self._has_default_relations = any(
            schema == default_schema and any(found.kind in RELATIONS for found in found_ids)
            for (schema, _), found_ids in self._by_name.items()
        )

    def find(self, name: QualifiedName, *kinds: Kind) -> list[ObjectId]:
        """Return the ids of these kinds that bear a name."""
        return [found for found in self._by_name.get(name, ()) if found.kind in kinds]

    def find_in_text(self, sql: str) -> Iterator[ObjectId]:
        """Return what a text names with its schema: relations, functions that it calls, enums, sequences.

        Functions of the default schema may stand there by their names alone.
        """
        for path, is_call in _read(sql):
            if len(path) == 1:
                yield from self.find((self._default_schema, path[0]), Kind.FUNCTION)
                continue
            for found in self._by_name.get((path[0], path[1]), ()):
                if (found.kind is Kind.FUNCTION) == is_call or found.kind in RELATIONS:
                    yield found

    def find_in_query(self, sql: str) -> Iterator[ObjectId]:
        """Return what a query names; relations of the default schema may stand there by their names alone."""
        yield from self.find_in_text(sql)
        for name in _find_bare_relations(sql) if self._has_default_relations else ():
            yield from self.find((self._default_schema, name), *RELATIONS)


def link(
    drafts: Iterable[Draft], *, default_schema: str = "public", server_version: int = 0, notes: tuple[str, ...] = ()
) -> Catalog:
    """Make a closed catalog: needs that are not in it are left out, parts are given to their owners."""
    known = {draft.object.id: draft for draft in drafts}
    names = Names(known, default_schema=default_schema)
    parts = _collect_parts(known, names)
    schemas = {object_id.name: object_id for object_id in known if object_id.kind is Kind.SCHEMA}
    objects = (_link_one(draft, known, names, schemas, parts) for draft in known.values())
    return make_catalog(objects, server_version=server_version, notes=notes)


def _link_one(
    draft: Draft,
    known: Mapping[ObjectId, Draft],
    names: Names,
    schemas: Mapping[str, ObjectId],
    parts: Mapping[ObjectId, list[ObjectId]],
) -> CatalogObject:
    needs = {needed for needed in draft.needs if needed in known}
    if schema := schemas.get(draft.object.id.schema or ""):
        needs.add(schema)
    for name in draft.relations:
        needs.update(names.find(name, *RELATIONS))
    for name in draft.functions:
        needs.update(names.find(name, Kind.FUNCTION))
    for text in filter(_may_name, draft.texts):
        needs.update(names.find_in_text(text))
    for query in draft.queries:
        needs.update(names.find_in_query(query))
    found = draft.object
    own_parts = tuple(parts.get(found.id, ()))
    needs.difference_update(own_parts, (found.id,))
    depends_on = tuple(sorted(needs, key=_sort_key) if len(needs) > 1 else needs)
    old_names = (found.renamed_from, found.renamed_inside)
    return CatalogObject(found.id, found.definition, own_parts, depends_on, found.origins, found.role, *old_names)


_CONSTRAINT_TYPES: tuple[ConstraintType, ...] = ("primary key", "unique", "exclude", "check", "foreign key")


_sort_key = attrgetter("sort_key")


def _collect_parts(known: Mapping[ObjectId, Draft], names: Names) -> dict[ObjectId, list[ObjectId]]:
    parts: dict[ObjectId, list[ObjectId]] = {}
    for object_id in known:
        if object_id.kind in PARTS:
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
    return (PARTS.index(item.id.kind), place, item.id)


def _may_name(sql: str) -> bool:
    """Whether a text can name anything: with a schema, or by calling it."""
    return "." in sql or "(" in sql


@lru_cache(maxsize=8192)
def _read(sql: str) -> tuple[Reference, ...]:
    """Return what a text names, each once.

    Texts are kept: the bodies of functions are the same in a declared catalog and in one read from a database.
    """
    return tuple(dict.fromkeys(find_references(sql))) if _may_name(sql) else ()


def find_calls(sql: str) -> tuple[QualifiedName, ...]:
    """Return the functions that a text calls with their schema, each once, in order."""
    return tuple((path[0], path[1]) for path, is_call in _read(sql) if is_call and len(path) == _QUALIFIED)


def _find_bare_relations(sql: str) -> Iterator[str]:
    """Return the names without a schema that stand where a query names a relation: behind FROM and the like."""
    tokens = list_words(sql)
    lists = [False]  # whether commas divide relations, at each depth of parentheses
    for index, token in enumerate(tokens):
        if change := depth_change(token):
            lists = [*lists, False] if change > 0 else lists[:-1] or [False]
        elif token.keyword in _BEFORE_RELATION:
            lists[-1] = lists[-1] or token.keyword in _LISTING
        elif token.keyword in _CLAUSES:
            lists[-1] = False
        elif token.name is not None and index:
            before, after = tokens[index - 1], tokens[index + 1].text if index + 1 < len(tokens) else ""
            is_listed = lists[-1] and before.text == ","
            if (is_listed or before.keyword in _BEFORE_RELATION) and after not in (".", "("):
                yield token.name


_QUALIFIED = 2
_LISTING = frozenset({"FROM", "JOIN", "UPDATE", "USING"})
_BEFORE_RELATION = _LISTING | {"INTO", "ONLY", "TABLE", "LATERAL"}
_CLAUSES = frozenset(
    "SELECT WHERE GROUP HAVING WINDOW ORDER LIMIT OFFSET FETCH FOR UNION INTERSECT EXCEPT SET VALUES RETURNING".split()
)

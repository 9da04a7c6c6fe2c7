"""Catalogs of arbitrary objects, for properties that hold of all of them."""

from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from pgcraft.catalog import definitions
from pgcraft.catalog.kinds import KINDS, Scope
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.origins import Layer, Origin

HOSTILE = ("a.b", 'say "so"', "a:b", "a, b", "a b", "f(x)", "f) to x", " to y", "on z", "view", "PUBLIC", "ü\n", "\\")
NAMES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=12),
)
SIGNATURES = st.one_of(
    st.just(""), st.just("integer, text"), st.just("numeric(3,1)[]"), NAMES.map(lambda name: f'"{name}"')
)
ORIGINS = st.lists(
    st.builds(Origin, st.sampled_from(Layer), NAMES, st.text(max_size=8), st.integers(0, 999)), max_size=3
).map(tuple)
_WHOLE = frozenset(kind for kind in Kind if KINDS[kind].scope is Scope.DATABASE)
_SCOPED = frozenset(kind for kind in Kind if KINDS[kind].scope is Scope.RELATION)


@st.composite
def object_ids(draw: st.DrawFn) -> ObjectId:
    kind = draw(st.sampled_from(Kind))
    name = draw(NAMES)
    schema = None if kind in _WHOLE else draw(NAMES)
    if kind is Kind.FUNCTION:
        return ObjectId(kind, schema, name, signature=draw(SIGNATURES))
    if kind is Kind.GRANT:
        return draw(granted_ids()).granted_to(name)
    if kind in _SCOPED:
        return ObjectId(Kind.TABLE, schema, draw(NAMES)).part(kind, name)
    return ObjectId(kind, schema, name)


@st.composite
def granted_ids(draw: st.DrawFn) -> ObjectId:
    """What something can be granted on."""
    kind = draw(st.sampled_from([Kind.TABLE, Kind.VIEW, Kind.SEQUENCE, Kind.SCHEMA, Kind.FUNCTION]))
    schema = None if kind is Kind.SCHEMA else draw(NAMES)
    return ObjectId(kind, schema, draw(NAMES), signature=draw(SIGNATURES) if kind is Kind.FUNCTION else None)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return st.lists(_values(arguments[0]), max_size=3).map(tuple)
        return st.tuples(*map(_values, arguments))
    if arguments:
        return st.one_of(*map(_values, arguments))
    if hint is definitions.Identity:
        return _definitions(definitions.Identity)
    if hint is float:
        return st.floats(allow_nan=False, width=32)
    simple = {str: st.text(max_size=20), int: st.integers(-(2**63), 2**63), bool: st.booleans(), type(None): st.none()}
    return simple[hint]


def _definitions(definition_type: type[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(definition_type)
    return st.builds(definition_type, **{field.name: _values(hints[field.name]) for field in fields(definition_type)})


DEFINITIONS = {kind: _definitions(row.definition) for kind, row in KINDS.items()}


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    ids = draw(st.lists(object_ids(), max_size=6, unique=True))
    some_ids = st.lists(st.sampled_from(ids), max_size=3).map(tuple) if ids else st.just(())
    objects = [
        CatalogObject(object_id, draw(DEFINITIONS[object_id.kind]), draw(some_ids), draw(some_ids), draw(ORIGINS))
        for object_id in ids
    ]
    return make_catalog(objects, server_version=draw(st.integers(0, 18)), notes=tuple(draw(st.lists(st.text()))))

"""Enumerated types and domains of columns, domains that stand by themselves, and sequences."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import ARRAY, MetaData
from sqlalchemy import Enum as SAEnum
from sqlalchemy import Sequence as SASequence
from sqlalchemy import types as sa_types
from sqlalchemy.dialects.postgresql import DOMAIN

from pgcraft.catalog.definitions import Domain, Enum, Sequence
from pgcraft.catalog.enclosing import enclose_default
from pgcraft.catalog.implicit import choose_constraint_name
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.origins import Origins, place_of
from pgcraft.catalog.sequences import default_sequence
from pgcraft.catalog.tokens import canonical_condition
from pgcraft.catalog.types import canonical_type
from pgcraft.collect.compiling import DDL, compile_expression, naming, origins_of
from pgcraft.collect.listing import list_tables
from pgcraft.errors import PGCraftValidationError
from pgcraft.identifiers import quote_name
from pgcraft.models.declarations import Declared, get_declarations
from pgcraft.models.domains import DomainDefinition
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA, DIALECT, find_stored_type


def collect_types(metadata: MetaData) -> Iterator[Draft]:
    """Return the types that columns have, those of the MetaData itself, and the domains that are registered, each once.

    Raises:
        PGCraftValidationError: PGC154, two that differ bear one name; PGC150, an expression has no SQL form.
    """
    known = {
        draft.object.id: draft for draft in map(_draft_registered, get_declarations(metadata).kinds[Kind.DOMAIN].all())
    }
    found = [(column.type, origins_of(column, table)) for table in list_tables(metadata) for column in table.columns]
    for type_, origins in (*found, *((type_, ()) for type_ in _list_apart(metadata))):
        for draft in _draft_types(type_, origins):
            known[draft.object.id] = _choose(known.get(draft.object.id, draft), draft)
    yield from known.values()


def _list_apart(metadata: MetaData) -> Iterator[SAEnum | DOMAIN]:
    """Return the types that say ``metadata=``: they are made whether a column is of them or not."""
    for listener in metadata.dispatch.before_create:  # where SQLAlchemy has the only word on them
        type_ = getattr(listener, "__self__", None)
        if isinstance(type_, SAEnum | DOMAIN) and type_.create_type:
            yield type_


def _draft_types(type_: sa_types.TypeEngine[Any], origins: Origins) -> Iterator[Draft]:
    """Return the types that a column's type stands on, where they are objects and not made by others."""
    match find_named_type(type_):
        case SAEnum() as enum:
            yield _draft_enum(enum, origins)
        case DOMAIN() as domain if domain.create_type:
            yield _draft_domain(domain, origins)
            yield from _draft_types(domain.data_type, origins)


def _choose(first: Draft, second: Draft) -> Draft:
    """Return one of two drafts of a type: that which says more than what the type is made of, where one does not.

    Raises:
        PGCraftValidationError: PGC154, they differ.
    """
    if first.object.definition == second.object.definition or _names_only(second.object):
        return first
    if _names_only(first.object):
        return second
    raise _different(first.object, second.object)


def find_named_type(type_: sa_types.TypeEngine[Any]) -> SAEnum | DOMAIN | None:
    """Return the enumerated type or domain behind a column's type, also of an array or a decorated type, or None."""
    found = find_stored_type(type_)
    if isinstance(found, ARRAY):
        return find_named_type(found.item_type)
    if isinstance(found, SAEnum):
        return found if found.native_enum and found.name else None
    return found if isinstance(found, DOMAIN) else None


def _names_only(item: CatalogObject) -> bool:
    """Whether a domain says nothing but what it is made of, so that another place may say the rest."""
    return isinstance(item.definition, Domain) and item.definition == Domain(item.definition.type)


def _draft_registered(item: Declared[DomainDefinition]) -> Draft:
    given = item.definition
    definition = Domain(
        type=canonical_type(given.type),
        default=None if given.default is None else enclose_default(given.default),
        nullable=given.nullable,
        checks=tuple(sorted((name, canonical_condition(text)) for name, text in given.checks)),
        collation=given.collation,
        comment=given.comment,
    )
    draft = _link_domain(ObjectId(Kind.DOMAIN, given.schema, given.name), definition, item.origins)
    return draft._replace(object=replace(draft.object, renamed_from=given.renamed_from or ""))


def _draft_domain(domain: DOMAIN, origins: Origins) -> Draft:
    object_id = ObjectId(Kind.DOMAIN, str(domain.schema or DEFAULT_SCHEMA), str(domain.name))
    with naming(object_id, origins):
        default = None if domain.default is None else enclose_default(str(DDL.render_default_string(domain.default)))
        check = None if domain.check is None else canonical_condition(compile_expression(domain.check))
        base = canonical_type(str(domain.data_type.compile(dialect=DIALECT)))
    check_name = str(domain.constraint_name or choose_constraint_name("check", object_id.name, (), ()))
    collation = [part for part in (domain.collation_schema, domain.collation) if part]
    definition = Domain(
        type=base,
        default=default,
        nullable=not domain.not_null,
        checks=() if check is None else ((check_name, check),),
        collation=".".join(map(quote_name, collation)) or None,
    )
    return _link_domain(object_id, definition, origins)


def _link_domain(object_id: ObjectId, definition: Domain, origins: Origins) -> Draft:
    texts = (definition.type, definition.default or "", *(text for _, text in definition.checks))
    return Draft(CatalogObject(object_id, definition, origins=origins), texts=texts)


def name_left_out(type_: sa_types.TypeEngine[Any]) -> str | None:
    """Name a domain that others make, as ``create_type=False`` says; None for every other type."""
    found = find_named_type(type_)
    is_foreign = isinstance(found, DOMAIN) and not found.create_type
    return f"domain {found.compile(dialect=DIALECT)}" if found is not None and is_foreign else None


def _draft_enum(enum: SAEnum, origins: Origins) -> Draft:
    object_id = ObjectId(Kind.ENUM, str(enum.schema or DEFAULT_SCHEMA), str(enum.name))
    return Draft(CatalogObject(object_id, Enum(tuple(enum.enums)), origins=origins))


def _different(first: CatalogObject, second: CatalogObject) -> PGCraftValidationError:
    before = place_of(first.origins)
    what = f"{first.id} is declared twice, and the two differ"
    if isinstance(first.definition, Enum) and isinstance(second.definition, Enum):
        values = [", ".join(definition.values) for definition in (first.definition, second.definition)]
        what = f"{first.id} is declared with two sets of values: {values[0]}; and {values[1]}"
    noun = "Enum" if first.id.kind is Kind.ENUM else "domain"
    return PGCraftValidationError(
        "PGC154",
        what,
        place=place_of(second.origins),
        remedy=f"use one {noun} for both columns, or give the two different names"
        + (f"\nthe first stands at {before}" if before else ""),
    )


def collect_sequences(metadata: MetaData) -> Iterator[Draft]:
    """Return the sequences that stand on the MetaData by themselves."""
    for sequence in metadata._sequences.values():  # noqa: SLF001  SQLAlchemy has no public way to list them
        if not sequence.optional:
            object_id = ObjectId(Kind.SEQUENCE, str(sequence.schema or DEFAULT_SCHEMA), str(sequence.name))
            yield Draft(CatalogObject(object_id, _define(sequence)))


def _define(sequence: SASequence) -> Sequence:
    type_ = sequence.data_type
    type_name = "bigint" if type_ is None else canonical_type(str(type_.compile(dialect=DIALECT)))
    default = default_sequence(type_name, sequence.increment)
    given: dict[str, Any] = {
        "minimum": sequence.minvalue,
        "maximum": sequence.maxvalue,
        "start": sequence.start,
        "cache": sequence.cache,
        "cycle": sequence.cycle,
    }
    told = {name: value for name, value in given.items() if value is not None}
    if sequence.start is None:
        told["start"] = told.get("minimum" if default.increment > 0 else "maximum", default.start)
    return replace(default, **told)

"""Composite and range types that are registered."""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.kinds import Kind
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.made_types import Composite, Range, choose_multirange_name
from pgcraft.catalog.objects import CatalogObject, ObjectId
from pgcraft.catalog.types import canonical_type, without_modifier
from pgcraft.models.declarations import Declarations
from pgcraft.models.made_types import CompositeDefinition, RangeDefinition


def collect_made_types(declarations: Declarations) -> Iterator[Draft]:
    """Return the composite and range types."""
    for item in (*declarations.kinds[Kind.COMPOSITE].all(), *declarations.kinds[Kind.RANGE].all()):
        given = item.definition
        draft = _draft_range if isinstance(given, RangeDefinition) else _draft_composite
        found = draft(given)
        yield Draft(
            replace(found.object, origins=item.origins, renamed_from=given.renamed_from or ""),
            functions=found.functions,
            texts=found.texts,
        )


def _draft_composite(given: CompositeDefinition) -> Draft:
    definition = Composite(
        attributes=tuple((name, canonical_type(type_)) for name, type_ in given.attributes),
        collations=tuple(sorted(given.collations)),
        comment=given.comment,
        column_comments=tuple(sorted(given.attribute_comments)),
    )
    item = CatalogObject(ObjectId(Kind.COMPOSITE, given.schema, given.name), definition)
    return Draft(item, texts=tuple(type_ for _, type_ in definition.attributes))


def _draft_range(given: RangeDefinition) -> Draft:
    definition = Range(
        subtype=without_modifier(canonical_type(given.subtype)),
        multirange=given.multirange or choose_multirange_name(given.name),
        operator_class=given.operator_class,
        collation=given.collation,
        canonical=given.canonical,
        difference=given.difference,
        comment=given.comment,
    )
    item = CatalogObject(ObjectId(Kind.RANGE, given.schema, given.name), definition)
    functions = tuple(function for function in (given.canonical, given.difference) if function)
    return Draft(item, functions=functions, texts=(definition.subtype,))

"""Publications that are registered, with their tables."""

from collections.abc import Iterator

from pgcraft.catalog.kinds import Kind
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, ObjectId
from pgcraft.catalog.publications import Publication, Published
from pgcraft.catalog.tokens import canonical_condition
from pgcraft.models.declarations import Declarations


def collect_publications(declarations: Declarations) -> Iterator[Draft]:
    """Return the publications and the tables that they name."""
    for item in declarations.kinds[Kind.PUBLICATION].all():
        given = item.definition
        publication = Publication(
            is_for_all=given.all_tables,
            schemas=tuple(sorted(given.schemas)),
            publish=tuple(sorted(given.publish)),
            via_root=given.via_root,
            sends_generated=given.sends_generated,
            comment=given.comment,
        )
        object_id = ObjectId(Kind.PUBLICATION, None, given.name)
        schemas = tuple(ObjectId(Kind.SCHEMA, None, name) for name in publication.schemas)
        whole = CatalogObject(object_id, publication, origins=item.origins, renamed_from=given.renamed_from or "")
        yield Draft(whole, needs=schemas)
        for named in given.tables:
            table = ObjectId(Kind.TABLE, named.schema, named.name)
            where = None if named.where is None else canonical_condition(named.where)
            definition = Published(tuple(sorted(named.columns)), where)
            part = CatalogObject(table.part(Kind.PUBLISHED, given.name), definition, origins=item.origins)
            columns = tuple(map(table.column, named.columns))
            yield Draft(part, needs=(object_id, table, *columns), texts=(where or "",))

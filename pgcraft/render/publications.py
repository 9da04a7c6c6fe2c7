"""Publications, without the tables that they name."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.catalog.publications import Publication
from pgcraft.identifiers import quote_literal, quote_name
from pgcraft.render.comments import comment_on, object_target, render_comment
from pgcraft.render.renderer import Renderer, Sql


def create_publication(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a publication, without the tables that it names."""
    definition = item.defined_as(Publication)
    about = " FOR ALL TABLES" if definition.is_for_all else ""
    if definition.schemas:
        about = f" FOR {_in_schemas(definition.schemas)}"
    options = ", ".join(_options(Publication(), definition))
    text = f"CREATE {object_target(item.id)}{about}" + (f" WITH ({options})" if options else "")
    return (Sql(text, "create", item.id), *render_comment(item.id, definition.comment))


def drop_publication(item: CatalogObject) -> tuple[str, ...]:
    """Drop a publication."""
    return (f"DROP {object_target(item.id)}",)


def alter_publication(before: CatalogObject, after: CatalogObject) -> Iterator[str]:
    """Return the SQL that leads from one form to another; what is for all tables stays so."""
    old, new = before.defined_as(Publication), after.defined_as(Publication)
    head = f"ALTER {object_target(after.id)}"
    if lost := [name for name in old.schemas if name not in new.schemas]:
        yield f"{head} DROP {_in_schemas(lost)}"
    if fresh := [name for name in new.schemas if name not in old.schemas]:
        yield f"{head} ADD {_in_schemas(fresh)}"
    if options := ", ".join(_options(old, new)):
        yield f"{head} SET ({options})"
    if old.comment != new.comment:
        yield comment_on(object_target(after.id), new.comment)


def _in_schemas(names: Iterable[str]) -> str:
    return f"TABLES IN SCHEMA {', '.join(map(quote_name, names))}"


def _options(old: Publication, new: Publication) -> Iterator[str]:
    """Return the options that differ; the changes that are sent in the order in which PostgreSQL names them."""
    if old.publish != new.publish:
        listed = sorted(new.publish, key=lambda name: ("insert", "update", "delete", "truncate").index(name))
        yield f"publish = {quote_literal(', '.join(listed))}"
    if old.via_root != new.via_root:
        yield f"publish_via_partition_root = {str(new.via_root).lower()}"
    if old.sends_generated != new.sends_generated:
        yield f"publish_generated_columns = {'stored' if new.sends_generated else 'none'}"


RENDERER = Renderer((Kind.PUBLICATION,), create_publication, drop_publication)

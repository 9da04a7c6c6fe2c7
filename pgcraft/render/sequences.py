"""Sequences that no column owns, and the options that identity columns share with them."""

from pgcraft.catalog.definitions import Identity, Sequence
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_qualified
from pgcraft.render.comments import render_comment
from pgcraft.render.owners import render_owner
from pgcraft.render.renderer import Renderer, Sql


def create_sequence(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a sequence."""
    definition = item.defined_as(Sequence)
    options = "".join(f"\n    {option}" for option in (f"AS {definition.type}", *sequence_options(definition)))
    text = f"CREATE SEQUENCE {quote_qualified(item.id.schema, item.id.name)}{options}"
    return (
        Sql(text, "create", item.id),
        *render_comment(item.id, definition.comment),
        *render_owner(item.id, definition.owner),
    )


def drop_sequence(item: CatalogObject) -> tuple[str, ...]:
    """Drop a sequence."""
    return (f"DROP SEQUENCE {quote_qualified(item.id.schema, item.id.name)}",)


def sequence_options(options: Sequence | Identity) -> tuple[str, ...]:
    """Return those options that say something beside the default."""
    found = (
        ("START WITH", options.start),
        ("INCREMENT BY", options.increment),
        ("MINVALUE", options.minimum),
        ("MAXVALUE", options.maximum),
        ("CACHE", options.cache),
    )
    cycle = ("CYCLE",) if options.cycle else ()
    return (*(f"{word} {value}" for word, value in found if value is not None), *cycle)


RENDERER = Renderer((Kind.SEQUENCE,), create_sequence, drop_sequence)

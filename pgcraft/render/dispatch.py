"""One renderer a kind, and the one way to them."""

from collections.abc import Iterable, Mapping

from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.render import (
    columns,
    composites,
    constraints,
    default_privileges,
    domains,
    enums,
    extensions,
    functions,
    grants,
    indexes,
    partitions,
    policies,
    publications,
    published,
    ranges,
    roles,
    schemas,
    sequences,
    statistics,
    tables,
    triggers,
    views,
)
from pgcraft.render.closing import close
from pgcraft.render.renderer import Renderer, Sql
from pgcraft.render.statement import Statement


def gather_renderers(renderers: Iterable[Renderer]) -> Mapping[Kind, Renderer]:
    """Return the renderer of each kind.

    Raises:
        ValueError: two renderers claim a kind.
    """
    claimed: dict[Kind, Renderer] = {}
    for renderer in renderers:
        for kind in renderer.kinds:
            if kind in claimed:
                raise ValueError(f"two renderers claim {kind}: {claimed[kind]} and {renderer}")
            claimed[kind] = renderer
    return claimed


RENDERERS = gather_renderers(
    module.RENDERER
    for module in (
        columns,
        composites,
        constraints,
        default_privileges,
        domains,
        enums,
        extensions,
        functions,
        grants,
        indexes,
        partitions,
        policies,
        publications,
        published,
        ranges,
        roles,
        schemas,
        sequences,
        statistics,
        tables,
        triggers,
        views,
    )
)
"""The renderer of every kind."""


_NOTHING = Catalog()


def render_create(item: CatalogObject, catalog: Catalog | None = None) -> tuple[str, ...]:
    """Return the SQL that makes an object, in run order, without semicolons.

    Args:
        catalog: where a table finds its columns and constraints; other kinds do without.
    """
    return tuple([sql.text for sql in _create(item, catalog or _NOTHING)])


def render_drop(item: CatalogObject) -> tuple[str, ...]:
    """Return the SQL that takes an object away, in run order, without semicolons."""
    return RENDERERS[item.id.kind].drop(item)


def render_object(item: CatalogObject, catalog: Catalog) -> tuple[Statement, ...]:
    """Return the statements that make an object; a table comes with its indexes.

    Args:
        catalog: the one the object is from.
    """
    statements = render_alone(item, catalog)
    for part in item.parts:
        if part.kind is Kind.INDEX and part in catalog.by_id:
            statements += render_alone(catalog.by_id[part], catalog)
    return statements


def render_alone(item: CatalogObject, catalog: Catalog) -> tuple[Statement, ...]:
    """Return the statements that make an object without any other, the first of them with what undoes them all."""
    return state(item, _create(item, catalog), catalog)


def state(item: CatalogObject, sql: tuple[Sql, ...], catalog: Catalog) -> tuple[Statement, ...]:
    """Return the SQL that makes an object as statements, and close the object to the catalog's roles."""
    first, *others = close(item, sql, (role.id.name for role in catalog.of_kind(Kind.ROLE)), catalog)
    return (
        Statement(first.text, first.comment, render_drop(item), item.id),
        *(Statement(sql.text, sql.comment, (), item.id) for sql in others),
    )


def _create(item: CatalogObject, catalog: Catalog) -> tuple[Sql, ...]:
    return RENDERERS[item.id.kind].create(item, catalog)

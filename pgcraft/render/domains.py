"""Domains."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Domain
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.comments import render_comment
from pgcraft.render.owners import render_owner
from pgcraft.render.renderer import Renderer, Sql


def create_domain(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a domain."""
    definition = item.defined_as(Domain)
    clauses = "".join(f"\n    {clause}" for clause in _clauses(definition))
    text = f"CREATE DOMAIN {domain_name(item)} AS {definition.type}{clauses}"
    return (
        Sql(text, "create", item.id),
        *render_comment(item.id, definition.comment),
        *render_owner(item.id, definition.owner),
    )


def drop_domain(item: CatalogObject) -> tuple[str, ...]:
    """Drop a domain."""
    return (f"DROP DOMAIN {domain_name(item)}",)


def domain_name(item: CatalogObject) -> str:
    """Return a domain's qualified name."""
    return quote_qualified(item.id.schema, item.id.name)


def domain_check(name: str, condition: str) -> str:
    """Return the clause of one check."""
    return f"CONSTRAINT {quote_name(name)} CHECK ({condition})"


def _clauses(definition: Domain) -> Iterator[str]:
    if definition.collation is not None:
        yield f"COLLATE {definition.collation}"
    if definition.default is not None:
        yield f"DEFAULT {definition.default}"
    if not definition.nullable:
        yield "NOT NULL"
    yield from (domain_check(*check) for check in definition.checks)


RENDERER = Renderer((Kind.DOMAIN,), create_domain, drop_domain)

"""Row security policies. Switching row security on is the table's own business."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Policy
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.comments import relation_target, render_comment
from pgcraft.render.renderer import Renderer, Sql


def create_policy(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a policy."""
    definition = item.defined_as(Policy)
    comment = render_comment(item.id, definition.comment, relation_target(item.id))
    return (Sql("\n".join(_clauses(item, definition)), "create", item.id), *comment)


def alter_policy(item: CatalogObject) -> str:
    """Return the SQL that changes a policy where it stands: its roles and the expressions that it has."""
    policy = item.defined_as(Policy)
    head = f"ALTER POLICY {quote_name(item.id.name)} ON {quote_qualified(*item.id.relation)}"
    return "\n".join((head, *_rules(policy)))


def drop_policy(item: CatalogObject) -> tuple[str, ...]:
    """Drop a policy."""
    return (f"DROP {relation_target(item.id)}",)


def _clauses(item: CatalogObject, policy: Policy) -> Iterator[str]:
    table = quote_qualified(*item.id.relation)
    yield f"CREATE POLICY {quote_name(item.id.name)} ON {table}"
    if not policy.permissive:
        yield "AS RESTRICTIVE"
    yield f"FOR {policy.command.upper()}"
    yield from _rules(policy)


def _rules(policy: Policy) -> Iterator[str]:
    yield f"TO {', '.join('PUBLIC' if role == 'public' else quote_name(role) for role in policy.roles)}"
    if policy.using is not None:
        yield f"USING ({policy.using})"
    if policy.check is not None:
        yield f"WITH CHECK ({policy.check})"


RENDERER = Renderer((Kind.POLICY,), create_policy, drop_policy)

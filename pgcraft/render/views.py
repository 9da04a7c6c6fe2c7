"""Views, plain and materialized."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import View
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, escape_name
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.comments import column_target, render_comment
from pgcraft.render.options import render_options
from pgcraft.render.owners import render_owner
from pgcraft.render.renderer import Renderer, Sql


def create_view(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a view with its options, column defaults and comments."""
    definition = item.defined_as(View)
    return (
        Sql(f"CREATE {_text(item, definition)}", "create", item.id),
        *_defaults(item, definition),
        *render_comment(item.id, definition.comment),
        *_column_comments(item, definition),
        *render_owner(item.id, definition.owner),
    )


def replace_view(item: CatalogObject) -> str:
    """Return the SQL that changes a view in place; PostgreSQL takes it when columns are only added at the end.

    Options that others set are lost, unless ``kept_settings`` stands around it.
    """
    return f"CREATE OR REPLACE {_text(item, item.defined_as(View))}"


def drop_view(item: CatalogObject) -> tuple[str, ...]:
    """Drop a view."""
    return (f"DROP {item.id.kind.upper()} {_name(item)}",)


def set_default(item: CatalogObject, column: str, expression: str | None) -> str:
    """Return the SQL that sets what a view's column gets when an insert leaves it out; None takes it away."""
    action = "DROP DEFAULT" if expression is None else f"SET DEFAULT {expression}"
    return f"ALTER VIEW {_name(item)} ALTER COLUMN {quote_name(column)} {action}"


def set_options(before: CatalogObject, after: CatalogObject) -> Iterator[str]:
    """Return the SQL that leads from one view's options to another's."""
    old, new = dict(before.defined_as(View).options), dict(after.defined_as(View).options)
    head = f"ALTER {after.id.kind.upper()} {_name(after)}"
    changed = tuple((name, value) for name, value in new.items() if old.get(name) != value)
    if changed:
        yield f"{head} SET ({render_options(changed)})"
    if lost := [name for name in old if name not in new]:
        yield f"{head} RESET ({', '.join(lost)})"


def _text(item: CatalogObject, view: View) -> str:
    head = f"{item.id.kind.upper()} {_name(item)}"
    options = f"\nWITH ({render_options(view.options)})" if view.options else ""
    return f"{head}{options} AS\n{view.query}"


def _defaults(item: CatalogObject, view: View) -> Iterator[Sql]:
    for column, expression in view.column_defaults:
        yield Sql(set_default(item, column, expression), f"set the default of {escape_name(column)} in {item.id}")


def _column_comments(item: CatalogObject, view: View) -> Iterator[Sql]:
    for column, text in view.column_comments:
        yield from render_comment(item.id, text, column_target(item.id.schema, item.id.name, column))


def _name(item: CatalogObject) -> str:
    return quote_qualified(item.id.schema, item.id.name)


RENDERER = Renderer((Kind.VIEW, Kind.MATERIALIZED_VIEW), create_view, drop_view)

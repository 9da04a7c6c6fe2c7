"""The DDL tab: the statements that make what is under the cursor."""

from collections.abc import Iterable

from pgcraft.catalog.objects import Catalog
from pgcraft.render.statement import Statement
from pgcraft_tui.present.origins import find_place, format_made_by
from pgcraft_tui.present.outline import Node
from pgcraft_tui.present.page import BLANK, Code, Line, Page, dim, note


def present_ddl(catalog: Catalog, node: Node, statements: Iterable[Statement]) -> Page:
    """Show the statements in run order; of a single object its own first, and under them who made it."""
    page: list[Code | Line] = []
    for statement in sorted(statements, key=lambda each: node.object_id is not None and each.source != node.object_id):
        if page:
            page.append(BLANK)
        page.append(Code(format_statement(statement)))
    if not page:
        return note("nothing has to be run for this")
    item = catalog.find(node.object_id) if node.object_id is not None else None
    made_by = format_made_by(item) if item is not None else ""
    if item is not None and made_by:
        page += [BLANK, Line((dim(made_by),), find_place(item), indent=2)]
    return tuple(page)


def format_statement(statement: Statement) -> str:
    """Return a statement as it stands in a script."""
    return f"{statement.sql.strip()};"

"""Statistics objects that are registered."""

from collections.abc import Iterator

from pgcraft.catalog.kinds import Kind
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, ObjectId
from pgcraft.catalog.statistics import KINDS_OF_STATISTICS, Statistics
from pgcraft.catalog.tokens import strip_parentheses
from pgcraft.catalog.words import list_words
from pgcraft.models.declarations import Declarations


def collect_statistics(declarations: Declarations) -> Iterator[Draft]:
    """Return the statistics objects."""
    for item in declarations.kinds[Kind.STATISTICS].all():
        given = item.definition
        is_single = len(given.columns) + len(given.expressions) == 1
        expressions = tuple(map(strip_parentheses, given.expressions))
        plain = {each: name for each in expressions if (name := _find_column(each)) is not None}
        definition = Statistics(
            columns=tuple(sorted({*given.columns, *plain.values()})),
            expressions=tuple(each for each in expressions if each not in plain),
            kinds=() if is_single else tuple(sorted(given.kinds)) or KINDS_OF_STATISTICS,
            target=given.target,
            comment=given.comment,
        )
        table = ObjectId(Kind.TABLE, given.schema, given.table)
        yield Draft(
            CatalogObject(
                table.part(Kind.STATISTICS, given.name),
                definition,
                origins=item.origins,
                renamed_from=given.renamed_from or "",
            ),
            needs=tuple(table.column(name) for name in definition.columns),
            relations=(table.qualified,),
            texts=definition.expressions,
        )


def _find_column(expression: str) -> str | None:
    """Return the column that an expression is, as PostgreSQL keeps it; None where it computes something."""
    tokens = list_words(expression)
    return tokens[0].name if len(tokens) == 1 else None

"""A view that keeps its rows."""

from typing import ClassVar

from pgcraft.views.view import PGCraftView


class PGCraftMaterializedView(PGCraftView):
    """Declares a materialized view; the arguments are those of :class:`~pgcraft.views.view.PGCraftView`.

    Its rows are as old as the last ``REFRESH MATERIALIZED VIEW``.
    """

    is_materialized: ClassVar[bool] = True

"""Making the page of a tab for a node; runs in a thread, so that a big node holds nothing up."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from pgcraft.catalog.objects import ObjectId
from pgcraft.errors import PGCraftError
from pgcraft.service.api_types import ApiTrial
from pgcraft.service.types import DiffAnswer, HistoryEntry, LoadedModels
from pgcraft_tui.present.api import find_views, present_api
from pgcraft_tui.present.changes import find_operations, join_changed, present_changes
from pgcraft_tui.present.ddl import present_ddl
from pgcraft_tui.present.diffing import TextDiff, compute_diff
from pgcraft_tui.present.grants import present_grants
from pgcraft_tui.present.history import NO_OBJECT, present_history
from pgcraft_tui.present.origins import present_origins
from pgcraft_tui.present.outline import Node
from pgcraft_tui.present.page import Page, note
from pgcraft_tui.present.printing import PrintedPage, print_page
from pgcraft_tui.present.problems import present_error
from pgcraft_tui.present.relations import present_relations
from pgcraft_tui.present.tabs import Tab
from pgcraft_tui.present.visible import make_visible
from pgcraft_tui.present.why import present_why

if TYPE_CHECKING:
    from pgcraft.service.workbench import Workbench

NO_MIGRATIONS = "this project has no migrations yet; press i to make them"


Histories = dict[ObjectId, tuple[HistoryEntry, ...]]
"""What the revisions did to objects, as far as it was asked."""


@dataclass(frozen=True, eq=False)
class PreviewRequest:
    """What a page is wanted of, as it was when the cursor came to rest.

    Attributes:
        diff: the models against the migrations; None while it is not known.
        has_migrations: whether there is anything to compare with.
        width: cells of a row of the pane; None when nothing is wrapped.
        trial: what requests to the node's view were answered; None when they were not run.
        histories: what is known already; what is read is added.
        served_at: where PostgREST answers; empty while none runs.
    """

    workbench: "Workbench"
    loaded: LoadedModels
    tab: Tab
    node: Node
    diff: DiffAnswer | None
    diff_error: PGCraftError | None
    has_migrations: bool
    width: int | None = None
    trial: ApiTrial | None = None
    histories: Histories = field(default_factory=dict)
    served_at: str = ""

    def asks_the_same(self, other: "PreviewRequest") -> bool:
        """Whether the answer can be no other; facts are compared by identity, for big models take long otherwise."""
        return (
            self.loaded is other.loaded
            and self.node is other.node
            and self.tab is other.tab
            and self.diff is other.diff
            and self.diff_error is other.diff_error
            and self.trial is other.trial
            and self.width == other.width
            and self.served_at == other.served_at
        )


@dataclass(frozen=True)
class Preview:
    """What the preview shows of a node.

    Attributes:
        diff: the object's DDL by the migrations and as declared; None where a difference would say nothing.
    """

    page: PrintedPage
    diff: TextDiff | None = None


def make_preview(request: PreviewRequest) -> Preview:
    """Make the page, laid out for the pane, and on the Change tab the difference.

    Raises:
        PGCraftError: what the service says when it cannot.
    """
    before, after = _find_sides(request)
    page = make_page(request) if not before and not after else _make_change(request, with_sql=False)
    visible = make_visible(before), make_visible(after)
    return Preview(print_page(page, request.width), compute_diff(*visible) if before or after else None)


def _find_sides(request: PreviewRequest) -> tuple[str, str]:
    """Return the DDL by the migrations and as declared; both are empty but for changed objects on the Change tab."""
    if request.tab is not Tab.CHANGE or request.diff is None:
        return "", ""
    return join_changed(request.diff.changed, request.node)


def make_page(request: PreviewRequest) -> Page:
    """Make the page.

    Raises:
        PGCraftError: what the service says when it cannot.
    """
    catalog, node = request.loaded.catalog, request.node
    match request.tab:
        case Tab.DDL:
            ids = (node.object_id,) if node.object_id is not None and not node.is_gone else node.object_ids()
            return present_ddl(catalog, node, request.workbench.render_ddl(ids) if ids else ())
        case Tab.API:
            views = find_views(request.loaded.resources, node)
            return present_api(tuple(map(request.workbench.preview_api, views)), node, request.trial, request.served_at)
        case Tab.GRANTS:
            return present_grants(catalog, node)
        case Tab.RELATIONS:
            return present_relations(catalog, node)
        case Tab.ORIGIN:
            return (*present_origins(catalog, node), *_make_why(request))
        case Tab.CHANGE:
            return _make_change(request)
        case Tab.HISTORY:
            return _make_history(request)
        case _:
            assert_never(request.tab)


def _make_change(request: PreviewRequest, *, with_sql: bool = True) -> Page:
    if not request.has_migrations:
        return note(NO_MIGRATIONS)
    if request.diff_error is not None:
        return present_error(request.diff_error)
    if request.diff is None:
        return note("the models are being compared with the migrations …")
    return present_changes(find_operations(request.diff.operations, request.node), with_sql=with_sql)


def _make_why(request: PreviewRequest) -> Page:
    """Say why an object is there; its revisions only where they were read before, for reading them takes a while."""
    from pgcraft.service.why.explain import explain  # not before somebody asks

    catalog, object_id = request.loaded.catalog, request.node.object_id
    if object_id is None or catalog.find(object_id) is None:
        return ()
    history = request.histories.get(object_id, ())
    return present_why(explain(catalog, object_id, history), request.workbench.project.root)


def _make_history(request: PreviewRequest) -> Page:
    object_id = request.node.object_id
    if not request.has_migrations:
        return note(NO_MIGRATIONS)
    if object_id is None:
        return note(NO_OBJECT)
    if object_id not in request.histories:
        request.histories[object_id] = request.workbench.history(object_id)
    return present_history(request.histories[object_id], request.workbench.project.root)

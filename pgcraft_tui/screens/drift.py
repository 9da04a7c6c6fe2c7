"""A real database beside the models: it is read, and nothing is written to it."""

import shlex
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input, OptionList, Static

from pgcraft.scrub import scrub
from pgcraft.service.actions import Need, Scope
from pgcraft.service.drift import DriftRequest, format_mending
from pgcraft.service.drift_types import DriftAnswer, Side
from pgcraft_tui.actions.bindings import make_bindings
from pgcraft_tui.present.drifting import Found, list_found, present_equal, present_kept, summarize
from pgcraft_tui.present.page import note
from pgcraft_tui.screens.work import WorkScreen
from pgcraft_tui.widgets.code import CodeView
from pgcraft_tui.widgets.options import ValueOption, get_value, make_option
from pgcraft_tui.widgets.page_view import PageView

_LIST, _SQL = "drift-found", "drift-sql"
_NEXT: dict[Side | None, Side | None] = {None: "here", "here": "there", "there": None}


class DriftScreen(WorkScreen):
    """The database's name above what differs, or above the SQL that mends one of the sides."""

    HEADING = "Drift"
    BINDINGS: ClassVar[list[BindingType]] = make_bindings(Scope.DRIFT)

    def __init__(self) -> None:
        super().__init__()
        self._database = ""
        """As it was typed: an address may hold a password, which is not shown."""
        self._answer: DriftAnswer | None = None
        self._mend: Side | None = None
        self._compared = self._under_way = -1

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the field above the list and what is said of the row under the cursor, or above the SQL."""
        with Horizontal(id="drift-database-line"):
            yield Static("database ", id="drift-database-label", markup=False)
            yield Input(placeholder="name or postgresql://user@host/name", id="drift-database", compact=True)
        with ContentSwitcher(initial=_LIST, id="drift-views"):
            with Vertical(id=_LIST):
                yield OptionList(id="drift-list", markup=False)
                yield PageView(id="drift-detail")
            yield CodeView("", id=_SQL)

    def models_changed(self) -> None:
        """Read the only database that the project names when this is first shown; after that the user says when."""
        if self._answer is not None:
            self._summarize(self._answer)
        elif len(self.session.project.databases) == 1:
            self._database = self.session.project.databases[0][0]
            self._field.value = self._database
            self.action_drift_again()
        else:
            self.query_one("#drift-detail", PageView).show(note(Need.COMPARED.value))
        self._show_command()

    def find_met_needs(self) -> Iterable[Need]:
        """Say whether there is a database to read again."""
        if self._answer is not None or self._database:
            yield Need.COMPARED

    def leave_field(self) -> bool:
        """Leave the name as it was."""
        if self.focused is not self._field:
            return False
        self._field.value = scrub(self._database)
        self._list.focus()
        return True

    def step_back(self) -> bool:
        """Go back to what differs."""
        if self._mend is None:
            return False
        self._show_list()
        return True

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Read the database that was named, if it is another; what was typed stands there without its password."""
        typed = event.value.strip()
        is_other = typed != scrub(self._database)
        if is_other:
            self._database, self._answer = typed, None
            self._list.clear_options()
            self.query_one("#drift-detail", PageView).show(())
            self.show_title("")
        self.leave_field()
        if is_other:
            self._show_list()
            self.action_drift_again()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say more about the row under the cursor."""
        found = get_value(event.option, Found)
        if found is not None:
            self.query_one("#drift-detail", PageView).show(found.page)

    def action_edit_database(self) -> None:
        """Put the cursor into the name."""
        self.set_focus(self._field)

    def action_drift_again(self) -> None:
        """Read the database, and compare it with the models as they are."""
        if not self.host.jobs.is_running("drift"):
            self._start(None)

    def action_cycle_mending(self) -> None:
        """Go on from what differs to the SQL for the database, to that for the other side, and back."""
        side = _NEXT[self._mend]
        if side is None:
            self._show_list()
        else:
            self._start(side)

    def _start(self, side: Side | None) -> None:
        self._under_way = self.session.generation
        request = DriftRequest(self._database, mend=side)
        self._show_command(side)
        self.start_work(
            "drift",
            f"reading {scrub(self._database) or 'the database'}",
            lambda report: self.workbench.drift(request, report),
            lambda answer: self._take(answer, side),
        )

    def _take(self, answer: DriftAnswer, side: Side | None) -> None:
        self._answer, self._compared = answer, self._under_way
        found = list_found(answer)
        self._list.clear_options()
        self._list.add_options([ValueOption(make_option(each.row), each) for each in found])
        if found:
            self._list.highlighted = 0
        else:
            self.query_one("#drift-detail", PageView).show(present_equal(answer))
        self._summarize(answer)
        if side is None:
            self._show_list()
        else:
            self._mend = side
            code = self.query_one(f"#{_SQL}", CodeView)
            code.show(present_kept(answer) + format_mending(answer.mend))
            self._show(_SQL, code)

    def _show_list(self) -> None:
        self._mend = None
        self._show(_LIST, self._list)

    def _show(self, view: str, focused: Widget) -> None:
        self.query_one(ContentSwitcher).current = view
        if self.focused is not self._field:
            focused.focus()
        self._show_command(self._mend)

    def _show_command(self, side: Side | None = None) -> None:
        words = ["pgcraft", "drift", *(["--db", scrub(self._database)] if self._database else [])]
        self.show_command(shlex.join([*words, *(["--mend", side] if side else [])]))

    def _summarize(self, answer: DriftAnswer) -> None:
        is_old = self._compared != self.session.generation
        self.show_title(("the models have changed since, a compares again · " if is_old else "") + summarize(answer))

    @property
    def _field(self) -> Input:
        return self.query_one("#drift-database", Input)

    @property
    def _list(self) -> OptionList:
        return self.query_one("#drift-list", OptionList)

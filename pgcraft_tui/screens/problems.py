"""What is wrong or looks odd: why the models could not be loaded, with the line to blame, and what lint finds."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from pgcraft.errors import PGCraftError, Place
from pgcraft.service.actions import Need, Scope
from pgcraft_tui.actions.bindings import make_bindings
from pgcraft_tui.host.session import Session
from pgcraft_tui.present.page import BLANK, Code, Line, Page, Span, Tone, format_page, heading, line, note
from pgcraft_tui.present.problems import count_advice, present_error, present_findings, present_hazards
from pgcraft_tui.screens.action_screen import ActionScreen
from pgcraft_tui.widgets.footer import ActionFooter
from pgcraft_tui.widgets.page_view import PageView
from pgcraft_tui.widgets.toned import TonedLine

_MAX_SOURCE_BYTES = 2_000_000


class ProblemsScreen(ActionScreen[None]):
    """The error of the last load, which goes when the file is mended, and what looks odd about what is shown."""

    BINDINGS: ClassVar[list[BindingType]] = make_bindings(Scope.PROBLEMS)

    def __init__(self) -> None:
        super().__init__()
        self._with_detail = self._with_advice = False
        self._had_error = False
        self._page: Page = ()

    def compose(self) -> ComposeResult:
        """Make the title, the page and the footer."""
        yield TonedLine(id="problems-title")
        yield PageView(id="problems-page")
        yield ActionFooter()

    def on_mount(self) -> None:
        """Follow the loads."""
        self.host.signals.models.subscribe(self, self._follow)

    def on_screen_resume(self) -> None:
        """Show what is known now."""
        self._draw()

    @property
    def error(self) -> PGCraftError | None:
        """What is shown."""
        return self.session.error

    def met_needs(self) -> frozenset[Need]:
        """Say what holds at this moment."""
        error = self.error
        held = {
            Need.PROBLEM: bool(self._page),
            Need.SOURCE: error is not None and error.place is not None,
            Need.DETAIL: error is not None and bool(error.detail),
        }
        return super().met_needs().union(need for need, is_met in held.items() if is_met)

    def action_toggle_detail(self) -> None:
        """Show everything that is known, or the short form."""
        self._with_detail = not self._with_detail
        self._draw()

    def action_toggle_advice(self) -> None:
        """Show all that lint says, or the notes alone."""
        self._with_advice = not self._with_advice
        self._draw()

    def action_edit_problem(self) -> None:
        """Open the line that is to blame."""
        if self.error is not None and self.error.place is not None:
            self.host.open_place(self.error.place)

    def action_copy_problem(self) -> None:
        """Copy all of it."""
        self.host.copy(format_page(self._make_page(with_detail=True)), "the problems")

    def _follow(self, _session: Session) -> None:
        if self._had_error and self.error is None and self.is_current:
            self.dismiss()
            return
        self._draw()

    def _draw(self) -> None:
        error = self.error
        self._had_error = error is not None
        title = "The models could not be loaded" if error is not None else "Problems"
        self.query_one("#problems-title", TonedLine).show((Span(title, Tone.STRONG),))
        self._page = self._make_page(with_detail=self._with_detail)
        self.query_one("#problems-page", PageView).show(self._page or note(self._say_nothing()))
        self.refresh_bindings()

    def _say_nothing(self) -> str:
        advice = count_advice(self.session.findings)
        nothing = "nothing is wrong, and nothing looks odd"
        return nothing if self._with_advice or not advice else f"{nothing}; a shows {advice}"

    def _make_page(self, *, with_detail: bool) -> Page:
        """Return the load error, then what looks odd: of the schema, the next revision, the project; maybe nothing."""
        session = self.session
        parts: list[tuple[str, Page]] = []
        if session.error is not None:
            parts.append(("", present_error(session.error, self._read_source, with_detail=with_detail)))
        parts.append(("Schema", present_findings(session.findings, with_advice=self._with_advice)))
        if session.diff is not None:
            parts.append(("Next revision", present_hazards(session.diff.operations)))
            notes = tuple(line(each) for each in session.diff.notes)
            parts.append(("Migrations", (*present_findings(session.diff.history), *notes)))
        if session.diff_error is not None:
            parts.append(("Migrations", present_error(session.diff_error, with_detail=with_detail)))
        if session.loaded is not None:
            parts.append(("Models", tuple(line(each) for each in session.loaded.notes)))
        page: list[Line | Code] = []
        for title, part in parts:
            if part:
                page += [*([BLANK] if page else []), *([heading(title)] if title else []), *part]
        return tuple(page)

    def _read_source(self, place: Place) -> str | None:
        file = self.session.project.root / Path(place.file)
        try:
            if file.stat().st_size > _MAX_SOURCE_BYTES:
                return None
            return file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

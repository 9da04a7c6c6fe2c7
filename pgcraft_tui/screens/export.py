"""Writing SQL files: a range of revisions up or down, or the whole schema without Alembic."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, OptionList, Select, Static

from pgcraft.service.actions import Need, Scope
from pgcraft.service.types import ExportedFile, ExportRequest, OnProgress
from pgcraft_tui.actions.bindings import make_bindings
from pgcraft_tui.present.exporting import (
    DIAGRAMS,
    DIRECTION_TITLES,
    DIRECTIONS,
    EVERY,
    Direction,
    describe_ends,
    find_targets,
    format_export_command,
    make_request,
    suggest_path,
)
from pgcraft_tui.present.page import Span, Tone
from pgcraft_tui.present.revising import format_path
from pgcraft_tui.screens.confirm import ConfirmScreen
from pgcraft_tui.screens.work import WorkScreen
from pgcraft_tui.widgets.code import CodeView
from pgcraft_tui.widgets.options import ValueOption, get_value, make_option

if TYPE_CHECKING:
    from textual.timer import Timer

_SETTLE_S = 0.3
_PREVIEW = "export"


class ExportScreen(WorkScreen):
    """The fields of an export above what it gives; writing never replaces a file unasked."""

    HEADING = "Export SQL"
    BINDINGS: ClassVar[list[BindingType]] = make_bindings(Scope.EXPORT)

    def __init__(self) -> None:
        super().__init__()
        self._files: tuple[ExportedFile, ...] = ()
        self._request: ExportRequest | None = None
        self._rendered_from: tuple[int, int] | None = None
        self._settling: Timer | None = None

    def on_mount(self) -> None:
        """Follow what becomes of the revisions."""
        self.host.signals.diff.subscribe(self, lambda _: self.look_at_models())

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the fields, the list of files where there are several, and the text of one."""
        with Vertical(id="export-fields"):
            with Horizontal():
                yield Static("direction", markup=False)
                yield Select(
                    [(title, direction) for direction, title in DIRECTION_TITLES.items()],
                    value="up",
                    allow_blank=False,
                    compact=True,
                    id="export-direction",
                )
                yield Select(
                    [("one file", False), ("one file a revision", True)],
                    value=False,
                    allow_blank=False,
                    compact=True,
                    id="export-split",
                )
            with Horizontal(id="export-range"):
                yield Static("from", markup=False)
                yield Input(id="export-start", compact=True)
                yield Static("to", markup=False)
                yield Input(id="export-end", compact=True)
            with Horizontal():
                yield Static("path", markup=False)
                yield Input(id="export-path", compact=True)
        with Horizontal(id="export-preview"):
            yield OptionList(id="export-files", markup=False)
            yield CodeView(id="export-text")

    def look_at_models(self) -> None:
        """Preview again, too, when the revisions are others than before."""
        super().look_at_models()
        if self.is_current and self._rendered_from != self._sources:
            self._preview()

    def models_changed(self) -> None:
        """Preview when first shown, and again after a load; without migrations only the schema can be had."""
        if self.session.project.alembic_ini is None:
            self._direction_field.value = "schema"
        self._show_fields()
        self._preview()
        if not isinstance(self.focused, Input):
            self.query_one(CodeView).focus()

    def find_met_needs(self) -> Iterable[Need]:
        """Say whether there is anything to write."""
        if self._files and (self._request, self._rendered_from) == (self._wanted, self._sources):
            yield Need.FILES
        if self._wanted.direction != "schema":
            yield Need.RANGE

    def leave_field(self) -> bool:
        """Leave a field."""
        if isinstance(self.focused, Input):
            self.query_one(CodeView).focus()
            return True
        return False

    def on_select_changed(self) -> None:
        """Take the direction, or one file or many."""
        self._settle()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take a revision as soon as the typing rests; the path changes nothing of the text."""
        if event.input.id == "export-path":
            self._show_fields()
        else:
            self._settle()

    def on_input_submitted(self) -> None:
        """Leave the field."""
        self.query_one(CodeView).focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the file under the cursor."""
        file = get_value(event.option, ExportedFile)
        if file in self._files:
            self.query_one(CodeView).show(file.text)

    def action_cycle_direction(self) -> None:
        """Go to the next direction."""
        self._direction_field.value = self._find_next(DIRECTIONS)

    def action_cycle_diagram(self) -> None:
        """Go to the next language of diagrams."""
        self._direction_field.value = self._find_next(DIAGRAMS)

    def action_edit_start(self) -> None:
        """Put the cursor into the first revision."""
        self._edit("#export-start")

    def action_edit_end(self) -> None:
        """Put the cursor into the last revision."""
        self._edit("#export-end")

    def action_edit_path(self) -> None:
        """Put the cursor into the path."""
        self._edit("#export-path")

    def action_toggle_split(self) -> None:
        """Change between one file and one a revision."""
        self._split_field.value = not self._split_field.value

    def action_write_export(self) -> None:
        """Write; ask first for each file that is there already."""
        request = self._wanted
        targets = find_targets(self._files, self._path, is_split=request.is_split)
        there = [path for path in targets if path.exists()]
        if not there:
            self._write(is_replacing=False)
            return
        question = f"{'These files are' if len(there) > 1 else 'This file is'} there already. Replace?"
        shown = "\n".join(str(path) for path in there)
        names = [path.name for path in there]
        self.app.push_screen(
            ConfirmScreen(question, shown, names, yes="Replace", language="text"), self._answer_replacing
        )

    @property
    def _wanted(self) -> ExportRequest:
        direction = self._direction
        start, end = self.query_one("#export-start", Input).value, self.query_one("#export-end", Input).value
        return make_request(direction, start, end, is_split=self._split_field.value is True)

    @property
    def _direction(self) -> Direction:
        chosen = self._direction_field.value
        return next((each for each in EVERY if each == chosen), "up")

    def _find_next(self, among: tuple[Direction, ...]) -> Direction:
        """Return what follows the chosen one among some; the first where it is none of them."""
        at = among.index(self._direction) if self._direction in among else -1
        return among[(at + 1) % len(among)]

    @property
    def _sources(self) -> tuple[int, int]:
        """What the text is rendered from: which models, and which state of the revisions."""
        return self.session.generation, self.session.revised

    @property
    def _direction_field(self) -> "Select[str]":
        return self.query_one("#export-direction", Select)

    @property
    def _split_field(self) -> "Select[bool]":
        return self.query_one("#export-split", Select)

    @property
    def _path(self) -> Path:
        typed = self.query_one("#export-path", Input).value.strip() or suggest_path(self._wanted)
        return self.session.project.root / Path(typed).expanduser()

    def _edit(self, selector: str) -> None:
        self._show_fields()  # a direction that was just chosen shows its fields now, so that one can have the focus
        self.set_focus(self.query_one(selector, Input))

    def _settle(self) -> None:
        """Preview again when the fields have rested for a moment."""
        self._show_fields()
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(_SETTLE_S, self._preview)

    def _show_fields(self) -> None:
        """Show what empty fields mean, and the command line."""
        request = self._wanted
        is_schema = request.direction == "schema"
        for selector in ("#export-range", "#export-split"):
            self.query_one(selector).visible = not is_schema
        self._split_field.disabled = is_schema
        first, last = describe_ends(self._direction)
        for selector, meaning in (("#export-start", first), ("#export-end", last)):
            field = self.query_one(selector, Input)
            field.disabled = is_schema
            field.placeholder = f"{meaning}, or any revision" if meaning else ""
        self.query_one("#export-path", Input).placeholder = suggest_path(request)
        typed = self.query_one("#export-path", Input).value.strip()
        self.show_command(format_export_command(request, typed or suggest_path(request)))
        self.refresh_bindings()

    def _preview(self) -> None:
        request = self._wanted
        is_known = bool(self._files) or self.host.jobs.is_running(_PREVIEW)
        if (request, self._sources) == (self._request, self._rendered_from) and is_known:
            return

        def work(report: OnProgress) -> tuple[ExportRequest, tuple[ExportedFile, ...]]:
            return request, self.workbench.export(request, on_progress=report)

        self._request, self._rendered_from, self._files = request, self._sources, ()
        self.start_work(_PREVIEW, "rendering SQL", work, self._take_files, lambda _: self._take_files((request, ())))

    def _take_files(self, answer: tuple[ExportRequest, tuple[ExportedFile, ...]]) -> None:
        self._request, self._files = answer
        lines = sum(file.text.count("\n") for file in self._files)
        count = len(self._files)
        self.show_title(f"{count} file{'' if count == 1 else 's'}, {lines} lines" if count else "nothing to export")
        self.set_class(count > 1, "-several")
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([ValueOption(make_option([Span(file.name, Tone.PLAIN)]), file) for file in self._files])
        self.query_one(CodeView).show(self._files[0].text if self._files else "")
        self.refresh_bindings()

    def _answer_replacing(self, is_allowed: bool | None) -> None:
        if is_allowed:
            self._write(is_replacing=True)
        else:
            self.say("nothing was written")

    def _write(self, *, is_replacing: bool) -> None:
        files = self._files
        targets = find_targets(files, self._path, is_split=self._wanted.is_split)
        path = targets[0] if len(targets) == 1 else self._path

        def work(report: OnProgress) -> tuple[Path, ...]:
            del report
            return self.workbench.write_export(files, path, overwrite=is_replacing)

        self.start_work("write export", "writing", work, self._note_written)

    def _note_written(self, paths: tuple[Path, ...]) -> None:
        root = self.session.project.root
        is_one = len(paths) == 1
        where = format_path(paths[0], root) if is_one else f"{len(paths)} files in {format_path(paths[0].parent, root)}"
        self.progress.finish(f"written: {where}")
        self.say(f"written: {where}")

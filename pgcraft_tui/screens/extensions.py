"""The extensions of the project, and what would come and go if one were switched."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from pgcraft.service.actions import Need, Scope, get_action
from pgcraft.service.types import ExtensionState, OnProgress, SwitchPreview
from pgcraft_tui.actions.bindings import make_bindings
from pgcraft_tui.present.diffing import TextDiff
from pgcraft_tui.present.switching import present_extension, present_switch, summarize_switch
from pgcraft_tui.present.visible import make_visible_line
from pgcraft_tui.screens.work import WorkScreen
from pgcraft_tui.widgets.diff import DiffView, make_diff
from pgcraft_tui.widgets.options import ValueOption, find_value
from pgcraft_tui.widgets.page_view import PageView


@dataclass(frozen=True)
class _Shown:
    """A switch that is previewed, and its DDL against that of now."""

    preview: SwitchPreview
    diff: TextDiff


class ExtensionsScreen(WorkScreen):
    """Lists extensions; previews, applies and takes back a switch."""

    HEADING = "Extensions"
    BINDINGS: ClassVar[list[BindingType]] = make_bindings(Scope.EXTENSIONS)

    def __init__(self) -> None:
        super().__init__()
        self._states: tuple[ExtensionState, ...] = ()
        self._shown: _Shown | None = None
        self._applied: list[SwitchPreview] = []

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the list beside what is known of the extension, or of its switch."""
        with Horizontal(id="extensions"):
            yield OptionList(id="extensions-list", markup=False)
            yield PageView(id="extensions-facts")
            with Vertical(id="extensions-preview"):
                yield Static("", id="extensions-summary", markup=False)
                yield PageView(id="extensions-objects")
                yield DiffView(id="extensions-ddl")

    def models_changed(self) -> None:
        """List the extensions of the models as they are now."""
        loaded = self.session.loaded
        self._states = loaded.extensions if loaded is not None else ()
        self._close_preview()
        listed = self.query_one(OptionList)
        at = listed.highlighted or 0
        listed.clear_options()
        listed.add_options([ValueOption(_make_row(state), state) for state in self._states])
        listed.highlighted = min(at, len(self._states) - 1) if self._states else None
        on = sum(state.is_enabled for state in self._states)
        self.show_title(f"{on} on, {len(self._states) - on} off" if self._states else "there are none")
        self._show_facts()
        listed.focus()

    def find_met_needs(self) -> Iterable[Need]:
        """Say whether there is something to apply, or to take back."""
        if self._shown is not None:
            yield Need.SWITCH
        if self._applied:
            yield Need.APPLIED

    def on_option_list_option_highlighted(self) -> None:
        """Show the extension under the cursor."""
        self._close_preview()
        self._show_facts()

    def on_option_list_option_selected(self) -> None:
        """Preview the one that was clicked, or on which Enter was pressed."""
        self.action_preview_switch()

    def step_back(self) -> bool:
        """Close the preview."""
        was_open = self._shown is not None
        self._close_preview()
        return was_open

    def action_preview_switch(self) -> None:
        """Ask what would come and go."""
        state = self._current
        if state is None:
            return
        if state.locked:
            self.say(f"{state.name} cannot be switched: {state.locked}", is_warning=True)
            return

        def ask(report: OnProgress) -> _Shown:
            preview = self.workbench.preview_switch(state.name, enable=not state.is_enabled, on_progress=report)
            return _Shown(preview, make_diff(preview.ddl_before, preview.ddl_after))

        self._close_preview()
        switch = "on" if not state.is_enabled else "off"
        self.start_work("preview switch", f"trying the models with {state.name} {switch}", ask, self._open_preview)

    def action_apply_switch(self) -> None:
        """Write the switch into pyproject.toml, and load again."""
        if self._shown is None:
            return
        preview = self._shown.preview

        def write(report: OnProgress) -> SwitchPreview:
            del report
            self.workbench.apply_switch(preview)
            return preview

        self.start_work("apply switch", "writing pyproject.toml", write, self._note_applied)

    def action_undo_switch(self) -> None:
        """Restore pyproject.toml as it was."""
        preview = self._applied[-1]

        def restore(report: OnProgress) -> SwitchPreview:
            del report
            self.workbench.undo_switch(preview)
            return preview

        self.start_work("undo switch", "giving pyproject.toml back", restore, self._note_undone)

    @property
    def _current(self) -> ExtensionState | None:
        return find_value(self.query_one(OptionList), ExtensionState)

    def _show_facts(self) -> None:
        state = self._current
        self.query_one("#extensions-facts", PageView).show(present_extension(state) if state is not None else ())
        self._show_command("preview_switch")

    def _open_preview(self, shown: _Shown) -> None:
        self._shown = shown
        self.query_one("#extensions-summary", Static).update(
            Content(make_visible_line(summarize_switch(shown.preview)))
        )
        self.query_one("#extensions-objects", PageView).show(present_switch(shown.preview))
        diff = self.query_one("#extensions-ddl", DiffView)
        self.add_class("-previewing")
        diff.show(shown.diff)
        diff.focus()
        self._show_command("apply_switch")

    def _close_preview(self) -> None:
        if self._shown is not None:
            self._shown = None
            self.remove_class("-previewing")
            self.query_one(OptionList).focus()
            self._show_command("preview_switch")
        self.refresh_bindings()

    def _show_command(self, action_id: str) -> None:
        state = self._current
        if state is not None:
            switch = "disable" if state.is_enabled else "enable"
            self.show_command(get_action(action_id).format_command({"switch": switch, "extension": state.name}))

    def _note_applied(self, preview: SwitchPreview) -> None:
        self._applied.append(preview)
        self._close_preview()
        self.say(f"{preview.name} is {'on' if preview.is_enabling else 'off'} now; u takes it back")
        self.host.load_models()

    def _note_undone(self, preview: SwitchPreview) -> None:
        self._applied.remove(preview)
        self._close_preview()
        self.say(f"pyproject.toml is as it was before {preview.name} was switched")
        self.host.load_models()


def _make_row(state: ExtensionState) -> Content:
    sign = Content("● on  " if state.is_enabled else "○ off ").stylize("bold" if state.is_enabled else "dim")
    name = Content(make_visible_line(state.name))
    count = Content(
        f"  {state.object_count} object{'' if state.object_count == 1 else 's'}" if state.is_enabled else ""
    )
    facts = [state.version, state.source, "locked" if state.locked else ""]
    rest = Content(make_visible_line("  ".join(fact for fact in facts if fact)))
    return sign + name + count.stylize("dim") + Content("\n      ") + rest.stylize("dim")

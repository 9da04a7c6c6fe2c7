"""The revision wizard: operations to choose from, the message, the whole file, its proof, and writing it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input, Static

from pgcraft.service.actions import Need, Scope, get_action
from pgcraft.service.merging import Merge
from pgcraft.service.types import DiffAnswer, Proof, RevisionDraft
from pgcraft_tui.actions.bindings import make_bindings
from pgcraft_tui.host.loading import DIFF
from pgcraft_tui.present.choice import Choice, name_target, suggest_message
from pgcraft_tui.present.merging import present_merge
from pgcraft_tui.present.page import Page, Span
from pgcraft_tui.present.renaming import find_rename
from pgcraft_tui.present.revising import (
    format_path,
    format_revision_command,
    present_failure,
    present_no_migrations,
    present_nothing_to_do,
    present_proof,
    present_several_heads,
    present_waiting,
    present_written,
    summarize_choice,
)
from pgcraft_tui.screens.confirm import ConfirmScreen
from pgcraft_tui.screens.revision.drafting import Drafting, Wanted
from pgcraft_tui.screens.revision.following import Following
from pgcraft_tui.screens.revision.operations import OperationsPane
from pgcraft_tui.screens.revision.views import View
from pgcraft_tui.screens.work import WorkScreen
from pgcraft_tui.widgets.code import CodeView
from pgcraft_tui.widgets.options import make_option
from pgcraft_tui.widgets.page_view import PageView


class RevisionScreen(WorkScreen):
    """Goes from the operations found to a file that is proven and written; nothing on it is lost by leaving it."""

    HEADING = "Revision"
    BINDINGS: ClassVar[list[BindingType]] = make_bindings(Scope.REVISION)

    def __init__(self) -> None:
        super().__init__()
        self._drafting = Drafting(self)
        self._following = Following(self)
        self._written: Page = ()
        self._spent: DiffAnswer | None = None
        self._is_message_of_use = False

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the message above operations, file or proof."""
        with Horizontal(id="revision-message-line"):
            yield Static("message ", id="revision-message-label", markup=False)
            yield Input(placeholder="what changes; it names the file", id="revision-message", compact=True)
        with ContentSwitcher(initial=View.NOTE, id="revision-views"):
            yield PageView(id=View.NOTE)
            yield OperationsPane(id=View.OPERATIONS)
            with Vertical(id=View.FILE):
                yield Static("", id="revision-path", markup=False)
                yield CodeView("", "python", id="revision-text")
            yield PageView(id=View.PROOF)

    def on_mount(self) -> None:
        """Follow the comparisons, too."""
        super().on_mount()
        self.host.signals.diff.subscribe(self, lambda _: self._show_comparison())

    def models_changed(self) -> None:
        """Show what the comparison says, or wait for it."""
        self._show_comparison()

    def find_met_needs(self) -> Iterable[Need]:
        """Say what can be left out, shown, proven, written."""
        if self._view is View.OPERATIONS and self._operations.current is not None:
            yield Need.OPERATION
        if self._is_message_of_use:
            yield Need.MESSAGE
        if self._choice.taken:
            yield from (Need.DRAFT, Need.PROVABLE)

    def leave_field(self) -> bool:
        """Leave the message."""
        if not self._is_typing:
            return False
        self._leave_message()
        return True

    def step_back(self) -> bool:
        """Go back to the operations."""
        if self._view not in (View.FILE, View.PROOF):
            return False
        self._show_operations()
        return True

    def on_input_changed(self) -> None:
        """Show the command line with the new message."""
        self._show_facts()

    def on_input_submitted(self) -> None:
        """Go on to the operations."""
        self._leave_message()

    def on_option_list_option_highlighted(self) -> None:
        """Let the keys know whether there is an operation under the cursor."""
        self.refresh_bindings()

    def on_option_list_option_selected(self) -> None:
        """Unfold what was clicked or where Enter was pressed, or fold it."""
        self.action_toggle_steps()

    def action_toggle_steps(self) -> None:
        """Show the operations of the change under the cursor, or hide them."""
        self._operations.fold()

    def action_toggle_operation(self) -> None:
        """Leave a change or an operation out with all that need it, or take it in with all that it needs."""
        followed = self._operations.toggle()
        if followed:
            self.say(f"{followed} more {'follows' if followed == 1 else 'follow'}")
        self._show_facts()

    def action_rename_instead(self) -> None:
        """Rename what goes to what comes in its place, or take that back."""
        pane = self._operations
        rename = find_rename(pane.current, (*pane.told, *pane.likely))
        if rename is None:
            self.say("nothing that looks like it comes or goes in its place")
            return
        self._spent = self.session.diff
        self.host.toggle_rename(rename, self)
        self._show_comparison()

    def action_edit_message(self) -> None:
        """Put the cursor into the message."""
        self.set_focus(self._message)

    def action_show_file(self) -> None:
        """Show the file as it will be, or the operations again."""
        if self._view is View.FILE:
            self._show_operations()
        else:
            self._with_draft(lambda _: self._show(View.FILE))

    def action_prove(self) -> None:
        """Try the revision on the development database."""
        self._with_draft(lambda draft: self._with_proof(draft, lambda *_: None))

    def action_write_revision(self) -> None:
        """Write the revision; ask first where data is lost, prove first where that was not done."""
        losing = self._choice.destructive
        if not losing:
            self._write_proven()
            return
        dry_run = "\n".join(f"{sql.rstrip(';')};" for each in losing for sql in each.up)
        question = "This revision loses data when it is applied. Write it?"
        names = [name_target(each) for each in losing]
        self.app.push_screen(ConfirmScreen(question, dry_run, names, yes="Write it"), self._answer_losing)

    def action_follow_head(self) -> None:
        """Follow the next of several heads."""
        if self._following.turn():
            self._show_comparison()
        else:
            self.say("the history has no two heads to choose from")

    def action_merge_heads(self) -> None:
        """Join the heads of the history, where the order of their branches makes no difference."""
        self.show_command(get_action("merge_heads").command)
        self._drafting.join(self._note_joined)

    def action_toggle_online(self) -> None:
        """Write steps that let others use the tables meanwhile, or write it plainly; either is another comparison."""
        self.workbench.write_online(not self._is_online)
        self._drafting.forget()
        self.action_compare_again()

    def action_compare_again(self) -> None:
        """Compare models and migrations once more."""
        self._written, self._spent = (), self.session.diff
        self.host.compare_models(self)
        self._show_comparison()

    @property
    def _is_online(self) -> bool:
        return self.session.project.writing.online

    @property
    def _operations(self) -> OperationsPane:
        return self.query_one(OperationsPane)

    @property
    def _choice(self) -> Choice:
        return self._operations.choice

    @property
    def _message(self) -> Input:
        return self.query_one("#revision-message", Input)

    @property
    def _view(self) -> View:
        return View(self.query_one(ContentSwitcher).current or View.NOTE)

    @property
    def _is_typing(self) -> bool:
        """Whether the message is being typed: then nothing may take the keys away, for letters are actions."""
        return self.focused is self._message

    @property
    def _wanted(self) -> Wanted:
        typed = self._message.value.strip()
        message = typed or suggest_message(self._choice.taken_intentions)
        choice, head = self._choice, self._following.chosen
        return Wanted(message, choice.left_out_keys, choice.operations, self.session.renames, head)

    def _show_comparison(self) -> None:
        """Show the operations, or why there are none."""
        session, diff, written = self.session, self.session.diff, self._written
        if session.project.alembic_ini is None:
            self._show_note(present_no_migrations(("alembic.ini", "migrations/env.py", "migrations/versions/")))
        elif session.diff_error is not None:
            self._show_note((*written, *present_failure(session.diff_error)))
        elif diff is None or diff is self._spent:
            if not self._is_typing:
                is_asked = DIFF in self.host.jobs.foreground
                self._show_note((*written, *present_waiting(is_asked=is_asked)), is_message_of_use=True)
        elif len(self._following.heads) > 1:
            self._show_note((*written, *present_several_heads(diff.heads)))
        elif not diff.operations:
            self._operations.forget()
            self._show_note((*written, *present_nothing_to_do(diff.heads)))
        else:
            self._written = ()
            self._take_operations(diff)

    def _take_operations(self, diff: DiffAnswer) -> None:
        if diff.operations != self._choice.operations or self._view is View.NOTE:
            choice = self._choice.carry_over(diff.operations, diff.intentions)
            self._operations.likely, self._operations.told = diff.likely, self.session.renames
            self._operations.show(choice, self._operations.current)
            if not self._is_typing:
                self._show_operations()
        self._show_facts()

    def _show_note(self, page: Page, *, is_message_of_use: bool = False) -> None:
        self.query_one(f"#{View.NOTE}", PageView).show(page)
        self._is_message_of_use = is_message_of_use
        self._show(View.NOTE)

    def _show_operations(self) -> None:
        if self._choice.operations:
            self._is_message_of_use = True
            self._show(View.OPERATIONS)

    def _show(self, view: View) -> None:
        """Show a view, and give it the focus where nobody types."""
        self.query_one(ContentSwitcher).current = view
        if not self._is_typing:
            self._give_focus()
        self._show_facts()

    def _leave_message(self) -> None:
        if self._choice.operations:
            self.query_one(ContentSwitcher).current = View.OPERATIONS
        self._give_focus()
        self._show_facts()

    def _give_focus(self) -> None:
        """Return what is shown the focus; the message goes where nobody can use it."""
        view = self._view
        inner = {View.OPERATIONS: "#revision-list", View.FILE: "#revision-text"}.get(view, f"#{view}")
        self.set_focus(self.query_one(inner))
        self.query_one("#revision-message-line").display = self._is_message_of_use

    def _show_facts(self) -> None:
        """Show title and command line, and which keys work."""
        wanted = self._wanted
        said = summarize_choice(self._choice, self._following.heads)
        self.show_title(said if self._choice.operations else "")
        online = self._is_online if self._is_online is not self.session.found.writing.online else None
        left_out = self._choice.left_out_names
        command = format_revision_command(wanted.message, left_out, wanted.renames, head=wanted.head, is_online=online)
        self.show_command(command if self._choice.taken else "")
        self._message.placeholder = suggest_message(self._choice.taken_intentions) or "what changes; it names the file"
        self.refresh_bindings()

    def _with_draft(self, then: Callable[[RevisionDraft], object]) -> None:
        """Go on with the draft of what is wanted now, which is shown behind `f`."""

        def show(draft: RevisionDraft) -> None:
            path = format_path(draft.path, self.session.project.root)
            self.query_one("#revision-path", Static).update(make_option([Span(f"{path}  (not written yet)")]))
            self.query_one("#revision-text", CodeView).show(draft.text, opening="def upgrade(")
            then(draft)

        self._drafting.make(self._wanted, show)

    def _with_proof(self, draft: RevisionDraft, then: Callable[[RevisionDraft, Proof], object]) -> None:
        """Go on with the proof of a draft, which is shown."""

        def show(proof: Proof) -> None:
            self._operations.know(proof)
            self.query_one(f"#{View.PROOF}", PageView).show(present_proof(proof, draft.operations))
            self._show(View.PROOF)
            then(draft, proof)

        self._drafting.prove(draft, show)

    def _answer_losing(self, is_allowed: bool | None) -> None:
        if is_allowed:
            self._write_proven()
        else:
            self.say("nothing was written")

    def _write_proven(self) -> None:
        self._with_draft(lambda draft: self._with_proof(draft, self._write_held))

    def _write_held(self, draft: RevisionDraft, proof: Proof) -> None:
        if proof.held:
            self._drafting.write(draft, self._note_written)
        else:
            self.say("the proof does not hold, so nothing was written", is_warning=True)

    def _note_written(self, path: Path) -> None:
        """Say where it stands; the comparison that it came from is spent."""
        self._note_news(path, present_written(format_path(path, self.session.project.root)))

    def _note_joined(self, merge: Merge, path: Path | None) -> None:
        """Say what the heads share, and where the revision stands that joins them, if they can be joined."""
        if path is not None:
            self._note_news(path, present_merge(merge, format_path(path, self.session.project.root)))
        else:
            self.query_one(f"#{View.PROOF}", PageView).show(present_merge(merge, None))
            self._show(View.PROOF)

    def _note_news(self, path: Path, page: Page) -> None:
        self._written, self._spent = page, self.session.diff
        self._operations.forget()
        self._drafting.forget()
        self._message.value = ""
        self.say(f"written: {path.name}")
        self._show_comparison()
        self.host.follow_revisions()

"""What is tried for real: every granted and every refused operation as each role, and every revision with rows."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import OptionList

from pgcraft.service.actions import Need, Scope, get_action
from pgcraft.service.proving_types import HistoryProof, HistoryStep
from pgcraft.service.proving_words import summarize_proof
from pgcraft.service.types import AccessCheck, ProofStep, VerifyAnswer
from pgcraft_tui.actions.bindings import make_bindings
from pgcraft_tui.present.page import note
from pgcraft_tui.present.proving import make_history_rows, present_history_step
from pgcraft_tui.present.verifying import (
    make_check_rows,
    make_step_row,
    order_checks,
    present_check,
    present_steps,
    summarize_answer,
)
from pgcraft_tui.screens.work import WorkScreen
from pgcraft_tui.widgets.options import ValueOption, get_value, make_option
from pgcraft_tui.widgets.page_view import PageView


class VerifyScreen(WorkScreen):
    """A table of what held: role, relation, operation, expected and seen; what did not hold comes first."""

    HEADING = "Verify"
    BINDINGS: ClassVar[list[BindingType]] = make_bindings(Scope.VERIFY)

    def __init__(self) -> None:
        super().__init__()
        self._answer: VerifyAnswer | None = None
        self._shown: tuple[AccessCheck | ProofStep, ...] = ()
        self._failing_only = False
        self._verified = self._under_way = -1
        """The generation of the models that were tried, or are being tried."""

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the table above what is said of the row under the cursor."""
        with Vertical(id="verify"):
            yield OptionList(id="verify-list", markup=False)
            yield PageView(id="verify-detail")

    def models_changed(self) -> None:
        """Verify when the screen is first shown; after that the user says when."""
        self.show_command(get_action("verify").command)
        if self._answer is None:
            self.action_verify_again()
        else:
            self._summarize(self._answer)

    def find_met_needs(self) -> Iterable[Need]:
        """Say whether there is anything to filter."""
        if self._answer is not None and self._answer.checks:
            yield Need.CHECKS

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say more about the row under the cursor."""
        step, check = get_value(event.option, ProofStep), get_value(event.option, AccessCheck)
        proved = get_value(event.option, HistoryStep)
        if step is not None:
            self.query_one(PageView).show(present_steps((step,)))
        elif check is not None:
            self.query_one(PageView).show(present_check(check))
        elif proved is not None:
            self.query_one(PageView).show(present_history_step(proved))

    def action_verify_again(self) -> None:
        """Apply everything again, and try everything."""
        if not self.host.jobs.is_running("verify"):
            self.show_title("")
            self._under_way = self.session.generation
            self.start_work("verify", "verifying", self.workbench.verify, self._take_answer)

    def action_prove_history(self) -> None:
        """Try every revision, and then all of them."""
        self.show_title("")
        self.show_command(get_action("prove_history").command)
        self.start_work("verify", "proving", lambda report: self.workbench.prove_history("", report), self._take_proof)

    def action_toggle_failing(self) -> None:
        """Show only what did not hold, or everything."""
        self._failing_only = not self._failing_only
        self._list_checks()

    def _take_answer(self, answer: VerifyAnswer) -> None:
        self._answer, self._verified = answer, self._under_way
        self._failing_only = False
        self._list_checks()
        self.query_one(OptionList).focus()

    def _take_proof(self, proof: HistoryProof) -> None:
        listed = self.query_one(OptionList)
        listed.clear_options()
        rows = make_history_rows(proof.steps)
        listed.add_options([ValueOption(make_option(row), of) for row, of in zip(rows, proof.steps, strict=True)])
        failed = [at for at, step in enumerate(proof.steps) if not step.held]
        listed.highlighted = failed[0] if failed else 0
        self.show_title(summarize_proof(proof))
        listed.focus()

    def _list_checks(self) -> None:
        if self._answer is None:
            return
        every = order_checks(self._answer.checks)
        checks = tuple(each for each in every if not each.held) if self._failing_only else every
        steps = tuple(step for step in self._answer.steps if not step.held)
        self._shown = (*steps, *checks)
        listed = self.query_one(OptionList)
        listed.clear_options()
        rows = (*map(make_step_row, steps), *make_check_rows(checks))
        listed.add_options([ValueOption(make_option(row), of) for row, of in zip(rows, self._shown, strict=True)])
        self._summarize(self._answer)
        self.show_command("pgcraft verify" + (" --failing" if self._failing_only else ""))
        if self._shown:
            listed.highlighted = 0
        else:
            empty = "nothing failed" if every else "no role was granted anything, so there was nothing to try"
            self.query_one(PageView).show((*note(empty), *present_steps(self._answer.steps)))

    def _summarize(self, answer: VerifyAnswer) -> None:
        is_old = self._verified != self.session.generation
        self.show_title(
            ("the models have changed since, a verifies again · " if is_old else "")
            + summarize_answer(answer)
            + (" · failing only" if self._failing_only else "")
        )

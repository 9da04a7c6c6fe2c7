"""The revision wizard as pages: operations with their SQL and dangers, the proof, and the cases without operations."""

import shlex
from collections.abc import Iterable
from pathlib import Path

from pgcraft.errors import PGCraftError
from pgcraft.render.statement import HazardType
from pgcraft.service.impacts import describe_impacts
from pgcraft.service.leaving_out import format_rename
from pgcraft.service.types import Head, Intention, LikelyRename, Operation, Proof
from pgcraft_tui.present.choice import Choice
from pgcraft_tui.present.page import BLANK, Code, Line, Page, Span, Tone, dim, heading, line, strong
from pgcraft_tui.present.verifying import present_steps

_SIGNS = {"create": "+", "drop": "-"}
_TONES = {"create": Tone.ADDED, "drop": Tone.REMOVED}


def make_intention_rows(intention: Intention, choice: Choice, *, is_open: bool) -> tuple[tuple[Span, ...], ...]:
    """Return the row of a change, ``▸ [x] + sales.customers gains phone  ! data loss``, and those of what follows.

    Args:
        is_open: whether its steps stand beneath.
    """
    steps = choice.list_steps(intention)
    out = sum(each.key in choice.left_out for each in steps)
    is_out = out == len(steps)
    box = "[ ] " if is_out else "[-] " if out else "[x] "
    verbs = {each.verb for each in steps if each.target in intention.objects}
    verb = next(
        (verb for verb, other in (("create", "drop"), ("drop", "create")) if verb in verbs and other not in verbs), ""
    )
    first = (Span("▾ " if is_open else "▸ ", Tone.DIM), *_make_row(box, verb, intention.about, steps, is_out=is_out))
    return (first, *((Span(f"{' ' * 8}{clause}", Tone.DIM),) for clause in intention.follows))


def make_operation_row(operation: Operation, choice: Choice) -> tuple[Span, ...]:
    """Return the row of an operation: ``[x] + create view api.products  ! data loss``."""
    is_out = operation.key in choice.left_out
    return _make_row("[ ] " if is_out else "[x] ", operation.verb, operation.title, (operation,), is_out=is_out)


def _make_row(box: str, verb: str, title: str, steps: Iterable[Operation], *, is_out: bool) -> tuple[Span, ...]:
    dangers = sorted({hazard.type for each in steps for hazard in each.hazards})
    marks = [
        Span(f"  ! {danger.value}", Tone.BAD if danger is HazardType.DATA_LOSS else Tone.WARNING) for danger in dangers
    ]
    return (
        Span(box, Tone.DIM if is_out else Tone.STRONG),
        Span(f"{_SIGNS.get(verb, '~')} ", _TONES.get(verb, Tone.CHANGED)),
        Span(title, Tone.DIM if is_out else Tone.PLAIN),
        *marks,
    )


def present_intention(intention: Intention, choice: Choice, proof: Proof | None = None) -> Page:
    """Show a change: its dangers, what it locks, its steps, all of its SQL up and down.

    Args:
        proof: what was measured, where it was.
    """
    steps = choice.list_steps(intention)
    is_out = choice.left_out.issuperset(intention.steps)
    hazards = dict.fromkeys(str(each) for step in steps for each in step.hazards)
    return (
        line(strong(intention.title), dim("  left out") if is_out else ""),
        *(line(Span(f"! {each}", Tone.WARNING), indent=2) for each in hazards),
        *(line(dim(f"* {each}"), indent=2) for each in describe_impacts(steps, proof.impacts if proof else ())),
        BLANK,
        heading(f"{len(steps)} step{'' if len(steps) == 1 else 's'}"),
        *(line("  ", *make_operation_row(each, choice), indent=8) for each in steps),
        BLANK,
        heading("up"),
        *_show_sql(sql for step in steps for sql in step.up),
        BLANK,
        heading("down"),
        *_show_sql(sql for step in reversed(steps) for sql in step.down),
    )


def present_operation(operation: Operation, choice: Choice, proof: Proof | None = None) -> Page:
    """Show one operation: its dangers, what it locks, what goes with it, its SQL up and down.

    Args:
        proof: what was measured, where it was.
    """
    titles = {each.key: each.title for each in choice.operations}
    needs = [titles[key] for key in operation.needs if key in titles]
    is_out = operation.key in choice.left_out
    return (
        line(strong(operation.title), dim("  left out") if is_out else ""),
        *(line(Span(f"! {each}", Tone.WARNING), indent=2) for each in operation.hazards),
        *(line(dim(f"* {each}"), indent=2) for each in describe_impacts([operation], proof.impacts if proof else ())),
        *((line(dim("needs " + ", ".join(needs)), indent=6),) if needs else ()),
        BLANK,
        heading("up"),
        *(_show_sql(operation.up) or (line(dim("nothing of its own: it goes with what it stands on")),)),
        BLANK,
        heading("down"),
        *(_show_sql(operation.down) or (line(Span("nothing undoes it", Tone.WARNING)),)),
    )


def summarize_choice(choice: Choice, heads: Iterable[Head]) -> str:
    """Say in one line what the revision would hold: ``2 of 3 changes · after 3f2a1c · 1 loses data``."""
    count, taken = len(choice.intentions), len(choice.taken_intentions)
    changes = f"{taken} of {count} changes" if taken != count else f"{count} change{'' if count == 1 else 's'}"
    left = sum(
        each.key in choice.left_out for intention in choice.taken_intentions for each in choice.list_steps(intention)
    )
    steps = f"without {left} step{'' if left == 1 else 's'}" if left else ""
    after = ", ".join(head.revision[:12] for head in heads)
    losing = sum(each.loses_data for each in choice.taken)
    danger = f"{losing} lose{'s' if losing == 1 else ''} data" if losing else ""
    return " · ".join(
        part for part in (changes, steps, f"after {after}" if after else "the first revision", danger) if part
    )


def present_proof(proof: Proof, operations: Iterable[Operation] = ()) -> Page:
    """Show what was done on the development database, whether it held, and what it locks."""
    verdict = (
        line(Span("It holds: up, nothing left to do, down, and up again.", Tone.GOOD))
        if proof.held
        else line(Span("It does not hold; nothing was written.", Tone.BAD))
    )
    head = heading("Proof on the development database")
    return (head, BLANK, *present_steps(proof.steps), BLANK, verdict, *_present_measured(operations, proof))


def _present_measured(operations: Iterable[Operation], proof: Proof) -> Page:
    """Show what the operations did to what is there, where any did."""
    if not proof.impacts:
        return ()
    page: list[Line | Code] = []
    for operation in operations:
        if lines := describe_impacts([operation], proof.impacts):
            page += [line(strong(operation.title)), *(line(f"* {each}", indent=2) for each in lines)]
    return (BLANK, heading("Measured while it was proven"), BLANK, *page) if page else ()


def present_waiting(*, is_asked: bool) -> Page:
    """Say that the comparison is under way; one that was asked for here can be stopped here."""
    more = "   Esc stops it" if is_asked else ""
    return (line(dim(f"Comparing the models with the migrations on the development database …{more}")),)


def format_path(path: Path, root: Path) -> str:
    """Return a path as seen from the project, when it is inside it."""
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def present_written(path: str) -> Page:
    """Say where the revision was written, and how it is applied."""
    return (
        line(Span("✓ ", Tone.GOOD), strong("Written and proven: "), path, indent=2),
        line(dim("Your own database gets it with"), indent=2),
        Code("alembic upgrade head", "console"),
        BLANK,
    )


def format_revision_command(
    message: str,
    left_out: Iterable[str],
    renames: Iterable[LikelyRename] = (),
    *,
    head: str = "",
    is_online: bool | None = None,
) -> str:
    """Return the command line that writes the same revision.

    Args:
        message: its title.
        left_out: names of what is not in it.
        renames: what has got another name.
        head: what it follows; empty for the only one.
        is_online: whether tables are used meanwhile; None where that is as the project has it.
    """
    said = "".join(f" --rename {shlex.quote(format_rename(each.old, each.new))}" for each in renames)
    options = said + "".join(f" --leave-out {shlex.quote(name)}" for name in left_out)
    options += f" --head {shlex.quote(head)}" if head else ""
    if is_online is not None:
        options += " --online" if is_online else " --no-online"
    return f"pgcraft revision -m {shlex.quote(message)}{options}"


def present_no_migrations(files: Iterable[str]) -> Page:
    """Say that there are no migrations yet, and offer to make them."""
    return (
        heading("This project has no migrations yet"),
        BLANK,
        line("A revision needs alembic.ini and migrations/env.py. i makes what is missing of"),
        *(line(Span(f"  {name}", Tone.STRONG)) for name in files),
        line("and touches nothing that is there; the shell does it with"),
        Code("pgcraft init", "console"),
    )


def present_nothing_to_do(heads: Iterable[Head]) -> Page:
    """Say that models and migrations agree."""
    after = ", ".join(f"{head.revision} {head.message}".strip() for head in heads)
    return (
        line(Span("✓ ", Tone.GOOD), strong("There is nothing to do: the migrations make what the models declare.")),
        *((BLANK, line(dim(f"head: {after}"))) if after else ()),
        BLANK,
        line(dim("a compares again; a saved file does it, too.")),
    )


def present_several_heads(heads: Iterable[Head]) -> Page:
    """Say that the history has several ends, and how to join them."""
    listed = tuple(heads)
    return (
        heading(f"The history has {len(listed)} heads"),
        BLANK,
        *(line("  ", strong(head.revision), dim(f"  {head.message}{_say_labels(head)}")) for head in listed),
        BLANK,
        line("A new revision must follow one of them, or all. ", strong("M"), " joins them; the shell does it with"),
        Code("pgcraft merge", "console"),
        line(strong("H"), " follows one of them, and goes from head to head:"),
        Code(f"pgcraft revision -m … --head {listed[0].revision}", "console"),
    )


def _say_labels(head: Head) -> str:
    return f" ({', '.join(head.labels)})" if head.labels else ""


def present_failure(error: PGCraftError) -> Page:
    """Say why the comparison failed, and what to do."""
    page: list[Line | Code] = [line(Span(error.code, Tone.BAD), "  ", strong(error.what), indent=8)]
    if error.place is not None:
        page.append(line(dim(f"at {error.place}"), link=error.place))
    page += [line(each) for each in error.remedy.splitlines()]
    if error.detail:
        page += [BLANK, Code(error.detail.rstrip("\n"), "text")]
    return (*page, BLANK, line(dim("a compares again")))


def _show_sql(statements: Iterable[str]) -> Page:
    return tuple(Code(f"{sql.rstrip(';')};", "postgresql") for sql in statements)

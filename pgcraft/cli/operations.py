"""Operations of a revision as text, which of them a user names, and what may not be dropped unasked."""

from collections.abc import Iterable, Iterator, Sequence
from shlex import quote

from pgcraft.errors import PGCraftConfigError, PGCraftPlanError, find_nearest
from pgcraft.service.impacts import describe_impacts
from pgcraft.service.leaving_out import leave_out_named, list_names
from pgcraft.service.types import DiffAnswer, Finding, Impact, Operation, ProofStep, RevisionDraft


def describe_intentions(
    answer: DiffAnswer | RevisionDraft, *, only: str | None = None, with_steps: bool, with_locks: bool = True
) -> str:
    """Return one line a change with its hazards; on demand with its steps, their hazards and their SQL up and down.

    Args:
        answer: that has the changes.
        only: what the name of an object that they touch must hold.
        with_steps: whether the steps stand beneath.
        with_locks: whether it says what is locked.
    """
    lines: list[str] = []
    for title, steps in _list_changes(answer):
        if only and not any(only in str(step.target) for step in steps):
            continue
        lines.append(title)
        if with_steps:
            lines += [f"  {line}" for step in steps for line in _describe(step)]
            continue
        lines += [f"  ! {text}" for text in dict.fromkeys(str(each) for step in steps for each in step.hazards)]
        lines += [f"  * {line}" for line in (describe_impacts(steps) if with_locks else ())]
    return "".join(f"{line}\n" for line in lines)


def describe_comparison(answer: DiffAnswer) -> str:
    """Say how a comparison came out, and what was compared with what."""
    count = len(answer.intentions)
    if count:
        outcome = f"the models and the migrations differ: {count} change{'s' if count > 1 else ''}"
    else:
        outcome = "the models and the migrations agree" if answer.agree else "the comparison leaves something out"
    return f"{outcome}\ncompared: {answer.compared}"


def describe_measured(draft: RevisionDraft, impacts: Sequence[Impact]) -> str:
    """Return one line a change that did something to what is there, and one for each thing that it did."""
    blocks = []
    for title, steps in _list_changes(draft):
        if lines := describe_impacts(steps, impacts):
            blocks += [title, *(f"  * {line}" for line in lines)]
    return "".join(f"{line}\n" for line in ("measured while it was proven:", *blocks)) if blocks and impacts else ""


def describe_finding(finding: Finding) -> str:
    """Return what was found, and what to do about it."""
    return f"{finding.message} — {finding.remedy}"


def describe_steps(steps: Iterable[ProofStep]) -> str:
    """Return one line a step of a proof or a verification."""
    return "".join(
        f"{'ok  ' if step.held else 'FAIL'}  {step.name}  {step.seconds:.2f} s"
        + "".join(f"\n      {line}" for line in step.message.splitlines())
        + "\n"
        for step in steps
    )


def find_keys(answer: DiffAnswer, names: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of all that is left out when a user names operations by key, title or object, in run order.

    Raises:
        PGCraftConfigError: PGC005, there is no such operation.
    """
    listed = tuple(names)
    for name in listed:
        if not leave_out_named(answer.operations, (), (name,)):
            raise _no_operation(answer.operations, name)
    found = leave_out_named(answer.operations, answer.intentions, listed)
    return tuple(item.key for item in answer.operations if item.key in found)


def check_drops(operations: Iterable[Operation], allowed: Sequence[str]) -> None:
    """Refuse operations that lose data, unless the object is named in ``--allow-drop``.

    Raises:
        PGCraftConfigError: PGC005, a name is that of nothing, or of several things, that would be lost.
        PGCraftPlanError: PGC411, some are not allowed.
    """
    losses = [(operation, names) for operation in operations for names in _list_lost(operation)]
    for name in allowed:
        _check_name(name, [names for _, names in losses])
    refused = [(operation, names[0]) for operation, names in losses if not set(allowed) & set(names)]
    if refused:
        listed = ", ".join(dict.fromkeys(operation.title for operation, _ in refused))
        options = " ".join(dict.fromkeys(f"--allow-drop {quote(name)}" for _, name in refused))
        raise PGCraftPlanError(
            "PGC411",
            f"the revision would lose data: {listed}",
            remedy=f"nothing was written; if that is meant: {options}; else leave the operation out: --leave-out",
        )


def _list_lost(operation: Operation) -> Iterator[tuple[str, ...]]:
    """Return the names of what the operation loses, the plainest first."""
    for hazard in operation.losses:
        yield (hazard.subject,) if hazard.subject else list_names(operation.target)


def _check_name(name: str, losses: Sequence[tuple[str, ...]]) -> None:
    meant = list(dict.fromkeys(names[0] for names in losses if name in names))
    if len(meant) == 1 or name in meant:
        return
    if meant:
        raise PGCraftConfigError("PGC005", f'--allow-drop "{name}" may mean {" or ".join(meant)}', remedy="name one")
    known = list(dict.fromkeys(names[0] for names in losses))
    near = find_nearest(name, known)
    raise PGCraftConfigError(
        "PGC005",
        f'--allow-drop "{name}": the revision loses nothing of this name',
        remedy=f'did you mean "{near}"?' if near else f"it loses {', '.join(known) or 'nothing'}",
    )


def _no_operation(operations: Sequence[Operation], name: str) -> PGCraftConfigError:
    near = find_nearest(name, (operation.title for operation in operations))
    return PGCraftConfigError(
        "PGC005",
        f'the revision has no operation "{name}"',
        remedy=f'did you mean "{near}"?' if near else '"pgcraft diff --steps" lists them',
    )


def _list_changes(answer: DiffAnswer | RevisionDraft) -> Iterator[tuple[str, list[Operation]]]:
    """Return the title of each change with its steps."""
    by_key = {item.key: item for item in answer.operations}
    for intention in answer.intentions:
        yield intention.title, [by_key[key] for key in intention.steps]


def _describe(operation: Operation) -> Iterator[str]:
    yield operation.title
    for hazard in operation.hazards:
        yield f"  ! {hazard}"
    yield from (f"  * {line}" for line in describe_impacts([operation]))
    for sign, statements in (("+", operation.up), ("-", operation.down)):
        for statement in statements:
            yield from (f"  {sign} {line}" for line in statement.splitlines())

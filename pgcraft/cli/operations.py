"""Operations of a revision as text, which of them a user names, and what may not be dropped unasked."""

from collections.abc import Iterable, Iterator, Sequence
from shlex import quote

from pgcraft.errors import PGCraftConfigError, PGCraftPlanError, find_nearest
from pgcraft.service.types import DiffAnswer, Operation, ProofStep


def describe_operations(operations: Iterable[Operation]) -> str:
    """Return each operation with its hazards and its SQL up and down."""
    return "\n\n".join("\n".join(_describe(operation)) for operation in operations) + "\n"


def describe_comparison(answer: DiffAnswer) -> str:
    """Say how a comparison came out, and what was compared with what."""
    count = len(answer.operations)
    if count:
        outcome = f"the models and the migrations differ: {count} operation{'s' if count > 1 else ''}"
    else:
        outcome = "the models and the migrations agree" if answer.agree else "the comparison leaves something out"
    return f"{outcome}\ncompared: {answer.compared}"


def describe_titles(operations: Iterable[Operation]) -> str:
    """Return one line an operation, and one a hazard."""
    return "".join(f"{line}\n" for operation in operations for line in _head(operation))


def describe_steps(steps: Iterable[ProofStep]) -> str:
    """Return one line a step of a proof or a verification."""
    return "".join(
        f"{'ok  ' if step.held else 'FAIL'}  {step.name}  {step.seconds:.2f} s"
        + "".join(f"\n      {line}" for line in step.message.splitlines())
        + "\n"
        for step in steps
    )


def find_keys(operations: Sequence[Operation], names: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of operations that a user named by key, title or object.

    Raises:
        PGCraftConfigError: PGC005, there is no such operation.
    """
    return tuple(key for name in names for key in _find_keys(operations, name))


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
        yield (hazard.subject,) if hazard.subject else _names(operation)


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


def _find_keys(operations: Sequence[Operation], name: str) -> tuple[str, ...]:
    found = tuple(item.key for item in operations if name in (item.key, item.title, *_names(item)))
    if found:
        return found
    near = find_nearest(name, (operation.title for operation in operations))
    raise PGCraftConfigError(
        "PGC005",
        f'the revision has no operation "{name}"',
        remedy=f'did you mean "{near}"?' if near else '"pgcraft diff" lists them',
    )


def _names(operation: Operation) -> tuple[str, ...]:
    """The names by which a user may mean an operation's object, the plainest first."""
    target = operation.target
    qualified = ".".join(part for part in (target.schema, target.parent, target.name) if part)
    return qualified, target.name, str(target)


def _describe(operation: Operation) -> Iterator[str]:
    yield from _head(operation)
    for sign, statements in (("+", operation.up), ("-", operation.down)):
        for statement in statements:
            yield from (f"  {sign} {line}" for line in statement.splitlines())


def _head(operation: Operation) -> Iterator[str]:
    yield operation.title
    for hazard in operation.hazards:
        yield f"  ! {hazard}"

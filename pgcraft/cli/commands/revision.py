"""``pgcraft revision``: write a migration, proven first."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from pgcraft.cli import diagnostics, output
from pgcraft.cli.options import DisableOption, JsonOption, ProjectOption, UrlOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pgcraft.cli.diagnostics import ProgressLine
    from pgcraft.service.heads import Position
    from pgcraft.service.types import LikelyRename, Proof, RevisionDraft
    from pgcraft.service.workbench import Workbench
    from pgcraft.service.writing import Writing


def add(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(revision)


LeaveOutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--leave-out", metavar="NAME", help="Object, or key or title of an operation, to omit with all that needs it."
    ),
]
AllowDropOption = Annotated[
    list[str] | None, typer.Option("--allow-drop", metavar="NAME", help="Allow the loss of this object's data.")
]
RenameOption = Annotated[
    list[str] | None,
    typer.Option("--rename", metavar="OLD=NEW", help="Rename this object; the models say only its new name."),
]
LockTimeoutOption = Annotated[
    str | None, typer.Option("--lock-timeout", metavar="TIME", help="The revision waits no longer for a lock: 5s.")
]
StatementTimeoutOption = Annotated[
    str | None, typer.Option("--statement-timeout", metavar="TIME", help="None of its statements runs longer: 2min.")
]
OnlineOption = Annotated[
    bool | None,
    typer.Option("--online/--no-online", help="Tables go on being read and written: steps are committed one by one."),
]
FollowOption = Annotated[
    str,
    typer.Option(
        "--head", metavar="NAME", help="Of several heads the one to follow: a revision, or a label; base for none."
    ),
]
SpliceOption = Annotated[bool, typer.Option("--splice", help="Let --head be a revision that others follow already.")]
LabelOption = Annotated[str, typer.Option("--branch-label", metavar="LABEL", help="Begin a branch of this name.")]
DependsOption = Annotated[
    list[str] | None,
    typer.Option("--depends-on", metavar="NAME", help="A revision, or a label, that is to run before it."),
]


def revision(
    context: typer.Context,
    message: Annotated[str, typer.Option("--message", "-m", help="What the revision does; its file is named for it.")],
    leave_out: LeaveOutOption = None,
    allow_drop: AllowDropOption = None,
    rename: RenameOption = None,
    prove: Annotated[bool, typer.Option("--prove/--no-prove", help="Try it: up, nothing left, down, up.")] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the file and write nothing.")] = False,
    lock_timeout: LockTimeoutOption = None,
    statement_timeout: StatementTimeoutOption = None,
    online: OnlineOption = None,
    project: ProjectOption = None,
    url: UrlOption = None,
    disable: DisableOption = None,
    head: FollowOption = "",
    splice: SpliceOption = False,
    branch_label: LabelOption = "",
    depends_on: DependsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a migration, proven first.

    The history is replayed on a private PostgreSQL and compared with the models; the new revision is tried there: up,
    nothing left, down, up. Only then is its file written, and never over another.
    """
    from pgcraft.cli import projects
    from pgcraft.cli.operations import check_drops, describe_intentions
    from pgcraft.service.heads import Position

    position = Position(head, splice, branch_label, tuple(depends_on or ()))
    asked = _read_writing(lock_timeout, statement_timeout, online)
    with projects.open_workbench(context, project, url, disable, asked) as (workbench, progress):
        draft = _draft(workbench, message, leave_out, rename, position, progress, as_json)
        if not draft.operations:
            _say_nothing_to_do(draft, as_json)
            return
        if not as_json:
            diagnostics.write(describe_intentions(draft, with_steps=False, with_locks=not prove).rstrip("\n"))
        if not dry_run:
            check_drops(draft.operations, allow_drop or [])
        proof = _prove(workbench, draft, progress, as_json) if prove else None
        path = None if dry_run or (proof and not proof.held) else workbench.write_revision(draft)
        if as_json:
            output.write_json({"draft": draft, "proof": proof, "written": path})
        else:
            output.write_text(draft.text if path is None else f"wrote {path}\n")
        raise typer.Exit(1 if proof and not proof.held else 0)


def _read_writing(
    lock_timeout: str | None, statement_timeout: str | None, online: bool | None
) -> "Callable[[Writing], Writing]":
    """Return how the revision is written, given how the project has it."""
    from pgcraft.service.writing import check_duration

    lock = check_duration("--lock-timeout", lock_timeout)
    statement = check_duration("--statement-timeout", statement_timeout)
    return lambda writing: replace(
        writing,
        lock_timeout=lock or writing.lock_timeout,
        statement_timeout=statement or writing.statement_timeout,
        online=writing.online if online is None else online,
    )


def _tell_beside(draft: "RevisionDraft") -> "Iterator[str]":
    """Say which of several heads it follows; all of them were replayed."""
    from pgcraft.service.heads import list_heads

    if draft.beside:
        followed, were = list_heads(draft.heads) or "no other revision", "were" if len(draft.beside) > 1 else "was"
        yield f"it follows {followed}, and not {list_heads(draft.beside)}, which {were} replayed, too"


def _draft(
    workbench: "Workbench",
    message: str,
    leave_out: list[str] | None,
    rename: list[str] | None,
    position: "Position",
    progress: "ProgressLine",
    as_json: bool,
) -> "RevisionDraft":
    """Return the draft, once whoever sits at the terminal has said what is renamed."""
    from pgcraft.cli import projects
    from pgcraft.cli.operations import find_keys
    from pgcraft.cli.renaming import describe_likely, draft_asking, find_renames, may_ask

    said = find_renames(workbench.diff(progress), rename) if rename else ()
    keys = find_keys(workbench.diff(progress, renames=said), leave_out) if leave_out else ()

    def make(renames: "tuple[LikelyRename, ...]") -> "RevisionDraft":
        made = workbench.draft_revision(
            message, leave_out=keys, position=position, renames=renames, on_progress=progress
        )
        progress.clear()
        return made

    is_asked = may_ask() and not as_json
    draft = draft_asking(make, said) if is_asked else make(said)
    if not as_json:
        projects.say_notes((*draft.notes, *_tell_beside(draft), *(() if is_asked else describe_likely(draft.likely))))
    return draft


def _say_nothing_to_do(draft: "RevisionDraft", as_json: bool) -> None:
    if as_json:
        output.write_json({"draft": draft, "proof": None, "written": None})
    else:
        output.write_line(f"nothing to do: the models and the migrations agree\ncompared: {draft.compared}")


def _prove(workbench: "Workbench", draft: "RevisionDraft", progress: "ProgressLine", as_json: bool) -> "Proof":
    from pgcraft.cli.operations import describe_measured, describe_steps

    proof = workbench.prove_revision(draft, progress)
    progress.clear()
    if not as_json:
        diagnostics.write((describe_steps(proof.steps) + describe_measured(draft, proof.impacts)).rstrip("\n"))
        if not proof.held:
            diagnostics.write("the proof failed; nothing was written")
    return proof

"""The heads of a history as Alembic reads it."""

from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError

from pgcraft.errors import PGCraftConfigError, PGCraftPlanError
from pgcraft.service.heads import BASE, Head, Position
from pgcraft.service.heads import list_heads as say_heads


def list_heads(script: ScriptDirectory) -> tuple[Head, ...]:
    """Return them, sorted."""
    return tuple(_make_head(script.get_revision(head)) for head in sorted(script.get_heads()))


def choose_head(script: ScriptDirectory, name: str) -> Head | None:
    """Return the only head, or that of a name; None before the first revision.

    Raises:
        PGCraftConfigError: PGC005, there is no head of this name.
        PGCraftPlanError: PGC413, there are several, and none is named.
    """
    heads = list_heads(script)
    if name:
        return _find_head(script, name, heads)
    if len(heads) > 1:
        raise PGCraftPlanError(
            "PGC413",
            f"the history has {len(heads)} heads: {say_heads(heads)}",
            remedy=f"join them first: pgcraft merge; or name the one to follow: --head {heads[0].revision}",
        )
    return heads[0] if heads else None


def choose_followed(script: ScriptDirectory, position: Position) -> Head | None:
    """Return what a revision at a position follows; None for a new base, and before the first revision.

    Raises:
        PGCraftConfigError: PGC005, there is no such head, or no such revision to splice on.
        PGCraftPlanError: PGC413, there are several heads, and none is named.
    """
    name = position.head
    if name == BASE:
        return None
    if not (position.is_splice and name):
        return choose_head(script, name)
    found = _find_revisions(script, name)
    if len(found) == 1:
        return _make_head(found[0])
    raise PGCraftConfigError(
        "PGC005", f'the history has no revision "{name}"', remedy='"alembic history" lists the revisions'
    )


def _find_head(script: ScriptDirectory, name: str, heads: tuple[Head, ...]) -> Head:
    named = [head for head in heads if name in (head.revision, *head.labels)]
    if not named:
        found = {revision.revision for revision in _find_revisions(script, name)}
        named = [head for head in heads if head.revision in found]
    if len(named) == 1:
        return named[0]
    what = f"{len(named)} heads are called" if named else "the history has no head"
    listed = f"its heads are {say_heads(heads)}" if heads else "it has no revision yet"
    listed += "; --splice lets a revision follow one that is no head" if found and not named else ""
    raise PGCraftConfigError("PGC005", f'{what} "{name}"', remedy=listed)


def _find_revisions(script: ScriptDirectory, name: str) -> tuple[Script, ...]:
    try:
        return script.get_revisions(name)
    except CommandError:
        return ()


def _make_head(revision: Script) -> Head:
    return Head(revision.revision, revision.doc, tuple(sorted(revision.branch_labels)))

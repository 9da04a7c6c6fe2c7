"""The heads of a history as Alembic reads it."""

from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError

from pgcraft.errors import PGCraftConfigError, PGCraftPlanError
from pgcraft.service.heads import Head
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


def _find_head(script: ScriptDirectory, name: str, heads: tuple[Head, ...]) -> Head:
    named = [head for head in heads if name in (head.revision, *head.labels)]
    if not named:
        try:
            found = {revision.revision for revision in script.get_revisions(name)}
        except CommandError:
            found = set()
        named = [head for head in heads if head.revision in found]
    if len(named) == 1:
        return named[0]
    what = f"{len(named)} heads are called" if named else "the history has no head"
    listed = f"its heads are {say_heads(heads)}" if heads else "it has no revision yet"
    raise PGCraftConfigError("PGC005", f'{what} "{name}"', remedy=listed)


def _make_head(revision: Script) -> Head:
    return Head(revision.revision, revision.doc, tuple(sorted(revision.branch_labels)))

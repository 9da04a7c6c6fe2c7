"""Alembic's autogenerate, stopped before it writes: what it found, and the file that would be."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alembic.autogenerate.api import RevisionContext
from alembic.operations.ops import MigrationScript
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import rev_id

from pgcraft.alembic.operations.inspect_ops import PLANNED, leave_out, list_operations, mark_losses
from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.diff.likely import RENAMED, LikelyRename, find_likely
from pgcraft.diff.locks import find_locks, find_new, name_relations, strongest, without_new
from pgcraft.diff.online import ONLINE
from pgcraft.diff.timeouts import LIMITS
from pgcraft.render.statement import Lock
from pgcraft.service.heads import Position
from pgcraft.service.types import Intention, Operation, Writing
from pgcraft.worker.intentions import find_intentions
from pgcraft.worker.migrations import Migrations

FILTERS = {"include_object": None, "include_name": None, "compare_type": True}
"""Options by which ``env.py`` keeps things from the comparison, with the value by which nothing is kept."""


@dataclass(frozen=True)
class Place:
    """Where a revision goes.

    Attributes:
        folder: of its file.
        revision: its id.
        position: in the history, with the id of what it follows.
    """

    folder: Path
    revision: str
    position: Position


@dataclass(frozen=True)
class Found:
    """What autogenerate found; the migration context it was found in is over, its options are not."""

    revision: RevisionContext
    context: MigrationContext

    @property
    def script(self) -> MigrationScript:
        """The revision as operations."""
        return self.revision.generated_revisions[0]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations in run order."""
        found = list_operations(self.context, self.script)
        new = find_new((item.verb, item.target) for item in found)
        planned = self.context.opts.get(PLANNED)
        there = planned.current if planned is not None else Catalog()
        every = (name_relations(_find_all_locks(item.up, item.target), there) for item in found)
        locks = (without_new(each, new) for each in every)
        return tuple(replace(item, locks=held) for item, held in zip(found, locks, strict=True))

    def find_likely(self, operations: Iterable[Operation]) -> tuple[LikelyRename, ...]:
        """Return what the operations drop and may mean to rename."""
        planned = self.context.opts.get(PLANNED)
        if planned is None:
            return ()
        dropped = {item.target for item in operations if item.verb == "drop"}
        return find_likely(planned.diff, planned.current, planned.wanted, dropped)

    def explain(self, operations: Iterable[Operation]) -> tuple[Intention, ...]:
        """Return what the operations are for."""
        return find_intentions(self.context.opts.get(PLANNED), operations)

    def leave_out(self, keys: Iterable[str]) -> None:
        """Take operations out, both ways."""
        leave_out(self.context, self.script, keys)


def autogenerate(
    migrations: Migrations,
    message: str = "",
    *,
    place: Place | None = None,
    is_filtered: bool = True,
    renames: tuple[LikelyRename, ...] = (),
) -> Found:
    """Compare the target metadata of ``env.py`` with the database.

    Args:
        migrations: replayed up to head.
        message: the revision's title.
        place: where :func:`write` will put it; None where it will not.
        is_filtered: whether the filters of ``env.py`` hold.
        renames: what the user says that has got another name.

    Raises:
        PGCraftError: whatever ``env.py`` or the comparison raised.
    """
    script = migrations.script
    revision_context = _make_context(migrations, script, message, place)
    seen: list[MigrationContext] = []

    def compare(_current: Any, context: MigrationContext) -> list[Any]:
        seen.append(context)
        context.opts.update(_list_options(migrations.project.writing))
        context.opts[RENAMED] = {each.new: each.old_name for each in renames}
        if not is_filtered:
            context.opts.update(FILTERS)
            context._user_compare_type = True  # noqa: SLF001  what Alembic reads instead of the option
        revision_context.run_autogenerate("heads", context)  # else it refuses one branch of several
        return []

    with migrations.mapped(), migrations.redirected():
        environment = EnvironmentContext(
            migrations.config,
            script,
            fn=compare,
            template_args=revision_context.template_args,
            revision_context=revision_context,
        )
        with environment:
            script.run_env()
    return Found(revision_context, seen[0])


def _find_all_locks(statements: Iterable[str], target: ObjectId) -> tuple[Lock, ...]:
    return strongest(lock for sql in statements for lock in find_locks(sql, target))


def _list_options(writing: Writing) -> dict[str, object]:
    """Return the options of a migration context that say how a revision is written; what is not said stays as it is."""
    options = {option: getattr(writing, name) for name, option in LIMITS.items()} | {ONLINE: writing.online}
    return {option: value for option, value in options.items() if value}


def _make_context(
    migrations: Migrations, script: ScriptDirectory, message: str, place: Place | None
) -> RevisionContext:
    position = place.position if place else Position()
    options = {
        "message": _escape_docstring(message),
        "autogenerate": True,
        "sql": False,
        "head": position.head or "head",
        "splice": position.is_splice,
        "branch_label": position.label or None,
        "version_path": str(place.folder) if place else None,
        "rev_id": place.revision if place else rev_id(),
        "depends_on": list(position.depends_on) or None,
    }
    return RevisionContext(migrations.config, script, options)


def _escape_docstring(text: str) -> str:
    """Return text that says the same between the triple quotes that templates put around it."""
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def write(migrations: Migrations, found: Found, folder: Path) -> tuple[str, str]:
    """Write the revision's file into a folder of the extra ones, with the project's hooks; gives its name and text."""
    before = set(folder.iterdir())
    mark_losses(found.context, found.script)  # env.py may have rewritten operations since they were marked
    with migrations.mapped():
        list(found.revision.generate_scripts())
    (path,) = (item for item in folder.iterdir() if item not in before and item.suffix == ".py")
    return path.name, path.read_text(encoding="utf-8")

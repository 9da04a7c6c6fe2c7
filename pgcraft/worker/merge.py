"""Answers `MergeHeads`: a revision that joins heads, once it is known that the order of their branches is the same."""

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from alembic.util import rev_id

from pgcraft.catalog.kinds import PARTS, RELATIONS
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.diff.casts import Casting
from pgcraft.diff.compare import compare_catalogs
from pgcraft.diff.intentions.grouping import Planned, group_steps
from pgcraft.diff.intentions.sentences import say_change
from pgcraft.diff.whole import plan_everything
from pgcraft.errors import PGCraftError, PGCraftPlanError
from pgcraft.service.heads import Head, list_heads
from pgcraft.service.merging import Merge, Shared
from pgcraft.service.requests import MergeHeads
from pgcraft.service.types import Progress, ProofStep, RevisionDraft, Stage
from pgcraft.worker.environment import look_offline
from pgcraft.worker.importing import Report
from pgcraft.worker.made import find_differing, read_made
from pgcraft.worker.migrations import Migrations, check_present
from pgcraft.worker.revision import extra_folder
from pgcraft.worker.scratch import as_superuser, connect, fresh_database


def merge_heads(request: MergeHeads, report: Report) -> Merge:
    """Run the branches in each order, and write the text of a revision that joins them.

    Raises:
        PGCraftConfigError: PGC005, there is no head of a name.
        PGCraftPlanError: PGC417, there is nothing to join.
        PGCraftError: the migrations or the server failed before the branches part.
    """
    report(Progress(Stage.IMPORT, detail=request.project.models))
    look_offline(request.project)
    migrations = Migrations(request.project, None)
    check_present(migrations.template)
    heads = _choose(migrations, request.heads)
    draft = _draft(migrations, request, heads)
    branches = _Branches(request, report, heads, _find_fork(migrations, heads))
    steps = tuple(branches.run())
    return Merge(draft, tuple(branches.find_shared()), steps)


def _choose(migrations: Migrations, names: tuple[str, ...]) -> tuple[Head, ...]:
    """Return the heads that are to be joined: those that are named, or all."""
    named = (migrations.get_single_head(name) for name in names)
    heads = tuple(dict.fromkeys(head for head in named if head)) if names else migrations.list_heads()
    if len(heads) < 2:
        listed = migrations.list_heads()
        are = "head is" if len(listed) == 1 else "heads are"
        said = f"its {are} {list_heads(listed)}" if listed else "it has no revision yet"
        raise PGCraftPlanError("PGC417", "there are no two heads of the history to join", remedy=said)
    return heads


def _draft(migrations: Migrations, request: MergeHeads, heads: tuple[Head, ...]) -> RevisionDraft:
    revision = request.revision or rev_id()
    with extra_folder() as folder, migrations.mapped():
        inside = Migrations(request.project, None, extra_folder=folder)
        made = inside.script.generate_revision(
            revision,
            request.message,
            head=[head.revision for head in heads],
            version_path=str(folder),
            config=inside.config,
        )
        if made is None:
            raise TypeError("Alembic wrote no file")
        path = Path(made.path)
        text = path.read_text(encoding="utf-8")
    target = Path(migrations.script.get_revision(heads[0].revision).path).parent / path.name
    return RevisionDraft(request.message, revision, target, text, (), heads=heads)


def _find_fork(migrations: Migrations, heads: Iterable[Head]) -> tuple[str, ...]:
    """Return the last revisions that all heads have below them; none where they have nothing in common."""
    with migrations.mapped():
        script = migrations.script
        below = [{each.revision for each in script.iterate_revisions(head.revision, "base")} for head in heads]
        common = frozenset.intersection(*map(frozenset, below))
        followed = {parent for each in common for parent in script.get_revision(each)._all_down_revisions}  # noqa: SLF001  has no public name
    return tuple(sorted(common - followed))


def _find_needed(migrations: Migrations, head: Head) -> tuple[str, ...]:
    """Return what stands below a head by what it depends on, and not by what it follows: it is another branch's."""
    with migrations.mapped():
        script, followed, waiting = migrations.script, set[str](), [head.revision]
        for revision in waiting:  # grows while it is walked
            followed.add(revision)
            waiting += script.get_revision(revision)._versioned_down_revisions  # noqa: SLF001  has no public name
        everything = {each.revision for each in script.iterate_revisions(head.revision, "base")}
    return tuple(sorted(everything - followed))


class _Branches:
    """Runs the branches of the heads, each of them first once.

    Attributes:
        _alone: what is there before any of them, and after each of them alone.
    """

    def __init__(self, request: MergeHeads, report: Report, heads: tuple[Head, ...], fork: tuple[str, ...]) -> None:
        self._request = request
        self._report = report
        self._heads = heads
        self._fork = fork
        self._alone: dict[str, tuple[Catalog, Catalog]] = {}
        self._made: Catalog | None = None

    def run(self) -> Iterator[ProofStep]:
        for at, head in enumerate(self._heads):
            order = (head, *self._heads[:at], *self._heads[at + 1 :])
            self._report(Progress(Stage.PROVE, at, len(self._heads), detail=f"{head.revision} first"))
            yield _try(" then ".join(each.revision for each in order), partial(self._run_order, order))

    def _run_order(self, order: tuple[Head, ...]) -> None:
        project, server = self._request.project, self._request.server
        with (
            fresh_database(server, "merge", project.deploy_as) as url,
            connect(as_superuser(server, url)) as looking,
        ):
            migrations = Migrations(project, url)
            first, *others = order
            for revision in (*self._fork, *_find_needed(migrations, first)):
                migrations.upgrade(revision)
            before = read_made(looking)
            migrations.upgrade(first.revision)
            self._alone[first.revision] = (before, read_made(looking))
            for head in others:
                migrations.upgrade(head.revision)
            made = read_made(looking)
        if self._made is None:
            self._made = made
        elif differing := find_differing(self._made, made):
            raise PGCraftPlanError(
                "PGC418",
                f"the order of the branches makes a difference to {', '.join(map(str, differing))}",
                remedy="let one of them follow the other instead: its first revision gets the other's last one as "
                "down_revision, and is written for what that makes",
            )

    def find_shared(self) -> Iterator[Shared]:
        """Return what several branches touch, as far as they could be run."""
        touched: dict[ObjectId, list[tuple[str, str]]] = {}
        for head, (before, after) in self._alone.items():
            for target, said in _tell(before, after):
                touched.setdefault(target, []).append((head, said))
        for target, changes in sorted(touched.items()):
            if len({head for head, _ in changes}) > 1:
                yield Shared(target, tuple(changes))


def _tell(before: Catalog, after: Catalog) -> Iterator[tuple[ObjectId, str]]:
    """Return each object that a branch touches with what it does to it."""
    diff = compare_catalogs(before, after)
    planned = Planned(before, after, diff, plan_everything(before, after, diff, cast=lambda *_: Casting()))
    for group in group_steps(planned, ((action.verb, action.id) for action in planned.actions)):
        for owner in sorted({_find_owner(each, before, after) for each in group.deeds}):
            yield owner, say_change(group)


def _find_owner(object_id: ObjectId, *catalogs: Catalog) -> ObjectId:
    """Return the relation of a part, or what a grant is on; all else stands for itself."""
    if object_id.kind is Kind.GRANT:
        object_id = object_id.granted_on
    if object_id.kind in PARTS:
        object_id = object_id.table
    same = (object_id._replace(kind=kind) for kind in RELATIONS) if object_id.kind in RELATIONS else ()
    return next((each for each in same for catalog in catalogs if catalog.find(each)), object_id)


def _try(name: str, action: Callable[[], None]) -> ProofStep:
    began = time.perf_counter()
    try:
        action()
    except PGCraftError as error:
        return ProofStep(name, held=False, seconds=time.perf_counter() - began, message=str(error))
    return ProofStep(name, held=True, seconds=time.perf_counter() - began)

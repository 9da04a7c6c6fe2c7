"""What is recreated, and which facts of it are not to come back."""

from collections.abc import Iterable, Iterator, Mapping

from pgcraft.catalog.definitions import Function, Index, View
from pgcraft.catalog.kinds import KINDS, TYPES, Stage, select
from pgcraft.catalog.made_types import Composite
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.statistics import Statistics
from pgcraft.diff.changes import Alteration
from pgcraft.diff.compare import Change

PUT_BACK = select(lambda row: row.stage >= Stage.PARTS)
"""The kinds that are put back by whoever runs a revision, where others made them on top of what it recreates."""


def find_anew(object_id: ObjectId, alteration: Alteration, moved: Iterable[ObjectId]) -> frozenset[ObjectId]:
    """Return what an alteration recreates both ways: a trigger, a policy, a type with its columns."""
    match object_id.kind:
        case Kind.TRIGGER | Kind.POLICY | Kind.STATISTICS:
            is_made = any(not sql.startswith(("COMMENT", "ALTER")) for sql in alteration.up)
            return frozenset({object_id}) if is_made else frozenset()
        case Kind.PUBLISHED:
            return frozenset({object_id})
        case kind if KINDS[kind].is_type and any(sql.startswith("DROP TYPE") for sql in alteration.up):
            return frozenset({object_id, *(each for each in moved if each.kind is Kind.COLUMN or each.kind in TYPES)})
        case _:
            return frozenset()


def find_forgotten(old: CatalogObject, new: CatalogObject, change: Change | None = None) -> tuple[str, ...]:
    """Return the facts that the models state or take back, so that what stood there is not put back.

    Args:
        old: without what others set on it, but for comments.
        change: from one to the other, without what others say.
    """
    return tuple(sorted({*_forgotten(old, new), *(_find_taken_back(change) if change else ())}))


def find_forgotten_between(
    current: Catalog, wanted: Catalog, changes: Mapping[ObjectId, Change], object_id: ObjectId
) -> tuple[str, ...]:
    """Return these facts of an object that both catalogs have; none of any other.

    Args:
        changes: what differs between the two, by id.
    """
    old, new = current.find(object_id), wanted.find(object_id)
    return find_forgotten(old, new, changes.get(object_id)) if old and new else ()


def name_comment(object_id: ObjectId) -> str:
    """Return how the comment on an object is called among its facts."""
    return f"comment on {object_id.name}" if object_id.kind is Kind.COLUMN else "comment"


def _forgotten(old: CatalogObject, new: CatalogObject) -> Iterator[str]:
    before, after = old.definition, new.definition
    if getattr(after, "comment", None) is not None:
        yield name_comment(new.id)
    if getattr(after, "owner", None) is not None:
        yield "owner"
    if isinstance(after, Composite):
        yield from (f"comment on {name}" for name, _ in after.column_comments)
    if isinstance(before, View) and isinstance(after, View):
        yield from _named(before.options, after.options)
        yield from (f"comment on {column}" for column, _ in after.column_comments)
        yield from (f"default of {column}" for column, _ in after.column_defaults)
    if isinstance(before, Function) and isinstance(after, Function):
        yield from _named(before.settings, after.settings)
        yield from after.stated
        yield from (name for name, default in Function.OPEN.items() if getattr(before, name) != default)  # was ours
        if before.is_public is not after.is_public:
            yield "PUBLIC"
    if isinstance(before, Statistics) and isinstance(after, Statistics):
        yield from ("statistics" for target in {before.target, after.target} - {None})
    yield from (fact for fact in KINDS[new.id.kind].open if getattr(before, fact) != getattr(after, fact))
    if isinstance(before, Index) and isinstance(after, Index):
        yield from _named(before.options, after.options)


def _find_taken_back(change: Change) -> Iterator[str]:
    """Return the comments of ours that the models give up; what others said is no part of a change."""
    if "comment" in change.facts:
        yield name_comment(change.id)
    if "column_comments" in change.facts:
        before, after = (
            dict(getattr(item.definition, "column_comments", ())) for item in (change.current, change.wanted)
        )
        yield from (f"comment on {name}" for name in before if before[name] != after.get(name))


def _named(*pairs: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """Return the names that the models give a value, or gave one before."""
    return (name for each in pairs for name, _ in each)

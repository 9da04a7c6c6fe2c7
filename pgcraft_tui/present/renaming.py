"""What the wizard says of likely renames, and which of them the cursor is on."""

from collections.abc import Iterable

from pgcraft.catalog.objects import ObjectId
from pgcraft.service.types import Intention, LikelyRename, Operation
from pgcraft_tui.present.page import Page, Span, Tone, line

Renames = tuple[LikelyRename, ...]


def find_rename(item: Intention | Operation | None, renames: Iterable[LikelyRename]) -> LikelyRename | None:
    """Return the first of some renames that a change or an operation is about, by the old name or by the new one."""
    match item:
        case Intention():
            about = frozenset(item.objects)
        case Operation():
            about = frozenset({item.target})
        case _:
            return None
    return next((each for each in renames if not about.isdisjoint(_list_targets(each))), None)


def present_likely(item: Intention | Operation, likely: Iterable[LikelyRename], told: Iterable[LikelyRename]) -> Page:
    """Ask whether it is renamed, or say how the models say it."""
    if (rename := find_rename(item, told)) is not None:
        return (line(Span(f"? in the models this is said by {rename.declaration}; n takes it back", Tone.WARNING)),)
    if (rename := find_rename(item, likely)) is not None:
        return (line(Span(f"? {rename.question} n renames it", Tone.WARNING)),)
    return ()


def _list_targets(rename: LikelyRename) -> frozenset[ObjectId]:
    """Return what operations are about that drop, make or rename it."""
    if rename.is_inside:
        return frozenset({ObjectId(rename.new.kind, rename.new.schema, str(rename.new.parent))})
    return frozenset({rename.old, rename.new})

"""Extensions as pages: what one is, and what would come and go if it were switched."""

from collections import Counter
from collections.abc import Iterable

from pgcraft.catalog.objects import ObjectId
from pgcraft.service.types import ExtensionState, SwitchPreview
from pgcraft_tui.present.names import PLURALS
from pgcraft_tui.present.page import BLANK, Page, Span, Tone, dim, heading, line, strong, table

_ORDER = {kind: place for place, kind in enumerate(PLURALS)}


def present_extension(state: ExtensionState) -> Page:
    """Show one extension: what it is, whose, and why it cannot be switched when it cannot."""
    facts = (
        ("state", "on" if state.is_enabled else "off"),
        ("version", state.version or "unknown"),
        ("comes from", state.source or "unknown"),
        ("module", state.module),
        ("depends on", ", ".join(state.depends_on) or "nothing"),
        ("needed by", ", ".join(state.needed_by) or "nothing"),
        ("objects", str(state.object_count)),
    )
    rows = table((dim(name), Span(value)) for name, value in facts if value)
    summary = (line(state.summary), BLANK) if state.summary else ()
    switch = "off" if state.is_enabled else "on"
    closing = (
        line(Span(f"It cannot be switched: {state.locked}", Tone.WARNING))
        if state.locked
        else line(dim(f"Space shows what would come and go if it were switched {switch}; nothing is written by that."))
    )
    return (heading(state.name), BLANK, *summary, closing, BLANK, *rows)


def summarize_switch(preview: SwitchPreview) -> str:
    """Say in one line what a switch does: ``postgrest off: 12 objects disappear, 3 change``."""
    counts = (
        (len(preview.appearing), "appear"),
        (len(preview.disappearing), "disappear"),
        (len(preview.changing), "change"),
    )
    named = [(count, verb) for count, verb in counts if count]
    what = ", ".join(_count(count, verb, is_first=at == 0) for at, (count, verb) in enumerate(named))
    return f"{preview.name} {'on' if preview.is_enabling else 'off'}: {what or 'no object comes or goes'}"


def present_switch(preview: SwitchPreview) -> Page:
    """List what appears, disappears and changes, with counts by kind."""
    return (
        *_list_objects("appear", "+", Tone.ADDED, preview.appearing),
        *_list_objects("disappear", "-", Tone.REMOVED, preview.disappearing),
        *_list_objects("change", "~", Tone.CHANGED, preview.changing),
    ) or (line(dim("No object comes or goes: the models use nothing of it.")),)


def _count(count: int, verb: str, *, is_first: bool) -> str:
    noun = (" object" if count == 1 else " objects") if is_first else ""
    return f"{count}{noun} {verb}{'s' if count == 1 else ''}"


def _list_objects(verb: str, sign: str, tone: Tone, ids: Iterable[ObjectId]) -> Page:
    listed = sorted(ids, key=lambda each: (_ORDER[each.kind], each.sort_key))
    if not listed:
        return ()
    kinds = Counter(each.kind for each in listed)
    by_kind = ", ".join(
        f"{kinds[kind]} {PLURALS[kind] if kinds[kind] > 1 else kind.value}" for kind in PLURALS if kinds[kind]
    )
    counts = line(strong(_count(len(listed), verb, is_first=True)), dim(f": {by_kind}"))
    return (counts, *(line(Span(f"{sign} ", tone), str(each), indent=2) for each in listed), BLANK)

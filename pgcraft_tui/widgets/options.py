"""Lists whose rows are toned text."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from pgcraft_tui.present.page import Span, Tone
from pgcraft_tui.widgets.toned import join_spans

_STYLES = {
    Tone.DIM: "dim",
    Tone.STRONG: "bold",
    Tone.HEADING: "bold",
    Tone.LINK: "underline",
    Tone.GOOD: "$text-success",
    Tone.BAD: "bold $text-error",
    Tone.WARNING: "$text-warning",
    Tone.ADDED: "$text-success",
    Tone.REMOVED: "$text-error",
    Tone.CHANGED: "$text-warning",
}
"""A list has no component classes of ours, so its tones are the theme's own."""

Value = TypeVar("Value")


class ValueOption(Option, Generic[Value]):
    """A row with what it stands for: a message about it may be read when the list has other rows."""

    def __init__(self, prompt: Content, value: Value) -> None:
        super().__init__(prompt)
        self.value = value


def find_value(listed: OptionList, kind: type[Value]) -> Value | None:
    """Return what the row under the cursor stands for."""
    option = listed.highlighted_option
    return get_value(option, kind) if option is not None else None


def get_value(option: Option, kind: type[Value]) -> Value | None:
    """Return what a row stands for; None for a heading."""
    value = option.value if isinstance(option, ValueOption) else None
    return value if isinstance(value, kind) else None


def make_option(spans: Iterable[Span]) -> Content:
    """Return the prompt of one option; the text is made visible and is never markup."""
    return join_spans(spans, _STYLES.__getitem__)

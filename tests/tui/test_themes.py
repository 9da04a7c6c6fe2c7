"""Every tone can be read: contrast of at least 4.5 to 1 in the themes whose colours are ours."""

import pytest
from textual.color import Color
from textual.theme import Theme

from pgcraft_tui.styles.themes import DARK, LIGHT, THEMES, find_next_theme

LEAST = 4.5


def measure_contrast(front: str, back: str) -> float:
    bright, dark = sorted((measure_luminance(Color.parse(each)) for each in (front, back)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def measure_luminance(color: Color) -> float:
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("tone", ["foreground", "primary", "success", "warning", "error", "accent"])
def test_every_tone_can_be_read_on_every_ground(theme: Theme, tone: str):
    front = getattr(theme, tone)
    for ground in (theme.background, theme.surface, theme.panel):
        assert ground is not None
        assert measure_contrast(front, ground) >= LEAST, (tone, ground)


def test_the_themes_go_round():
    names = [theme.name for theme in THEMES]
    assert [find_next_theme(name) for name in names] == [*names[1:], names[0]]
    assert find_next_theme("somebody's own") == names[0]

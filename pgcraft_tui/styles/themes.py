"""The themes that T goes through: dark, light, and the terminal's own sixteen colours."""

from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="pgcraft-dark",
    primary="#6fa8dc",
    secondary="#8f9fd6",
    accent="#e5b567",
    foreground="#d7dce2",
    background="#14181d",
    surface="#1a1f26",
    panel="#242b34",
    success="#8ec07c",
    warning="#e5b567",
    error="#ef7b7b",
    dark=True,
    variables={"border": "#6fa8dc", "border-blurred": "#465261"},
)
LIGHT = Theme(
    name="pgcraft-light",
    primary="#1f5f99",
    secondary="#4a4f9c",
    accent="#8a5a00",
    foreground="#1d2329",
    background="#fbfbf9",
    surface="#f4f4f1",
    panel="#e6e7e3",
    success="#2d6b22",
    warning="#8a5a00",
    error="#a82b2b",
    dark=False,
    variables={"border": "#1f5f99", "border-blurred": "#a5abb2"},
)
ANSI = BUILTIN_THEMES["ansi-dark"]

THEMES: tuple[Theme, ...] = (DARK, LIGHT, ANSI)


def find_next_theme(name: str) -> str:
    """Return the theme after this one; the first after one that is not ours."""
    names = [theme.name for theme in THEMES]
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]

"""Which keys the workbench may bind, and how they are written for a reader; standard library only."""

from collections.abc import Iterable

DENIED_KEYS: dict[str, str] = {
    "ctrl+a": "GNU screen's prefix, and start of line in readline",
    "ctrl+b": "tmux's prefix",
    "ctrl+c": "interrupt; the terminal and Textual copy with it",
    "ctrl+e": "VS Code opens files with it, and end of line in readline",
    "ctrl+f": "VS Code searches the terminal with it",
    "ctrl+g": "VS Code goes to a line with it",
    "ctrl+h": "the same byte as backspace",
    "ctrl+i": "the same byte as tab",
    "ctrl+j": "the same byte as enter in many terminals",
    "ctrl+k": "VS Code's chord prefix, and kill line in readline",
    "ctrl+m": "the same byte as enter",
    "ctrl+n": "VS Code opens a file with it, and next line in readline",
    "ctrl+o": "readline and VS Code take it",
    "ctrl+q": "flow control; VS Code quits with it",
    "ctrl+r": "reverse search in readline and VS Code",
    "ctrl+s": "flow control: it freezes the terminal",
    "ctrl+t": "VS Code searches symbols with it",
    "ctrl+v": "paste",
    "ctrl+w": "VS Code and browsers close with it, and kill word in readline",
    "ctrl+z": "suspend",
    "ctrl+left_square_bracket": "the same byte as escape",
    "ctrl+backslash": "quit signal",
    "alt+tab": "window managers take it",
    "f1": "VS Code's palette and many terminals' help",
    "f10": "window menus",
    "f11": "full screen",
    "f12": "VS Code, and terminals with a drop-down",
}
"""Keys that never reach us in tmux, VS Code's terminal or a plain terminal, each with who takes it."""

SHARED_KEYS: dict[str, str] = {
    "ctrl+p": "VS Code's quick open, and previous line in readline",
    "ctrl+d": "end of file in readline",
    "ctrl+u": "kill line in readline",
    "f5": "VS Code starts the debugger with it",
    "alt+left": "VS Code and some terminals move by words with it",
    "alt+right": "VS Code and some terminals move by words with it",
}
"""Keys that some hosts take: bound only where another key does the same."""

_LABELS = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "Shift-Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "backspace": "Backspace",
}


def format_key(key: str) -> str:
    """Write a key for a reader: ``ctrl+p`` gives ``^p``, ``escape`` gives ``Esc``, a letter stays itself."""
    if key in _LABELS:
        return _LABELS[key]
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    if key.startswith("alt+"):
        return f"Alt-{format_key(key.removeprefix('alt+'))}"
    return key.upper() if len(key) > 1 else key


def find_key_faults(name: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each key of an action that it must not have; empty when all are fine."""
    wanted = tuple(keys)
    faults = [f"{name}: {key} is taken: {DENIED_KEYS[key]}" for key in wanted if key in DENIED_KEYS]
    if wanted and all(key in SHARED_KEYS for key in wanted):
        faults.append(f"{name}: {wanted[0]} needs another key beside it: {SHARED_KEYS[wanted[0]]}")
    return tuple(faults)

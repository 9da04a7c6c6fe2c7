"""The tables of keys in docs/tui.md, from the action registry."""

from pathlib import Path

from pgcraft.service.actions import Action, Scope, get_actions

PAGE = Path("docs/tui.md")
START, END = "<!-- keys: written by `make docs` -->", "<!-- end of keys -->"
TITLES = {Scope.TEXT: "In any text"}


def render_page(page: str) -> str:
    """Return the page with its tables written again; what stands outside of the two marks stays."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    tables = "\n\n".join(_render_table(scope) for scope in Scope)
    return f"{before}{START}\n\n{tables}\n\n{END}{after}"


def _render_table(scope: Scope) -> str:
    rows = "\n".join(_render_row(action) for action in get_actions(scope))
    title = TITLES.get(scope, scope.value.capitalize())
    return f"### {title}\n\n| key | action | what it does | on the command line |\n|---|---|---|---|\n{rows}"


def _render_row(action: Action) -> str:
    keys = " ".join(f"`{_spell(key)}`" for key in action.keys)
    command = f"`{action.command}`" if action.command else ""
    cells = (keys, action.title, action.help, command)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _spell(key: str) -> str:
    return {"escape": "Esc", "space": "Space", "enter": "Enter"}.get(key, key)

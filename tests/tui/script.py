"""The steps of one session in a terminal: every action of the registry, by its key or by the palette."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pgcraft.service.actions import get_action

_TYPED = re.compile(r'"[^"]*"|\S+')


@dataclass(frozen=True)
class Step:
    """One thing the user does, and what is on the screen after it.

    Attributes:
        action: the id in the registry; empty where files are saved, or an editor is left.
        keys: pressed one after the other; a word in quotes is typed. Empty: only waits.
        shows: a pattern that comes up, at every size.
        hides: a pattern that goes.
        narrow: what is done instead where there is room for one pane only.
        saves: text of a project file to write before the keys, as ``("models.py", "…")``.
        offers: a pattern that comes up when the first text is typed, before the next key.
    """

    action: str
    keys: str = ""
    shows: str = ""
    hides: str = ""
    narrow: "Step | None" = None
    saves: tuple[str, str] | None = None
    offers: str = ""

    @property
    def words(self) -> Iterator[tuple[str, bool]]:
        """The keys, each with whether it is a text to type."""
        for word in _TYPED.findall(self.keys):
            is_text = len(word) > 1 and word.startswith('"')
            yield word.strip('"') if is_text else word, is_text

    @property
    def by_palette(self) -> "Step":
        """The same by the palette: what stands for the action's key is its title."""
        action = get_action(self.action) if self.action else None
        first, _, rest = self.keys.partition(" ")
        if action is None or first not in action.keys or action.id in ("palette", "cancel"):
            return self
        keys = f': "{action.title}" enter {rest}'
        return replace(self, keys=keys, offers=re.escape(action.help[:30]) + "|not now: ")


def saved(models: str, shows: str) -> Step:
    """Write models.py, and wait for what the workbench says to it."""
    return Step("", "", shows, saves=("models.py", models))


def make_browsing() -> tuple[Step, ...]:
    """Tree, preview and tabs."""
    to_tree = Step("switch_pane", "tab", r"Objects · by schema", r"view api\.products ─")
    return (
        Step("jump", 'o "role:anon" enter', r"\$ pgcraft ddl anon  "),
        Step("access", "w", r"What anon can reach"),
        Step("show_ddl", "1", r"\$ pgcraft ddl anon  "),
        Step("jump", 'o "v:products" enter', r"\$ pgcraft ddl api\.products  "),
        Step("show_api", "2", r"endpoint +/products", "CREATE VIEW"),
        Step("try_api", "a", r"200  GET /products"),
        Step("serve_api", "A", r"PGC530"),
        Step("show_ddl", "1", r"CREATE VIEW api\.products", "endpoint"),
        Step("scroll_preview_down", "J", "", r"CREATE VIEW api\.products"),
        Step("scroll_preview_up", "K", r"CREATE VIEW api\.products"),
        Step("show_grants", "3", r"role +select +insert"),
        Step("show_origin", "5", r"Who may use it, and by which declaration"),
        Step("show_change", "6", r"replace view api\.products"),
        Step("switch_pane", "tab tab", narrow=Step("switch_pane", "tab")),
        Step("toggle_folds", "=", "", r"equal lines"),
        Step("toggle_folds", "=", r"⋯ \d+ equal lines"),
        Step("toggle_side_by_side", "|", r"- +INSERT INTO.*│[ \d]*\+ +INSERT INTO"),
        Step("toggle_wrap", "z", "", "↳"),
        Step("scroll_right", "l l", "", "⋯ "),
        Step("scroll_left", "h h", "⋯ "),
        Step("toggle_wrap", "z", "↳"),
        Step("toggle_side_by_side", "|", "", r"- +INSERT INTO.*│[ \d]*\+ +INSERT INTO"),
        Step("switch_pane", "tab", narrow=Step("switch_pane", "tab 5")),
        Step("show_history", "7", r"_first\.py"),
        Step("show_relations", "4", r"Depends on"),
        Step("switch_pane", "tab m", "", r"─ Objects", narrow=to_tree),
        Step("switch_pane", "m tab", r"─ Objects", narrow=Step("switch_pane", "tab", "Depends on", "Objects")),
        Step(
            "follow",
            "tab enter",
            r"\$ pgcraft show inventory\.products  ",
            narrow=Step("follow", "enter", r"\$ pgcraft show inventory\.products  "),
        ),
        Step("back", "<", r"\$ pgcraft show api\.products  "),
        Step("forward", ">", r"\$ pgcraft show inventory\.products  "),
        Step("back", "<", r"\$ pgcraft show api\.products  "),
        Step("show_ddl", "1", r"\$ pgcraft ddl api\.products  "),
        Step("copy_command", "y", r"copied the command"),
        Step("copy_name", "Y", r"copied the name"),
        Step("copy_text", "c", r"copied the text of"),
        Step("edit_source", "e", r"editing .*models\.py"),
        Step("", "enter", r"\$ pgcraft ddl api\.products  "),
    )


TREE = (
    Step("group_by_factory", "F", r"Objects · by factory"),
    Step("group_by_extension", "X", r"Objects · by extension"),
    Step("group_by_schema", "S", r"Objects · by schema"),
    Step("cycle_grouping", "b", r"Objects · by factory"),
    Step("group_by_schema", "S", r"Objects · by schema"),
    Step("filter", '/ "prod" enter', r"\d+ matches ─"),
    Step("first", "g", r"\$ pgcraft ddl api  "),
    Step("next_match", "n", r"\$ pgcraft ddl api\.products  "),
    Step("next_match", "n", "", r"\$ pgcraft ddl api\.products  "),
    Step("previous_match", "N", r"\$ pgcraft ddl api\.products  "),
    Step("cancel", "escape", "", r"\d+ matches ─"),
    Step("last", "G", r"\$ pgcraft ddl authenticator  "),
    Step("first", "g", r"\$ pgcraft ddl api  "),
    Step("collapse", "h", r"▸ api"),
    Step("expand", "l", r"▾ api"),
    Step("cursor_down", "j j", r"\$ pgcraft ddl api\.products  "),
    Step("cursor_up", "k k", r"\$ pgcraft ddl api  "),
    Step("half_page_down", "d", "", r"\$ pgcraft ddl api  "),
    Step("half_page_up", "u", r"\$ pgcraft ddl api  "),
    Step("maximize", "m", "", r"schema api ─", narrow=Step("maximize", "m", "room for one pane only")),
    Step("maximize", "m", r"schema api ─", narrow=Step("maximize", "m", "room for one pane only")),
    Step("next_change", "]", "", r"\$ pgcraft ddl api  "),
    Step("previous_change", "[ g", r"\$ pgcraft ddl api  "),
)

ANYWHERE = (
    Step("reload", "R", r"[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]", r"[1-9] changes?"),
    Step("", "", r"[1-9] changes?"),
    Step("init", "i", r"this project has"),
    Step("theme", "T", r"theme pgcraft-light"),
    Step("help", "?", r"─ Keys ─"),
    Step("cancel", "escape", "", r"─ Keys ─"),
    Step("palette", ":", r"Search for commands"),
    Step("cancel", "escape", "", r"Search for commands"),
)

LINT = (
    Step("problems", "!", r"a shows \d+\s+pieces\s+of\s+advice"),
    Step("toggle_advice", "a", r"PGL111 column inventory"),
    Step("toggle_advice", "a", r"a shows \d+\s+pieces\s+of\s+advice"),
    Step("cancel", "escape", r"─ Objects"),
)

PROBLEMS = (
    Step("problems", "!", r"could not be loaded"),
    Step("toggle_detail", "t", r"Everything that is known"),
    Step("edit_problem", "e", r"editing .*models\.py"),
    Step("", "enter", r"could not be loaded"),
    Step("copy_problem", "c", r"copied the problems"),
)

EXTENSIONS = (
    Step("extensions", "x", r"● on +postgrest"),
    Step("preview_switch", "space", r"objects disappear"),
    Step("scroll_end", "G", "", r"create role anon"),
    Step("scroll_home", "g", r"create role anon"),
    Step("scroll_down", "j", "", r"create role anon"),
    Step("scroll_up", "k", r"create role anon"),
    Step("page_down", "pagedown", "", r"create role anon"),
    Step("page_up", "pageup", r"create role anon"),
    Step("apply_switch", "a", r"○ off +postgrest"),
    Step("undo_switch", "u", r"● on +postgrest"),
    Step("cancel", "escape", r"─ Objects"),
)

KEYS = r"(.|\n)*\? help"
"""The footer after something: no field has the focus."""
CHANGE = r"\+ inventory\.products gains note"
NOTE = r"\+ create column inventory\.products\.note"
REVISION = (
    Step("revision", "r", rf"▸ \[x\] {CHANGE}(.|\n)*gains note; "),
    Step("toggle_steps", "enter", rf"▾ \[x\] {CHANGE}(.|\n)*\[x\] {NOTE}"),
    Step("toggle_steps", "enter", rf"▸ \[x\] {CHANGE}"),
    Step("toggle_operation", "space", rf"\[ \] {CHANGE}"),
    Step("toggle_operation", "space", rf"\[x\] {CHANGE}"),
    Step("rename_instead", "n", r"nothing that looks like it comes"),
    Step("edit_message", 'm "add note" enter', rf"message +add note{KEYS}"),
    Step("toggle_online", "O", rf"\[x\] {CHANGE}(.|\n)*--online"),
    Step("toggle_online", "O", rf"\[x\] {CHANGE}", r"--online"),
    Step("show_file", "f", r"def upgrade\(\) -> None:"),
    Step("prove", "p", r"It holds"),
    Step("compare_again", "a", rf"\[x\] {CHANGE}(.|\n)*gains note; "),
    Step("write_revision", "w", r"There is nothing to do"),
    Step("follow_head", "H", r"no two heads to choose from"),
    Step("merge_heads", "M", r"PGC417"),
    Step("cancel", "escape", r"─ Objects"),
)

EXPORT = (
    Step("export", "s", r"BEGIN;"),
    Step("cycle_direction", "d", r"down: downgrade"),
    Step("cycle_direction", "d", r"full schema"),
    Step("cycle_direction", "d", r"up: upgrade"),
    Step("cycle_diagram", "e", r"diagram: text(.|\n)*┌─ "),
    Step("cycle_diagram", "e", r"erDiagram(.|\n)*pgcraft erd --views --format mermaid"),
    Step("cycle_direction", "d", r"up: upgrade(.|\n)*BEGIN;"),
    Step("edit_start", 'f "base" enter', rf"--from base{KEYS}"),
    Step("edit_end", 't "head" enter', rf"--to head{KEYS}"),
    Step("toggle_split", "m", r"2 files(.|\n)*--split"),
    Step("toggle_split", "m", r"1 file,", r"--split"),
    Step("edit_path", 'p "out.sql" enter', rf"-o out\.sql{KEYS}"),
    Step("write_export", "w", r"written: out\.sql"),
    Step("cancel", "escape", r"─ Objects"),
)

VERIFY = (
    Step("verify", "v", r"all \d+ held"),
    Step("toggle_failing", "f", r"nothing failed"),
    Step("verify_again", "a", r"✓ anon"),
    Step("prove_history", "p", r"2 revisions hold on PostgreSQL"),
    Step("cancel", "escape", r"─ Objects"),
)

DRIFT = (
    Step("drift", "D", r"\+ view api\.products"),
    Step("edit_database", 'd "other" enter', r"PGC026"),
    Step("edit_database", 'd "live" enter', r"\+ view api\.products"),
    Step("cycle_mending", "m", r"CREATE SCHEMA "),
    Step("drift_again", "a", r"\+ view api\.products"),
    Step("cancel", "escape", r"─ Objects"),
)

QUIT = Step("quit", "q", r"ended with 0")

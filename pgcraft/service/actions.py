"""The action registry: what can be done, by key, palette and command line alike; standard library only.

Footer, ``?``, palette, docs/tui.md and the workbench's bindings are made from :data:`ACTIONS`. To add one: a row here,
``action_<id>`` on the screen (or widget) of its scope, a Pilot test, and its command in ``pgcraft.cli``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum


class Scope(StrEnum):
    """Where in the workbench an action works: a screen has the id of the action that opens it."""

    EVERYWHERE = "everywhere"
    OBJECTS = "objects"
    EXTENSIONS = "extensions"
    REVISION = "revision"
    EXPORT = "export"
    VERIFY = "verify"
    DRIFT = "drift"
    PROBLEMS = "problems"
    TEXT = "text"


class Need(Enum):
    """What must hold before an action can run; the value says why not, when it does not hold."""

    MODELS = "no models are loaded yet"
    SELECTION = "no object is selected"
    SOURCE = "nobody knows where this is declared"
    ENDPOINT = "PostgREST does not expose this object"
    MIGRATIONS = "this project has no migrations yet; press i to make them"
    NO_MIGRATIONS = "this project has its migrations already"
    MARKED = "nothing has changed since the last reload or revision"
    FILTER = "no filter is set; press / to set one"
    EARLIER = "there is no earlier place to go back to"
    LATER = "there is no later place to go forward to"
    IDLE = "work is under way; Esc stops it on the screen that shows it"
    WORK = "nothing is under way"
    SWITCH = "no switch is previewed; press Space on an extension"
    APPLIED = "no switch was applied in this session"
    OPERATION = "no change is selected"
    DRAFT = "there is nothing to write"
    PROVABLE = "there is nothing to prove"
    MESSAGE = "there is no revision to name"
    RANGE = "the whole schema has no range of revisions"
    CHECKS = "nothing was verified yet; press a to run it"
    FILES = "there is nothing to export yet"
    COMPARED = "no database was read yet; press d to name one"
    ROLE = "no role is selected; press o and type role: to go to one"
    PROBLEM = "there is no problem to look at"
    DETAIL = "nothing more is known about it"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a user can do.

    Attributes:
        id: ``verify``; the workbench's method is ``action_verify``.
        title: two or three words, for footer and palette.
        help: one sentence, for ``?`` and the docs.
        keys: in Textual's spelling; the first is shown.
        command: command line that does the same, with ``{object}`` and the like; empty when it only moves the view.
        needs: what must hold for it to run.
        show: whether the footer shows it.
        opens_field: what is typed behind its key goes into a field.
    """

    id: str
    title: str
    help: str
    keys: tuple[str, ...]
    scope: Scope = Scope.EVERYWHERE
    command: str = ""
    needs: tuple[Need, ...] = ()
    show: bool = False
    opens_field: bool = False

    def find_reason(self, met: Iterable[Need]) -> str:
        """Say why it cannot run while only these needs are met; empty when it can."""
        held = frozenset(met)
        return next((need.value for need in self.needs if need not in held), "")

    def format_command(self, values: Mapping[str, str]) -> str:
        """Return the command line with its places filled in; a place with no value stays as ``{object}``."""
        text = self.command
        for place, value in values.items():
            text = text.replace("{" + place + "}", value)
        return text


_ANY, _OBJ, _EXT = Scope.EVERYWHERE, Scope.OBJECTS, Scope.EXTENSIONS
_REV, _OUT, _VER, _PRO, _TEXT = Scope.REVISION, Scope.EXPORT, Scope.VERIFY, Scope.PROBLEMS, Scope.TEXT
_DRI = Scope.DRIFT
_SELECTED = (Need.MODELS, Need.SELECTION)
_CHANGED = (Need.MODELS, Need.MARKED)
_LOADED = (Need.MODELS,)
_RANGE = (Need.MIGRATIONS, Need.RANGE)

# A table reads best with two lines a row.
# fmt: off
_GLOBAL = (
    Action("jump", "jump", "Jump to any object by a part of its name; t: f: role: v: and the like narrow to a kind.",
           ("o",), _ANY, "pgcraft show {object}", _LOADED, show=True, opens_field=True),
    Action("extensions", "extensions", "See every extension, and what would come and go if one were switched.",
           ("x",), _ANY, "pgcraft extensions", _LOADED, show=True),
    Action("revision", "revision", "Write a migration for what differs between the models and the migrations.",
           ("r",), _ANY, "pgcraft revision -m {message}", _LOADED, show=True),
    Action("export", "export SQL", "Write the SQL of a range of revisions, up or down, or of the whole schema.",
           ("s",), _ANY, "pgcraft export", _LOADED, show=True),
    Action("verify", "verify", "Apply everything to the development database and try every operation as each role.",
           ("v",), _ANY, "pgcraft verify", (Need.MODELS, Need.MIGRATIONS), show=True),
    Action("drift", "drift", "Compare a real database with the models; it is read, and nothing is written to it.",
           ("D",), _ANY, "pgcraft drift --db {database}", _LOADED),
    Action("problems", "problems", "See what is wrong or looks odd: load errors, project files, development database.",
           ("!",), _ANY, "pgcraft doctor"),
    Action("init", "make a project", "Write models.py, alembic.ini and migrations/ where they are missing.",
           ("i",), _ANY, "pgcraft init", (Need.NO_MIGRATIONS,)),
    Action("reload", "reload", "Import the models again; saving a file of the project does it too.",
           ("R", "f5"), _ANY, "pgcraft show", (Need.IDLE,)),
    Action("cancel", "cancel", "Leave the field, else stop the work that this screen shows (no other), else go back.",
           ("escape",), _ANY),
    Action("palette", "palette", "Find any action by its name.",
           (":", "ctrl+p"), _ANY, opens_field=True),
    Action("help", "help", "List every action with its keys and its command line.",
           ("?",), _ANY, "pgcraft --help", show=True, opens_field=True),
    Action("copy_command", "copy command", "Copy the command line that the screen shows above the keys.",
           ("y",), _ANY, show=True),
    Action("theme", "next theme", "Go through the themes: dark, light, and the terminal's own colours.",
           ("T",), _ANY),
    Action("quit", "quit", "Leave the workbench; nothing is waited for.",
           ("q",), _ANY),
)

_OBJECTS = (
    Action("filter", "filter", "Show only objects whose name holds every word typed; their parents stay.",
           ("/",), _OBJ, "pgcraft show {text}", _LOADED, show=True, opens_field=True),
    Action("next_match", "next match", "Go to the next object that the filter found.",
           ("n",), _OBJ, needs=(Need.MODELS, Need.FILTER)),
    Action("previous_match", "previous match", "Go to the previous object that the filter found.",
           ("N",), _OBJ, needs=(Need.MODELS, Need.FILTER)),
    Action("edit_source", "edit source", "Open the declaring line in $VISUAL or $EDITOR.",
           ("e",), _OBJ, needs=(Need.MODELS, Need.SELECTION, Need.SOURCE), show=True),
    Action("copy_name", "copy name", "Copy the object's qualified name.",
           ("Y",), _OBJ, needs=_SELECTED),
    Action("copy_text", "copy text", "Copy what the tab shows: the DDL, the API, the grants.",
           ("c",), _OBJ, "pgcraft ddl {object}", _SELECTED),
    Action("cycle_grouping", "group by", "Group the tree by schema, by factory, by extension, in turn.",
           ("b",), _OBJ, needs=_LOADED),
    Action("group_by_schema", "group by schema", "Group the tree by schema.",
           ("S",), _OBJ, "pgcraft show --by schema", _LOADED),
    Action("group_by_factory", "group by factory", "Group the tree by the declaration that made the objects.",
           ("F",), _OBJ, "pgcraft show --by factory", _LOADED),
    Action("group_by_extension", "group by extension", "Group the tree by the extension whose the objects are.",
           ("X",), _OBJ, "pgcraft show --by extension", _LOADED),
    Action("show_ddl", "DDL", "Show the SQL that makes the object and everything under it.",
           ("1",), _OBJ, "pgcraft ddl {object}", _SELECTED),
    Action("show_api", "API", "Show what PostgREST will make of it: endpoint, methods, columns, curl.",
           ("2",), _OBJ, "pgcraft api {object}", _SELECTED),
    Action("try_api", "run requests", "Run a GET, POST, PATCH and DELETE in the development database, as each role.",
           ("a",), _OBJ, "pgcraft api {object} --try", (Need.MODELS, Need.SELECTION, Need.ENDPOINT, Need.IDLE)),
    Action("serve_api", "serve the API", "Start PostgREST on loopback, over all objects with some rows, or stop it.",
           ("A",), _OBJ, "pgcraft serve", _LOADED),
    Action("show_grants", "grants", "Show which role may do what with it.",
           ("3",), _OBJ, "pgcraft show {object}", _SELECTED),
    Action("access", "reach", "Show all that the role can reach, and by which ways, policies and views.",
           ("w",), _OBJ, "pgcraft access {object}", (Need.MODELS, Need.SELECTION, Need.ROLE)),
    Action("show_relations", "relations", "Show what it depends on and what uses it, as links.",
           ("4",), _OBJ, "pgcraft show {object}", _SELECTED),
    Action("show_origin", "origin", "Show whose it is and why it is there: factory, plugin, line, what for, who may.",
           ("5",), _OBJ, "pgcraft why {object}", _SELECTED),
    Action("show_change", "change", "Show how the declared object differs from the migrations.",
           ("6",), _OBJ, "pgcraft diff {object}", (Need.MODELS, Need.SELECTION, Need.MIGRATIONS)),
    Action("show_history", "history", "Show the revisions that touched it.",
           ("7",), _OBJ, "pgcraft history {object}", (Need.MODELS, Need.SELECTION, Need.MIGRATIONS)),
    Action("next_change", "next change", "Go to the next object that the last reload changed.",
           ("]",), _OBJ, "pgcraft diff", _CHANGED),
    Action("previous_change", "previous change", "Go to the previous object that the last reload changed.",
           ("[",), _OBJ, "pgcraft diff", _CHANGED),
    Action("back", "back", "Go back to the object that was shown before.",
           ("<", "alt+left"), _OBJ, needs=(Need.EARLIER,)),
    Action("forward", "forward", "Go forward again.",
           (">", "alt+right"), _OBJ, needs=(Need.LATER,)),
    Action("cursor_up", "up", "Move up by one line.",
           ("k", "up"), _OBJ),
    Action("cursor_down", "down", "Move down by one line.",
           ("j", "down"), _OBJ),
    Action("collapse", "fold", "Fold the node, or go to its parent.",
           ("h", "left"), _OBJ),
    Action("expand", "unfold", "Unfold the node, or go to its first child.",
           ("l", "right"), _OBJ),
    Action("first", "first", "Go to the first line.",
           ("g", "home"), _OBJ),
    Action("last", "last", "Go to the last line.",
           ("G", "end"), _OBJ),
    Action("half_page_down", "half page down", "Move down by half a screen.",
           ("d", "ctrl+d", "pagedown"), _OBJ),
    Action("half_page_up", "half page up", "Move up by half a screen.",
           ("u", "ctrl+u", "pageup"), _OBJ),
    Action("scroll_preview_down", "scroll preview down", "Scroll the preview while the tree keeps the cursor.",
           ("J",), _OBJ, needs=_SELECTED),
    Action("scroll_preview_up", "scroll preview up", "Scroll the preview while the tree keeps the cursor.",
           ("K",), _OBJ, needs=_SELECTED),
    Action("follow", "follow", "Follow the link under the cursor; in the tree unfold the node, or go to its preview.",
           ("enter",), _OBJ),
    Action("switch_pane", "other pane", "Go from the tree to the preview, and back.",
           ("tab", "shift+tab"), _OBJ),
    Action("maximize", "widen", "Give the focused pane the whole screen, and back.",
           ("m",), _OBJ),
)

_EXTENSIONS = (
    Action("preview_switch", "preview switch", "Show what would appear and disappear if the extension were switched.",
           ("space", "enter"), _EXT, "pgcraft extensions {switch} {extension} --preview", (Need.IDLE,), show=True),
    Action("apply_switch", "apply", "Write the switch to [tool.pgcraft] disabled_extensions of pyproject.toml.",
           ("a",), _EXT, "pgcraft extensions {switch} {extension}", (Need.SWITCH, Need.IDLE), show=True),
    Action("undo_switch", "undo", "Give pyproject.toml back, byte for byte, as it was before the last switch.",
           ("u",), _EXT, "pgcraft extensions {switch} {extension}", (Need.APPLIED, Need.IDLE), show=True),
)

_REVISION = (
    Action("toggle_steps", "steps", "Show the operations of the change under the cursor, or hide them.",
           ("t", "enter"), _REV, "pgcraft diff --steps", (Need.OPERATION,), show=True),
    Action("toggle_operation", "leave out", "Leave the change or operation out, or take it in; what needs it follows.",
           ("space",), _REV, "pgcraft revision -m {message} --leave-out {operation}", (Need.OPERATION,), show=True),
    Action("rename_instead", "rename", "Rename what goes to what comes in its place and looks like it, or undo that.",
           ("n",), _REV, "pgcraft revision -m {message} --rename {old}={new}", (Need.OPERATION, Need.IDLE)),
    Action("show_file", "file", "Show the whole file as it will be written, or the operations again.",
           ("f",), _REV, "pgcraft revision -m {message} --dry-run", (Need.DRAFT, Need.IDLE), show=True),
    Action("prove", "prove", "Run it on the development database: up, nothing left to do, down, up again.",
           ("p",), _REV, "pgcraft revision -m {message} --dry-run --prove", (Need.PROVABLE, Need.IDLE), show=True),
    Action("write_revision", "write", "Write the file, and prove it first; an existing file is never touched.",
           ("w",), _REV, "pgcraft revision -m {message}", (Need.DRAFT, Need.IDLE), show=True),
    Action("edit_message", "message", "Edit the message, which names the file.",
           ("m",), _REV, "pgcraft revision -m {message}", (Need.MESSAGE,), show=True, opens_field=True),
    Action("follow_head", "next head", "Of several heads of the history follow the next one, and after the last none.",
           ("H",), _REV, "pgcraft revision -m {message} --head {head}", (Need.MIGRATIONS, Need.IDLE)),
    Action("merge_heads", "join heads", "Run the branches of all heads in each order, and write what joins them.",
           ("M",), _REV, "pgcraft merge", (Need.MIGRATIONS, Need.IDLE)),
    Action("toggle_online", "online", "Write steps that let others use the tables meanwhile, or write it plainly.",
           ("O",), _REV, "pgcraft revision -m {message} --online", (Need.IDLE,)),
    Action("compare_again", "compare again", "Compare the models with the migrations once more.",
           ("a",), _REV, "pgcraft diff", (Need.IDLE,)),
)

_EXPORT = (
    Action("cycle_direction", "up/down/schema", "Go through: upgrade SQL, downgrade SQL, full schema without Alembic.",
           ("d",), _OUT, "pgcraft export {direction}", show=True),
    Action("cycle_diagram", "diagram", "Go through the diagrams of the schema: text, Mermaid, DOT, SVG.",
           ("e",), _OUT, "pgcraft erd --format {format}", show=True),
    Action("edit_start", "from", "Choose the revision where the range begins.",
           ("f",), _OUT, "pgcraft export --from {revision}", _RANGE, show=True, opens_field=True),
    Action("edit_end", "to", "Choose the revision where the range ends.",
           ("t",), _OUT, "pgcraft export --to {revision}", _RANGE, show=True, opens_field=True),
    Action("toggle_split", "one or many files", "Write one file, or one file a revision.",
           ("m",), _OUT, "pgcraft export --split", _RANGE, show=True),
    Action("edit_path", "path", "Edit the file or folder to write to.",
           ("p",), _OUT, "pgcraft export -o {path}", show=True, opens_field=True),
    Action("write_export", "write", "Write the files; one that exists is replaced only after its name is typed.",
           ("w",), _OUT, "pgcraft export -o {path}", (Need.FILES, Need.IDLE), show=True),
)

_VERIFY = (
    Action("verify_again", "run again", "Apply everything anew and try every operation again.",
           ("a",), _VER, "pgcraft verify", (Need.IDLE,), show=True),
    Action("prove_history", "prove history", "Run every revision up, down and up again with rows, then all of them.",
           ("p",), _VER, "pgcraft prove", (Need.IDLE,), show=True),
    Action("toggle_failing", "failing only", "Show only what did not hold, or everything.",
           ("f",), _VER, "pgcraft verify --failing", (Need.CHECKS,), show=True),
)

_DRIFT = (
    Action("edit_database", "database", "Name the database: its address, or its name in [tool.pgcraft] databases.",
           ("d",), _DRI, "pgcraft drift --db {database}", show=True, opens_field=True),
    Action("drift_again", "compare again", "Read the database once more, and compare it with the models as they are.",
           ("a",), _DRI, "pgcraft drift --db {database}", (Need.COMPARED, Need.IDLE), show=True),
    Action("cycle_mending", "SQL", "Go through: what differs, SQL that mends the database, SQL for the other side.",
           ("m",), _DRI, "pgcraft drift --db {database} --mend {side}", (Need.COMPARED, Need.IDLE), show=True),
)

_TEXTS = (
    Action("toggle_side_by_side", "side by side", "Show the two sides of a difference beside each other, or mixed.",
           ("|",), _TEXT),
    Action("toggle_folds", "equal lines", "Show the lines of a difference that are equal, or fold them.",
           ("=",), _TEXT),
    Action("toggle_wrap", "wrap", "Wrap long lines, or cut them and scroll sideways.",
           ("z",), _TEXT),
    Action("scroll_up", "up", "Scroll a text up by one line.",
           ("k", "up"), _TEXT),
    Action("scroll_down", "down", "Scroll a text down by one line.",
           ("j", "down"), _TEXT),
    Action("scroll_left", "left", "Scroll a text to the left.",
           ("h", "left"), _TEXT),
    Action("scroll_right", "right", "Scroll a text to the right.",
           ("l", "right"), _TEXT),
    Action("page_up", "page up", "Scroll a text up by one screen.",
           ("pageup",), _TEXT),
    Action("page_down", "page down", "Scroll a text down by one screen.",
           ("pagedown",), _TEXT),
    Action("scroll_home", "first line", "Scroll a text to its first line.",
           ("g", "home"), _TEXT),
    Action("scroll_end", "last line", "Scroll a text to its last line.",
           ("G", "end"), _TEXT),
)
_PROBLEMS = (
    Action("toggle_advice", "advice", "Show the advice of lint, too, or only what will hurt.",
           ("a",), _PRO, "pgcraft lint", _LOADED, show=True),
    Action("toggle_detail", "traceback", "Show everything that is known, the traceback too, or the short form again.",
           ("t",), _PRO, needs=(Need.PROBLEM, Need.DETAIL), show=True),
    Action("edit_problem", "edit source", "Open the line that the problem names in $VISUAL or $EDITOR.",
           ("e",), _PRO, needs=(Need.PROBLEM, Need.SOURCE), show=True),
    Action("copy_problem", "copy", "Copy the whole text of what is shown.",
           ("c",), _PRO, needs=(Need.PROBLEM,), show=True),
)

# fmt: on

ACTIONS: tuple[Action, ...] = (
    *_GLOBAL,
    *_OBJECTS,
    *_EXTENSIONS,
    *_REVISION,
    *_EXPORT,
    *_VERIFY,
    *_DRIFT,
    *_PROBLEMS,
    *_TEXTS,
)
"""Every action, in the order in which help, docs and footer list them."""

_BY_ID = {action.id: action for action in ACTIONS}


def get_action(action_id: str) -> Action:
    """Return the action of this id.

    Raises:
        KeyError: there is none.
    """
    return _BY_ID[action_id]


def get_actions(*scopes: Scope) -> tuple[Action, ...]:
    """Return the actions of these scopes, in the registry's order."""
    return tuple(action for action in ACTIONS if action.scope in scopes)

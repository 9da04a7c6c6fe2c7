"""Triggers: when they fire, on what, and whether they are on."""

from typing import Any

from sqlalchemy import Column, Integer, Text

from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT


def trigger(name: str, before: dict[str, Any] | None, after: dict[str, Any] | None, **facts: Any) -> Case:
    """Return a case of one trigger of a table with a and b."""

    def build(given: dict[str, Any] | None) -> Any:
        def declare(m: Models) -> None:
            m.table(Column("a", Integer), Column("b", Text))
            m.trigger_function()
            if given is not None:
                m.trigger('t "%s" :x', **given)

        return declare

    return Case(name, build(before), build(after), rows="INSERT INTO {t} VALUES (1, 2, 'x')", **facts)


CASES = (
    trigger("a trigger comes", None, {}),
    trigger("a trigger goes", {}, None),
    trigger("a trigger runs before", {}, {"timing": "before"}),
    trigger("a trigger runs on more", {}, {"events": ("insert", "update", "delete")}),
    trigger("a trigger runs when a column changes", {}, {"update_columns": ("a",)}),
    trigger("a trigger runs when another column changes", {"update_columns": ("a",)}, {"update_columns": ("b",)}),
    trigger("a trigger gets a condition", {}, {"when": "OLD.b IS DISTINCT FROM NEW.b"}),
    trigger("a trigger has another condition", {"when": "OLD.a <> NEW.a"}, {"when": "NEW.b = 'it''s :x %s'"}),
    trigger(
        "a trigger's condition is written otherwise",
        {"when": "OLD.a <> NEW.a"},
        {"when": "((old.a) <> (new.a))"},
        is_same=True,
    ),
    trigger("a trigger loses its condition", {"when": "OLD.a <> NEW.a"}, {}),
    trigger("a trigger runs once a statement", {}, {"for_each_row": False}),
    trigger(
        "a trigger sees the rows",
        {"for_each_row": False},
        {"for_each_row": False, "old_table": "o", "new_table": 'n "%s"'},
    ),
    trigger("a trigger gets arguments", {}, {"arguments": ("it's", "100%", ":x", "a\\b", "")}),
    trigger("a trigger has other arguments", {"arguments": ("a",)}, {"arguments": ("b", "c")}),
    trigger("a trigger of TRUNCATE comes", None, {"events": ("truncate",), "for_each_row": False}),
    trigger("a trigger becomes a constraint", {}, {"is_constraint": True}),
    trigger(
        "a trigger that is a constraint is deferred",
        {"is_constraint": True},
        {"is_constraint": True, "deferrable": True, "initially_deferred": True},
    ),
    trigger("a trigger is disabled", {}, {"state": "disabled"}, shows=("DISABLE TRIGGER",)),
    trigger("a trigger is enabled again", {"state": "disabled"}, {"state": "enabled"}),
    trigger("nothing is said of a trigger's state any more", {"state": "disabled"}, {}),
    trigger("a trigger fires always", {"state": "disabled"}, {"state": "always"}, shows=("ENABLE ALWAYS TRIGGER",)),
    trigger("a trigger fires on replicas, and on more", {}, {"state": "replica", "events": ("insert", "delete")}),
    trigger("a disabled trigger gets a condition", {"state": "disabled"}, {"state": "disabled", "when": "NEW.a > 1"}),
    trigger("a disabled trigger becomes another", {"state": "disabled"}, {"when": "NEW.a > 1"}),
    trigger(
        "a trigger that is a constraint is disabled, and commented",
        {"is_constraint": True},
        {"is_constraint": True, "state": "disabled", "comment": HOSTILE_COMMENT},
    ),
    trigger("a disabled trigger comes", None, {"state": "disabled", "comment": "x"}),
    trigger("a disabled trigger goes", {"state": "disabled", "comment": "x"}, None),
    trigger("a trigger gets a comment", {}, {"comment": HOSTILE_COMMENT}),
    trigger("a trigger's comment changes as it does", {"comment": "x"}, {"comment": "y", "timing": "before"}),
    trigger("a trigger loses its comment", {"comment": HOSTILE_COMMENT}, {}),
    trigger("a trigger is a constraint no longer", {"is_constraint": True, "deferrable": True}, {}),
    Case(
        "a trigger calls another function, and the first goes",
        lambda m: (m.table(), m.trigger_function(), m.trigger()),
        lambda m: (m.table(), m.trigger_function(name="other"), m.trigger(function=(m.schema, "other"))),
    ),
    Case(
        "a trigger's function changes",
        lambda m: (m.table(), m.trigger_function(), m.trigger()),
        lambda m: (m.table(), m.trigger_function("BEGIN RETURN NULL; END"), m.trigger()),
    ),
    Case(
        "a trigger goes with its column",
        lambda m: (m.table(Column("a", Integer)), m.trigger_function(), m.trigger(update_columns=("a",))),
        lambda m: (m.table(), m.trigger_function()),
    ),
    Case(
        "a trigger stays as its column gets another type",
        lambda m: (
            m.table(Column("a", Integer)),
            m.trigger_function(),
            m.trigger(update_columns=("a",), when="NEW.a > 5"),
        ),
        lambda m: (
            m.table(Column("a", Text)),
            m.trigger_function(),
            m.trigger(update_columns=("a",), when="NEW.a > '5'"),
        ),
    ),
    Case(
        "a trigger in the place of writing to a view",
        lambda m: (m.table(), m.view("SELECT id FROM {t}"), m.trigger_function()),
        lambda m: (
            m.table(),
            m.view("SELECT id FROM {t}"),
            m.trigger_function(),
            m.trigger(relation="v", timing="instead of", events=("insert", "update")),
        ),
    ),
    Case(
        "a trigger stays on a view that is made again",
        lambda m: _on_view(m, "SELECT id, a FROM {t}"),
        lambda m: _on_view(m, "SELECT id FROM {t}"),
    ),
    Case(
        "triggers of one name stand on two tables",
        lambda m: (m.table(name="one"), m.table(name="two"), m.trigger_function(), m.trigger(relation="one")),
        lambda m: (m.table(name="one"), m.table(name="two"), m.trigger_function(), m.trigger(relation="two")),
    ),
    Case(
        "somebody's comment on a trigger and on its function",
        lambda m: (m.table(), m.trigger_function(), m.trigger()),
        lambda m: (
            m.table(Column("a", Integer)),
            m.trigger_function("BEGIN RETURN NULL; END"),
            m.trigger(timing="before"),
        ),
        by_hand="COMMENT ON TRIGGER tr ON {t} IS 'it''s'; COMMENT ON FUNCTION {s}.tf() IS ':x'",
    ),
    Case(
        "somebody has disabled a trigger that becomes another, and one that fires always",
        lambda m: (m.table(), m.trigger_function(), m.trigger(), m.trigger("two", is_constraint=True)),
        lambda m: (
            m.table(),
            m.trigger_function(),
            m.trigger(events=("insert",)),
            m.trigger("two", events=("insert",), is_constraint=True, state="always"),
        ),
        by_hand="ALTER TABLE {t} DISABLE TRIGGER tr",
    ),
    Case(
        "somebody's trigger is disabled, and ours",
        lambda m: (m.table(), m.trigger_function(), m.trigger()),
        lambda m: (m.table(Column("a", Integer)), m.trigger_function(), m.trigger()),
        by_hand="CREATE TRIGGER theirs BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION {s}.tf();"
        " ALTER TABLE {t} DISABLE TRIGGER theirs; ALTER TABLE {t} DISABLE TRIGGER tr",
    ),
)


def _on_view(m: Models, query: str) -> None:
    m.table(Column("a", Integer))
    m.view(query)
    m.trigger_function()
    m.trigger(relation="v", timing="instead of", events=("insert",))


@each_of(CASES)
def test_triggers(case: Case, changes: Changes) -> None:
    changes.check(case)

"""What is read of triggers and policies of such a database."""

from pgcraft.catalog.definitions import Definition, Policy, Trigger

RULES: dict[str, Definition] = {
    "trigger checked on app.parent": Trigger(
        "after",
        ("delete",),
        ("app", "noop"),
        is_constraint=True,
        deferrable=True,
        initially_deferred=True,
        comment="a trigger",
        state="replica",
    ),
    'trigger "WHEN (" on app.Order': Trigger(
        "before",
        ("insert", "update"),
        ("app", "noop"),
        ("x", "a\\b", ""),
        update_columns=("name", "parent"),
        when="(new.parent > 0) AND ((new.name)::text <> ')'::text)",
    ),
    "trigger emptied on app.Order": Trigger(
        "after", ("truncate",), ("app", "noop"), for_each_row=False, state="disabled"
    ),
    "trigger moved on app.Order": Trigger(
        *("after", ("update",), ("app", "noop")),
        for_each_row=False,
        old_table="before",
        new_table="After",
        state="always",
    ),
    "policy Own on app.Order": Policy(
        "update", permissive=False, roles=('Er "R" x', "er_other"), using="parent > 1", check="parent > 2"
    ),
    "policy reads on app.Order": Policy("select", using="(SELECT (p.id > 0)\n   FROM app.parent p)"),
    "policy adds on app.Order": Policy("insert", check="true"),
    "policy removes on app.Order": Policy("delete", using="true"),
    "policy everything on app.Order": Policy(using="false", comment="none"),
    "trigger written on app.v": Trigger("instead of", ("insert", "delete"), ("app", "noop")),
}

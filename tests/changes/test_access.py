"""Roles, grants, policies and row security: who may do what, on whatever is called whatever."""

from typing import Any

from sqlalchemy import Column, Integer, Text

from tests.acceptance.hostile import HOSTILE_NAMES
from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT

ROLE = 'r "%s" :x'


def role(name: str, before: dict[str, Any] | None, after: dict[str, Any] | None, **facts: Any) -> Case:
    """Return a case of one role."""

    def build(given: dict[str, Any] | None) -> Any:
        return lambda m: given is not None and m.role(ROLE, **given)

    return Case(name, build(before), build(after), **facts)


def grant(name: str, before: Any, after: Any, **facts: Any) -> Case:
    """Return a case of what a role may do with a table that has a and b."""

    def build(give: Any) -> Any:
        def declare(m: Models) -> None:
            m.table(Column("a", Integer), Column('B "%s"', Text))
            m.view("SELECT a FROM {t}")
            m.function("SELECT 1", arguments="a integer")
            m.function("SELECT 2", name="mine", revoke_public=True)
            to = m.role(ROLE)
            give(m, to)

        return declare

    return Case(name, build(before), build(after), **facts)


def policy(name: str, before: dict[str, Any] | None, after: dict[str, Any] | None, **facts: Any) -> Case:
    """Return a case of one policy."""

    def build(given: dict[str, Any] | None) -> Any:
        def declare(m: Models) -> None:
            m.table(Column("a", Integer), Column("b", Text))
            m.role(ROLE)
            if given is not None:
                roles = tuple(f"{m.tag} {each}" if each == ROLE else each for each in given.get("roles", ("public",)))
                m.policy('p "%s" :x', **{"using": "a > 5", **given, "roles": roles})

        return declare

    return Case(name, build(before), build(after), **facts)


def _none(m: Models, to: str) -> None:
    """Give nothing."""


CASES = (
    role("a role comes", None, {}),
    role("a role goes", {}, None),
    role("a role may log in", {}, {"login": True}),
    role("a role may log in no longer", {"login": True}, {}),
    role("a role inherits nothing", {}, {"inherit": False}),
    role("a role may make databases and roles", {}, {"createdb": True, "createrole": True}),
    role("a role sees all rows", {}, {"bypassrls": True}),
    role("everything of a role changes", {"createdb": True, "inherit": False}, {"login": True, "createrole": True}),
    Case(
        "a role becomes a member of another",
        lambda m: (m.role("one"), m.role("two")),
        lambda m: (m.role("one"), m.role("two", member_of=(f"{m.tag} one",))),
    ),
    Case(
        "a role is a member no longer",
        lambda m: (m.role("one"), m.role("two", member_of=(f"{m.tag} one",))),
        lambda m: (m.role("one"), m.role("two")),
    ),
    Case(
        "a role is a member of another one",
        lambda m: (m.role("one"), m.role("two"), m.role("three", member_of=(f"{m.tag} one",))),
        lambda m: (m.role("one"), m.role("two"), m.role("three", member_of=(f"{m.tag} two",))),
    ),
    Case(
        "a role comes with its member",
        lambda m: m.role("two"),
        lambda m: (m.role("two"), m.role("one", members=(f"{m.tag} two",))),
    ),
    Case(
        "a role goes with all that it may do",
        lambda m: (m.table(Column("a", Integer)), m.grant(m.role(ROLE), "select", "update"), m.policy(using="true")),
        lambda m: (m.table(Column("a", Integer)), m.policy(using="true")),
    ),
    Case(
        "roles of every hostile name come",
        lambda m: None,
        lambda m: [m.role(name[:20]) for name in HOSTILE_NAMES],
    ),
    Case("roles of every hostile name go", lambda m: [m.role(name[:20]) for name in HOSTILE_NAMES], lambda m: None),
    grant("a grant comes", _none, lambda m, to: m.grant(to, "select")),
    grant("a grant goes", lambda m, to: m.grant(to, "select"), _none),
    grant(
        "a grant is of more",
        lambda m, to: m.grant(to, "select"),
        lambda m, to: m.grant(to, "select", "insert", "delete"),
    ),
    grant(
        "a grant is of less",
        lambda m, to: m.grant(to, "select", "insert", "delete"),
        lambda m, to: m.grant(to, "insert"),
    ),
    grant("a grant is of something else", lambda m, to: m.grant(to, "select"), lambda m, to: m.grant(to, "update")),
    grant("a grant is of everything", lambda m, to: m.grant(to, "select"), lambda m, to: m.grant(to, "all")),
    grant(
        "a grant may be passed on",
        lambda m, to: m.grant(to, "select"),
        lambda m, to: m.grant(to, "select", grantable=True),
    ),
    grant(
        "a grant may be passed on no longer",
        lambda m, to: m.grant(to, "select", grantable=True),
        lambda m, to: m.grant(to, "select"),
    ),
    grant("a grant is of one column", _none, lambda m, to: m.grant(to, "select", columns=('B "%s"',))),
    grant(
        "a grant is of another column",
        lambda m, to: m.grant(to, "update", columns=("a",)),
        lambda m, to: m.grant(to, "update", columns=('B "%s"',)),
    ),
    grant(
        "a grant of a table becomes one of a column",
        lambda m, to: m.grant(to, "select"),
        lambda m, to: m.grant(to, "select", columns=("a",)),
    ),
    grant(
        "a grant of a column becomes one of the table",
        lambda m, to: m.grant(to, "select", columns=("a",)),
        lambda m, to: m.grant(to, "select"),
    ),
    grant(
        "a grant of a column may be passed on",
        lambda m, to: m.grant(to, "select", columns=("a",)),
        lambda m, to: m.grant(to, "select", columns=("a",), grantable=True),
    ),
    grant(
        "a grant of columns and of the table",
        lambda m, to: m.grant(to, "insert", columns=("a",)),
        lambda m, to: (m.grant(to, "select"), m.grant(to, "update", columns=("a", 'B "%s"'))),
    ),
    grant("a grant on a view", _none, lambda m, to: m.grant(to, "select", "insert", name="v")),
    grant("a grant on a function", _none, lambda m, to: m.grant(to, "execute", on="function", name="mine")),
    grant("a grant on a function goes", lambda m, to: m.grant(to, "execute", on="function", name="mine"), _none),
    grant(
        "a grant on a function with arguments",
        _none,
        lambda m, to: m.grant(to, "execute", on="function", name="f", arguments="integer"),
    ),
    grant("a grant on a schema", _none, lambda m, to: m.grant(to, "usage", on="schema", name=None)),
    grant(
        "a grant on a schema is of more",
        lambda m, to: m.grant(to, "usage", on="schema", name=None),
        lambda m, to: m.grant(to, "usage", "create", on="schema", name=None),
    ),
    grant("a grant on a sequence", _none, lambda m, to: m.grant(to, "usage", on="sequence", name=f"{m.name}_id_seq")),
    grant("a grant to everybody", _none, lambda m, to: m.grant("PUBLIC", "select")),
    grant("a grant to everybody goes", lambda m, to: m.grant("PUBLIC", "select"), _none),
    Case(
        "a column goes that a grant is of",
        lambda m: (
            m.table(Column("a", Integer), Column("b", Integer)),
            m.grant(m.role(ROLE), "select", columns=("a", "b")),
        ),
        lambda m: (m.table(Column("a", Integer)), m.grant(m.role(ROLE), "select", columns=("a",))),
    ),
    Case(
        "a column goes with the whole grant",
        lambda m: (m.table(Column("a", Integer)), m.grant(m.role(ROLE), "select", columns=("a",))),
        lambda m: (m.table(), m.role(ROLE)),
    ),
    Case(
        "a grant is of a column that comes",
        lambda m: (m.table(), m.role(ROLE)),
        lambda m: (m.table(Column("a", Integer)), m.grant(m.role(ROLE), "select", columns=("a",))),
    ),
    Case(
        "a grant stays as the column gets another type",
        lambda m: (m.table(Column("a", Integer)), m.grant(m.role(ROLE), "select", columns=("a",))),
        lambda m: (m.table(Column("a", Text)), m.grant(m.role(ROLE), "select", columns=("a",))),
    ),
    Case(
        "grants stay on a view that is made again",
        lambda m: (
            m.table(Column("a", Integer)),
            m.view("SELECT id, a FROM {t}"),
            m.grant(m.role(ROLE), "select", name="v"),
        ),
        lambda m: (
            m.table(Column("a", Integer)),
            m.view("SELECT id FROM {t}"),
            m.grant(m.role(ROLE), "select", name="v"),
        ),
    ),
    Case(
        "grants stay on a function that is made again",
        lambda m: _callable(m, "integer", "SELECT 1"),
        lambda m: _callable(m, "text", "SELECT 'x'"),
    ),
    Case(
        "somebody's grants stay on a view that is made again",
        lambda m: (m.table(Column("a", Integer)), m.view("SELECT id, a FROM {t}"), m.role(ROLE)),
        lambda m: (m.table(Column("a", Integer)), m.view("SELECT id FROM {t}"), m.role(ROLE)),
        by_hand="GRANT SELECT (id) ON {s}.v TO pg_monitor WITH GRANT OPTION; GRANT INSERT ON {s}.v TO pg_read_all_data",
    ),
    Case(
        "somebody's grants stay on a table that gets a column",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("a", Text), Column("b", Integer)),
        by_hand="GRANT SELECT, UPDATE (a) ON {t} TO pg_monitor",
    ),
    policy("a policy comes", None, {}),
    policy("a policy goes", {}, None),
    policy("a policy shows other rows", {}, {"using": "b = 'it''s :x %s'"}),
    policy("a policy is written otherwise", {}, {"using": "((a) > (5))"}, is_same=True),
    policy("a policy checks what is written", {}, {"check": "a < 100"}),
    policy("a policy checks no longer", {"check": "a < 100"}, {}),
    policy("a policy is about another command", {}, {"command": "update"}),
    policy("a policy restricts", {}, {"permissive": False}),
    policy("a policy is about a role", {}, {"roles": (ROLE,)}),
    policy("a policy is about everybody", {"roles": (ROLE,)}, {}),
    policy("row security holds the owner", {}, {"force": True}),
    policy("row security holds the owner no longer", {"force": True}, {}),
    policy(
        "everything of a policy changes",
        {"command": "select", "roles": (ROLE,)},
        {"command": "update", "permissive": False, "using": "true", "check": "a <> 7"},
    ),
    policy("a policy gets a comment", {}, {"comment": HOSTILE_COMMENT}),
    policy("a policy's comment changes as it does", {"comment": "x"}, {"comment": "y", "using": "a > 7"}),
    policy("a policy's comment stays as it is made again", {"comment": "x"}, {"comment": "x", "command": "delete"}),
    policy("a policy loses its comment", {"comment": HOSTILE_COMMENT}, {}),
    Case("row security comes alone", lambda m: m.table(), lambda m: (m.table(), m.row_security())),
    Case("row security that stood alone goes", lambda m: (m.table(), m.row_security()), lambda m: m.table()),
    Case(
        "row security that stands alone holds the owner",
        lambda m: (m.table(), m.row_security()),
        lambda m: (m.table(), m.row_security(force=True)),
        shows=("FORCE ROW LEVEL SECURITY",),
    ),
    Case(
        "the last policy goes, and row security stays",
        lambda m: (m.table(), m.policy(using="true", force=True)),
        lambda m: (m.table(), m.row_security()),
    ),
    Case(
        "a table under row security comes, without a policy",
        lambda m: None,
        lambda m: (m.table(), m.row_security(force=True)),
    ),
    Case(
        "a table under row security goes, without a policy",
        lambda m: (m.table(), m.row_security(force=True)),
        lambda m: None,
    ),
    Case(
        "somebody has put a table under row security, and commented a policy",
        lambda m: (m.table(), m.table(name="other"), m.policy(using="true")),
        lambda m: (m.table(Column("a", Integer)), m.table(name="other"), m.policy(using="true", command="select")),
        by_hand="ALTER TABLE {s}.other ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        " COMMENT ON POLICY p ON {t} IS 'it''s'",
    ),
    Case(
        "a second policy comes, and the first goes",
        lambda m: (m.table(Column("a", Integer)), m.policy("one", using="a > 5")),
        lambda m: (m.table(Column("a", Integer)), m.policy("two", using="a > 5")),
    ),
    Case(
        "policies of every hostile name come",
        lambda m: m.table(),
        lambda m: (m.table(), [m.policy(name, using="true") for name in HOSTILE_NAMES]),
    ),
    Case(
        "a policy is about a column that gets another type",
        lambda m: (m.table(Column("a", Integer)), m.policy(using="a > 5")),
        lambda m: (m.table(Column("a", Text)), m.policy(using="a > '5'")),
    ),
    Case(
        "a policy is about a column that goes",
        lambda m: (m.table(Column("a", Integer), Column("b", Integer)), m.policy(using="b > 5")),
        lambda m: (m.table(Column("a", Integer)), m.policy(using="a > 5")),
    ),
    Case(
        "a policy is about a column that comes",
        lambda m: m.table(),
        lambda m: (m.table(Column("a", Integer)), m.policy(using="a > 5")),
    ),
    Case(
        "a policy calls a function that comes with it",
        lambda m: m.table(),
        lambda m: (m.function("SELECT true", returns="boolean"), m.table(), m.policy(using="{s}.f()")),
    ),
    Case(
        "a policy calls a function that is made again",
        lambda m: _guarded(m, "n integer"),
        lambda m: _guarded(m, "x integer"),
    ),
    Case(
        "a policy reads another table",
        lambda m: (m.table(), m.table(name="other"), m.policy(using="true")),
        lambda m: (
            m.table(),
            m.table(name="other"),
            m.policy(using="EXISTS (SELECT FROM {s}.other AS o WHERE o.id = 5)"),
        ),
    ),
    Case(
        "a table with a policy goes",
        lambda m: (m.table(), m.policy(using="true", force=True)),
        lambda m: None,
    ),
    Case(
        "somebody's policy is about a column that gets another type",
        lambda m: (m.table(Column("a", Integer)), m.policy(using="true")),
        lambda m: (m.table(Column("a", Text)), m.policy(using="true")),
        by_hand="CREATE POLICY theirs ON {t} AS RESTRICTIVE FOR UPDATE TO pg_monitor USING (a IS NOT NULL)",
    ),
)


def _callable(m: Models, returns: str, body: str) -> None:
    m.function(body, returns=returns, revoke_public=True)
    m.grant(m.role(ROLE), "execute", on="function", name="f")


def _guarded(m: Models, arguments: str) -> None:
    m.function("SELECT $1 > 5", returns="boolean", arguments=arguments)
    m.table()
    m.policy(using="{s}.f(id)")


@each_of(CASES)
def test_access(case: Case, changes: Changes) -> None:
    changes.check(case)

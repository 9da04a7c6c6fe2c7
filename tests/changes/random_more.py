"""What random states of models have beside tables, views and the like: owners, publications, roles, aggregates, rows."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import BigInteger, CheckConstraint, Column, Integer

from pgcraft.identifiers import quote_name
from pgcraft.models import (
    AggregateDefinition,
    DefaultPrivilegesDefinition,
    PublicationDefinition,
    PublishedTable,
    register_aggregate,
    register_default_privileges,
    register_publication,
)
from tests.changes.cases import Models

Facts = Mapping[str, Any]

COMMENTS = (None, "it's", 'a "b" %s :c \\ $$')
STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "owner": st.sampled_from(("one", "two")),
    "said": st.sampled_from(COMMENTS),
    "role": st.sampled_from((None, "plain", "login", "member", "bypass")),
    "publication": st.sampled_from((None, "whole", "columns", "where", "inserts", "comment")),
    "defaults": st.sampled_from((None, "select", "more", "functions")),
    "aggregate": st.sampled_from((None, "sum", "max", "bigint")),
    "procedure": st.sampled_from((None, "SELECT 1", "SELECT 2", "two")),
    "heirs": st.sampled_from((None, "one", "wide", "two", "grandchild")),
    "extension": st.sampled_from((None, "public", "here")),
    "parts": st.sampled_from((None, "low", "both", "whole", "default")),
}
"""The variants of each."""

EXTENSIONS = (
    *("citext", "cube", "dict_int", "fuzzystrmatch", "hstore", "intarray", "isn", "lo", "ltree", "pg_trgm", "seg"),
    *("tablefunc", "tcn", "unaccent", "btree_gin"),
)
"""Of which there is one in a database, so that each pair that shares one has its own."""
_LOW, _HIGH, _WHOLE = "FROM (0) TO (10)", "FROM (10) TO (20)", "FROM (0) TO (20)"
_PARTS: dict[str, dict[str, str]] = {
    "low": {"p": _LOW},
    "both": {"p": _LOW, "q %s": _HIGH},
    "whole": {"p": _WHOLE},
    "default": {"p": _LOW, "q %s": "DEFAULT"},
}
_UNIQUE = 'n "x"'
_VALUES = {
    'n "x"': ("2", "3"),
    "w%s": ("'new'", "'new'"),
    "t:x": ("'2020-01-02'", "'2020-01-03'"),
    "l\\x": ("'{1,2}'",) * 2,
}


def find_owner(m: Models, facts: Facts) -> dict[str, str]:
    """Return the owner that views and functions state, if they do, as then both states of a change do."""
    return {"owner": f"{m.tag} {facts['owner']}"} if facts.get("owned") else {}


def make_more(m: Models, facts: Facts) -> None:
    """Declare what of it was drawn; the main table is there."""
    if facts.get("owned"):
        m.role("one")
        m.role("two")
    _make_role(m, facts.get("role"))
    _publish(m, facts.get("publication"), is_unlogged=facts.get("options") == "unlogged")
    defaults: dict[str, tuple[str, str]] = {"select": ("tables", "select"), "functions": ("functions", "execute")}
    if facts.get("defaults"):
        on, privilege = defaults.get(facts["defaults"], ("tables", "insert"))
        register_default_privileges(
            m.metadata,
            DefaultPrivilegesDefinition(
                on=on,
                privileges=(privilege,),
                to=m.role("heir"),
                schema=m.schema,
                grantable=facts["defaults"] == "more",
            ),
        )
    _make_routines(m, facts)
    _make_heirs(m, facts.get("heirs"))
    if facts.get("extension"):
        # Functions of an extension are open to an heir of functions where they come while it is one.
        is_here = facts["extension"] == "here" and facts.get("defaults") != "functions"
        m.extension(facts["own extension"], m.schema if is_here else "public")
    if facts.get("parts"):
        m.table(Column("n", Integer), key=False, name="parts", postgresql_partition_by="RANGE (n)")
        for name, values in _PARTS[facts["parts"]].items():
            m.partition(name, values, of=(m.schema, "parts"))


def _make_heirs(m: Models, kind: str | None) -> None:
    """Declare tables that inherit; what one has of a parent stays of that parent, for only then a dump is the same."""
    if kind is None:
        return
    type_ = BigInteger if kind == "wide" else Integer
    m.table(Column("k", type_, CheckConstraint("k > 0", name="k pos")), name="base", key=False)
    m.table(Column("own %s", Integer), name="a heir", key=False, postgresql_inherits="base")
    m.view("SELECT k FROM {s}.base", "over base")
    if kind == "two":
        m.table(Column("other", Integer, server_default="7"), name="b heir", key=False, postgresql_inherits="base")
    elif kind == "grandchild":
        m.table(Column("more", Integer), name="A heir", key=False, postgresql_inherits="a heir")


def _make_role(m: Models, kind: str | None) -> None:
    if kind is None:
        return
    groups = (m.role("group"),) if kind == "member" else ()
    words = {"login": {"login": True}, "bypass": {"bypassrls": True}}.get(kind, {})
    m.role("it's", member_of=groups, **words)


def _publish(m: Models, kind: str | None, *, is_unlogged: bool) -> None:
    if kind is None:
        return
    words: dict[str, Any] = {"columns": {"columns": ("id",)}, "where": {"where": "id > 1"}}.get(kind, {})
    tables = () if is_unlogged else (PublishedTable(schema=m.schema, name=m.name, **words),)
    register_publication(
        m.metadata,
        PublicationDefinition(
            name=f"{m.tag} %s",
            tables=tables,
            publish=("insert",) if kind == "inserts" else ("insert", "update"),
            comment="it's" if kind == "comment" else None,
        ),
    )


def _make_routines(m: Models, facts: Facts) -> None:
    kind, body = facts.get("aggregate"), facts.get("procedure")
    functions = {"sum": ("int4pl", "integer"), "max": ("int4larger", "integer"), "bigint": ("int8pl", "bigint")}
    if kind:
        function, type_ = functions[kind]
        register_aggregate(
            m.metadata,
            AggregateDefinition(
                schema=m.schema,
                name="agg %s",
                arguments=type_,
                options={"sfunc": function, "stype": type_},  # type: ignore[arg-type]
            ),
        )
    if body:
        arguments = "a integer, b text" if body == "two" else "a integer"
        m.function("SELECT 3" if body == "two" else body, "proc", "", is_procedure=True, arguments=arguments)


def write_rows(before: Facts, after: Facts) -> str:
    """Return the SQL for rows that both states allow; empty where one of them gets a column that no row can have."""
    columns = {name: (before.get(f"column {name}"), after.get(f"column {name}")) for name in _VALUES}
    for name, (old, new) in columns.items():
        given = (new if old is None else old) if (old is None) is not (new is None) else None
        is_key = name == _UNIQUE and bool(before.get("unique") or after.get("unique"))
        if given is not None and (is_key or (not given[1] and given[2] is None)):
            return ""
    there = {name: _VALUES[name] for name, (old, _) in columns.items() if old is not None}
    names = ", ".join(map(quote_name, ("id", *there)))
    rows = (", ".join((str(key), *(values[key - 2] for values in there.values()))) for key in (2, 3))
    listed = ", ".join(f"({row})" for row in rows)
    return f"INSERT INTO {{t}} ({names}) OVERRIDING SYSTEM VALUE VALUES {listed}"

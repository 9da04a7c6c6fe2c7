"""Random states of models, over all kinds; two of them are a change.

Every state takes its objects from the same few names, so that most of what two states have is in both, and differs.
Types of a column come from families whose values are each other's: what no cast can do is told by cases of its own.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Enum,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Numeric,
    Sequence,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import DOMAIN

from pgcraft.models import (
    CompositeDefinition,
    DomainDefinition,
    RangeDefinition,
    StatisticsDefinition,
    register_composite,
    register_domain,
    register_range,
    register_statistics,
)
from tests.changes.cases import Case, Models
from tests.changes.random_more import COMMENTS, EXTENSIONS, STRATEGIES, Facts, find_owner, make_more, write_rows

OTHER = 'other "%s"'
NUMBER, WORD, TIME, LIST = 'n "x"', "w%s", "t:x", "l\\x"
_TYPES: dict[str, tuple[Any, ...]] = {
    NUMBER: (Integer(), BigInteger(), SmallInteger(), Numeric(8, 2), Numeric(12, 4)),
    WORD: (String(5), String(9), String(), Text(), "enum", "domain", String(9, collation="C")),
    TIME: (DateTime(), DateTime(timezone=True), Date()),
    LIST: (ARRAY(Integer), ARRAY(BigInteger)),
}
_DEFAULTS: dict[str, tuple[str, ...]] = {
    NUMBER: ("7", "1 + 1", "{s}.f(1)"),
    WORD: ("'new'", "'old'"),
    TIME: ("now()", "'2020-01-01'"),
    LIST: ("'{}'", "'{1,2}'"),
}
_VALUES = (("new", "old"), ("new", "old", "it's"), ("old", "new"), ("first", "new", "old"))
_CHECKS = ("VALUE <> ''", "VALUE <> '\\:x'", "length(VALUE) > 0")
_NUMBER = '"n ""x"""'


@dataclass(frozen=True)
class State:
    """A state of models; it is shown by what was drawn."""

    facts: tuple[tuple[str, Any], ...]

    def build(self, models: Models) -> None:
        """Declare it."""
        _Builder(models, dict(self.facts)).build()


def _maybe(*variants: Any) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.sampled_from(variants))


def _columns() -> dict[str, st.SearchStrategy[Any]]:
    return {
        f"column {name}": st.one_of(
            st.none(),
            st.tuples(
                st.integers(0, len(types) - 1),
                st.booleans(),
                _maybe(*range(len(_DEFAULTS[name]))),
                st.sampled_from(COMMENTS),
            ),
        )
        for name, types in _TYPES.items()
    }


_STATES = st.fixed_dictionaries(
    {
        **_columns(),
        "key": st.sampled_from(("serial", "identity", "always", "plain", "big")),
        "comment": st.sampled_from(COMMENTS),
        "options": _maybe("fillfactor", "autovacuum", "unlogged"),
        "generated": _maybe("id + 1", "id * 2"),
        "enum": st.sampled_from(_VALUES),
        "domain": st.sampled_from(_CHECKS),
        "other": st.booleans(),
        "check": _maybe("id > 0", "id > 1", "id > 0 AND id < 9"),
        "unique": _maybe("plain", "include", "nulls", "deferred", "index", "other"),
        "word": st.sampled_from(("domain", "domain", "enum")),
        "foreign": _maybe("plain", "cascade", "deferred", "self"),
        "index": _maybe("plain", "unique", "partial", "expression", "hash", "desc"),
        "second index": st.booleans(),
        "function": st.sampled_from(("SELECT 1", "SELECT a", "stable", "int8", "two", "definer")),
        "reader": _maybe("SELECT count(*)::integer FROM {t}", "SELECT max(id)::integer FROM {t}"),
        "trigger": _maybe("insert", "update", "of", "when", "statement"),
        "view": _maybe("id", "where", "barrier", "number"),
        "view on view": st.booleans(),
        "materialized": _maybe("id", "id + 1"),
        "policy": _maybe("id > 0", "id > 1", "select"),
        "grant": _maybe("select", "all", "columns", "view", "function"),
        "sequence": _maybe("plain", "stepped", "bounded"),
        "composite": _maybe("one", "two", "typed"),
        "range": _maybe("integer", "numeric"),
        "statistics": _maybe("two", "kinds"),
        **STRATEGIES,
    }
)


def make_cases(name: str) -> st.SearchStrategy[Case]:
    """Return a strategy for changes from one state to another; each has a schema that the name gives it."""
    return st.builds(partial(_make_case, name), _STATES, _STATES, st.booleans())


def _make_case(name: str, before: Facts, after: Facts, is_owned: bool) -> Case:
    shared = {"owned": is_owned, "own extension": EXTENSIONS[int(name.split()[-1]) % len(EXTENSIONS)]}
    first, last = (
        State(tuple((key, value) for key, value in {**drawn, **shared}.items() if value is not None))
        for drawn in (before, after)
    )
    words: dict[str, Any] = {"reorders": True, "is_same": None, "is_filled": False, "counts_anew": True}
    return Case(name, first.build, last.build, rows=write_rows(before, after), **words)


class _Builder:
    def __init__(self, models: Models, facts: Facts) -> None:
        self._m = models
        self._facts = facts
        self._columns = {name: facts[f"column {name}"] for name in _TYPES if f"column {name}" in facts}

    @property
    def _open(self) -> dict[str, Any]:
        """What a view says that shows the rows of everyone."""
        return {"bypass_row_security": True} if self._get("policy") else {}

    def build(self) -> None:
        self._make_types()
        self._make_functions()
        self._make_other()
        self._make_table()
        self._make_code()
        self._make_views()
        self._make_rights()
        make_more(self._m, self._facts)

    def _get(self, name: str) -> Any:
        return self._facts.get(name)

    def _make_types(self) -> None:
        m, schema = self._m, self._m.schema
        if self._facts["word"] == "domain":
            checks = (("is it", self._facts["domain"]),)
            register_domain(m.metadata, DomainDefinition(schema=schema, name="word", type="text", checks=checks))
        attributes = {
            "one": (("a", "integer"),),
            "two": (("a", "integer"), ("b %s", "text")),
            "typed": (("a", "bigint"), ("c", "numeric(8,2)")),
        }.get(self._get("composite"))
        if attributes:
            register_composite(m.metadata, CompositeDefinition(schema=schema, name="pair :x", attributes=attributes))
        if self._get("range"):
            register_range(m.metadata, RangeDefinition(schema=schema, name="span", subtype=self._get("range")))
        options = {"plain": {}, "stepped": {"increment": 5, "start": 10}, "bounded": {"maxvalue": 99, "cycle": True}}
        if self._get("sequence"):
            Sequence("s:q", schema=schema, metadata=m.metadata, **options[self._get("sequence")])

    def _make_functions(self) -> None:
        facts: dict[str, Any] = {"arguments": "a integer"}
        kind, body, returns = self._facts["function"], "SELECT a + 1", "integer"
        if kind.startswith("SELECT"):
            body = kind
        elif kind == "stable":
            facts["volatility"] = "stable"
        elif kind == "definer":
            facts["security_definer"] = True
        elif kind == "two":
            facts["arguments"] = "a integer, b integer DEFAULT 1"
        else:
            returns, body = "bigint", "SELECT a::bigint"
        self._m.function(body, "f", returns, comment=self._get("said"), **facts, **find_owner(self._m, self._facts))

    def _make_other(self) -> None:
        if self._get("other") or self._get("foreign") not in (None, "self"):
            unique = [UniqueConstraint("k", name="un q")] if self._get("unique") == "other" else []
            self._other = self._m.table(Column("k", Integer), *unique, name=OTHER)

    def _make_table(self) -> None:
        m, options = self._m, self._get("options")
        words: dict[str, Any] = {"comment": self._get("comment")}
        if options == "unlogged" and not self._get("foreign"):
            words["prefixes"] = ["UNLOGGED"]
        elif options in ("fillfactor", "autovacuum"):
            name = "fillfactor" if options == "fillfactor" else "autovacuum_enabled"
            words["postgresql_with"] = {name: "70" if options == "fillfactor" else "false"}
        columns = self._list_columns()
        self._table = m.table(*columns, *self._list_constraints(columns), key=False, **words)
        self._make_indexes()

    def _list_columns(self) -> list[Column[Any]]:
        key = self._facts["key"]
        made: dict[str, tuple[Any, ...]] = {
            "identity": (Identity(),),
            "always": (Identity(always=True, start=5, increment=2),),
        }
        big = BigInteger if key == "big" else Integer
        found: list[Column[Any]] = [
            Column("id", big, *made.get(key, ()), primary_key=True, autoincrement=key not in ("plain",))
        ]
        for name, (number, is_nullable, default, comment) in self._columns.items():
            given = None if default is None else self._m.text(_DEFAULTS[name][default])
            type_ = self._find_type(name, number)
            found.append(Column(name, type_, nullable=is_nullable, server_default=given, comment=comment))
        if self._get("generated"):
            found.append(Column("g", big, Computed(self._get("generated"), persisted=True)))
        if self._get("foreign"):
            found.append(Column("up", Integer))
        return found

    def _find_type(self, name: str, number: int) -> Any:
        chosen = _TYPES[name][number]
        if chosen == "enum":
            return Enum(*self._facts["enum"], name="state", schema=self._m.schema)
        if chosen == "domain":
            is_enum = self._facts["word"] == "enum"
            word = Enum("new", "old", name="word", schema=self._m.schema)
            return word if is_enum else DOMAIN("word", Text, schema=self._m.schema)
        return chosen

    def _list_constraints(self, columns: list[Column[Any]]) -> list[Any]:
        found: list[Any] = []
        if self._get("check"):
            found.append(CheckConstraint(self._m.text(self._get("check")), name="chk"))
        words: dict[str, Any] = {
            "include": {"postgresql_include": ["id"]},
            "nulls": {"postgresql_nulls_not_distinct": True},
            "deferred": {"deferrable": True, "initially": "DEFERRED"},
        }
        if self._get("unique") not in (None, "index", "other") and NUMBER in self._columns:
            found.append(UniqueConstraint(NUMBER, name="un q", **words.get(self._get("unique"), {})))
        foreign = self._get("foreign")
        if foreign:
            target = columns[0] if foreign == "self" else self._other.c.id
            extra = {"cascade": {"ondelete": "CASCADE"}, "deferred": {"deferrable": True}}.get(foreign, {})
            found.append(ForeignKeyConstraint([columns[-1]], [target], name="fk", **extra))
        return found

    def _make_indexes(self) -> None:
        kind, key = self._get("index"), self._table.c.id
        words: dict[str, Any] = {
            "unique": {"unique": True},
            "partial": {"postgresql_where": self._m.text("id > 1")},
            "hash": {"postgresql_using": "hash"},
        }
        if kind:
            element = {"expression": self._m.text("(id + 1)"), "desc": key.desc()}.get(kind, key)
            Index("ix s", element, **words.get(kind, {}), _table=self._table)
        if self._get("unique") == "index":
            Index("un q", key, unique=True, _table=self._table)
        if self._get("second index") and WORD in self._columns:
            Index("second", self._table.c[WORD], key)
        if self._get("statistics") and NUMBER in self._columns:
            facts: dict[str, Any] = {"kinds": ("ndistinct",)} if self._get("statistics") == "kinds" else {}
            register_statistics(
                self._m.metadata,
                StatisticsDefinition(
                    schema=self._m.schema, name="st", table=self._m.name, columns=("id", NUMBER), **facts
                ),
            )

    def _make_code(self) -> None:
        m, when = self._m, self._get("trigger")
        if self._get("reader"):
            m.function(self._get("reader"), "reads")
        if not when:
            return
        m.trigger_function()
        m.trigger(
            **{
                "insert": {"events": ("insert",)},
                "of": {"update_columns": ("id",)},
                "when": {"when": "NEW.id > 1"},
                "statement": {"for_each_row": False, "events": ("update", "delete")},
            }.get(when, {})
        )

    def _make_views(self) -> None:
        m, kind = self._m, self._get("view")
        if kind == "number" and NUMBER not in self._columns:
            kind = "id"
        queries = {
            "id": "SELECT id FROM {t}",
            "where": "SELECT id, id AS twice FROM {t} WHERE id > 1",
            "barrier": "SELECT id FROM {t}",
            "number": f"SELECT {_NUMBER} AS a, id FROM {{t}}",
        }
        if kind:
            facts = {"options": (("security_barrier", "true"),)} if kind == "barrier" else {}
            owner = find_owner(m, self._facts)
            m.view(queries[kind], comment=self._get("said"), **facts, **self._open, **owner)
        if kind and self._get("view on view"):
            m.view("SELECT id FROM {s}.v WHERE id > 3", "w", **self._open)
        if self._get("materialized"):
            m.view(f"SELECT {self._get('materialized')} AS a FROM {{t}}", "m", is_materialized=True, **self._open)

    def _make_rights(self) -> None:
        m, grant = self._m, self._get("grant")
        policy = self._get("policy")
        if policy:
            m.policy(using="id > 0", command="select") if policy == "select" else m.policy(using=policy)
        if not grant:
            return
        role = m.role("reader")
        if grant == "columns":
            m.grant(role, "select", "update", columns=("id",))
        elif grant == "view" and self._get("view"):
            m.grant(role, "select", name="v")
        elif grant == "function":
            arguments = "integer, integer" if self._facts["function"] == "two" else "integer"
            m.grant(role, "execute", name="f", on="function", arguments=arguments)
        else:
            m.grant(role, "select", *(("insert", "delete") if grant == "all" else ()))

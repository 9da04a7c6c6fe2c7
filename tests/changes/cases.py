"""What a case of change is: two states of models, each built in a schema of the case's own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, TextClause, text
from sqlalchemy.schema import SchemaItem

from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.models import (
    AggregateDefinition,
    CommentDefinition,
    ExtensionDefinition,
    FunctionDefinition,
    GrantDefinition,
    OwnerDefinition,
    PartitionDefinition,
    PolicyDefinition,
    RoleDefinition,
    RowSecurityDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_aggregate,
    register_comment,
    register_extension,
    register_function,
    register_grant,
    register_owner,
    register_partition,
    register_policy,
    register_role,
    register_row_security,
    register_trigger,
    register_view,
)
from tests.support.servers import MAJORS

_SCHEMAS = (
    "plain",
    'quo"ted',
    "with.dot",
    "Per%cent",
    "per%(s)s",
    ":colon",
    "back\\slash",
    "a b",
    "ünï",
    "日本",
    "do$$",
)
_TABLES = ("things", "Things", 'th"ings', "th.ings", "th%sings", "th:ings", "th ings", "Dïnge", "order", "t$1", "t'q")
_MAX_BYTES = 63


def tag_of(case: str) -> str:
    """Return what is in the names of a case's schema and roles, and in no other case's."""
    return f"c{crc32(case.encode()):08x}"


class Models:
    """A MetaData, seen from one case: its schema, and its main table.

    Attributes:
        schema: the case's own, with a name that breaks what is not quoted.
        name: of its main table, such a name, too.
        tag: what the names of its roles, which no schema tells apart, begin with.
    """

    def __init__(self, metadata: MetaData, case: str) -> None:
        number = crc32(case.encode())
        self.metadata = metadata
        self.tag = tag_of(case)
        self.schema = f"{_SCHEMAS[number % len(_SCHEMAS)]} {self.tag}"
        self.name = _TABLES[number // len(_SCHEMAS) % len(_TABLES)]

    def sql(self, written: str) -> str:
        """Put the schema for ``{s}``, the main table with its schema for ``{t}``, and the tag for ``{tag}``."""
        table = quote_qualified(self.schema, self.name)
        return written.replace("{s}", quote_name(self.schema)).replace("{t}", table).replace("{tag}", self.tag)

    def text(self, written: str) -> TextClause:
        """Return SQL as an expression; a colon in it is one."""
        return text(self.sql(written).replace(":", "\\:"))

    def role(self, name: str, **facts: Any) -> str:
        """Declare a role, and give its full name."""
        full = f"{self.tag} {name}"
        register_role(self.metadata, RoleDefinition(name=full, **facts))
        return full

    def table(self, *items: SchemaItem, name: str | None = None, key: bool = True, **options: Any) -> Table:
        """Declare a table, the main one unless it is named; it has an integer key ``id`` unless told otherwise."""
        first = [Column("id", Integer, primary_key=True)] if key else []
        return Table(name or self.name, self.metadata, *first, *items, schema=self.schema, **options)

    def view(self, query: Any, name: str = "v", **facts: Any) -> None:
        """Declare a view."""
        asked = self.sql(query) if isinstance(query, str) else query
        register_view(self.metadata, ViewDefinition(schema=self.schema, name=name, query=asked, **facts))

    def function(self, body: str, name: str = "f", returns: str = "integer", **facts: Any) -> None:
        """Declare a function, in SQL unless told otherwise."""
        options = {"language": "sql", **facts, "arguments": self.sql(facts.get("arguments", ""))}
        register_function(
            self.metadata,
            FunctionDefinition(
                schema=self.schema, name=name, returns=self.sql(returns), body=self.sql(body), **options
            ),
        )

    def aggregate(self, options: dict[str, str], arguments: str = "integer", name: str = "agg", **facts: Any) -> None:
        """Declare an aggregate function."""
        given = {option: self.sql(value) for option, value in options.items()}
        register_aggregate(
            self.metadata,
            AggregateDefinition(schema=self.schema, name=name, arguments=arguments, options=given, **facts),
        )

    def trigger_function(self, body: str = "BEGIN RETURN NEW; END", name: str = "tf", **facts: Any) -> None:
        """Declare a function for triggers."""
        self.function(body, name, "trigger", language="plpgsql", **facts)

    def trigger(self, name: str = "tr", **facts: Any) -> None:
        """Declare a trigger, of the main table and after a row is changed unless told otherwise."""
        known = {"relation": self.name, "timing": "after", "events": ("update",), "function": (self.schema, "tf")}
        register_trigger(self.metadata, TriggerDefinition(schema=self.schema, name=name, **(known | facts)))

    def policy(self, name: str = "p", **facts: Any) -> None:
        """Declare a policy, of the main table unless told otherwise."""
        known = {"table": self.name, **facts}
        known |= {fact: self.sql(known[fact]) for fact in ("using", "check") if fact in known}
        register_policy(self.metadata, PolicyDefinition(schema=self.schema, name=name, **known))

    def owner(self, owner: str, name: str | None = None, on: str = "table") -> None:
        """Say who owns something, the main table unless told otherwise."""
        definition = OwnerDefinition(on=on, schema=self.schema, name=name or self.name, owner=owner)
        register_owner(self.metadata, definition)

    def comment(self, on: str, name: str, comment: str, relation: str | None = None) -> None:
        """Comment something that has no word for that."""
        definition = CommentDefinition(on=on, schema=self.schema, name=name, comment=comment, relation=relation)
        register_comment(self.metadata, definition)

    def extension(self, name: str, schema: str | None = None) -> None:
        """Declare an extension of PostgreSQL's, of which there is one in a database."""
        register_extension(self.metadata, ExtensionDefinition(name=name, schema=schema))

    def partition(self, name: str, values: str, **facts: Any) -> None:
        """Declare a partition, of the main table unless told otherwise."""
        known = {"schema": self.schema, "of": (self.schema, self.name), **facts}
        register_partition(self.metadata, PartitionDefinition(name=name, values=values, **known))

    def row_security(self, **facts: Any) -> None:
        """Put the main table under row security."""
        register_row_security(self.metadata, RowSecurityDefinition(schema=self.schema, table=self.name, **facts))

    def grant(self, to: str, *privileges: str, **facts: Any) -> None:
        """Grant privileges, on the main table unless told otherwise."""
        known = {"name": self.name, "schema": self.schema, **facts}
        register_grant(self.metadata, GrantDefinition(privileges=privileges, to=to, **known))


Build = Callable[[Models], object]


@dataclass(frozen=True)
class Case:
    """A change of models.

    Attributes:
        name: what changes.
        before: declares the models that are deployed.
        after: declares what is to come of them.
        rows: SQL that fills the deployed tables, with ``{s}`` and ``{t}``; rows are made up for those that stay empty.
        given: SQL that is run before anything is deployed, also by other cases.
        by_hand: SQL that somebody runs on the deployed database, and that must stay: on those that are built from the
            models it is run, too.
        reorders: columns stand in another order than in a database that is built from the models.
        counts_anew: a sequence does not go on from where it was.
        shows: text that the dump has only afterwards.
        is_same: nothing changes that a dump shows; None for who knows.
        is_filled: rows are made up for tables that have none.
        is_online: tables go on being read and written while the revisions run.
        conventions: the naming conventions of the two MetaData.
        since: the oldest major version that knows of it.
    """

    name: str
    before: Build
    after: Build
    rows: str = ""
    given: str = ""
    by_hand: str = ""
    reorders: bool = False
    counts_anew: bool = False
    shows: tuple[str, ...] = ()
    is_same: bool | None = False
    is_filled: bool = True
    conventions: tuple[Any, Any] = (None, None)
    is_online: bool = False
    since: int = 0

    def __str__(self) -> str:
        return self.name

    @property
    def tag(self) -> str:
        """What is in the names of its schema and its roles, and in no other case's."""
        return tag_of(self.name)

    def view(self, metadata: MetaData) -> Models:
        """Return the case's view of a MetaData."""
        return Models(metadata, self.name)


def nothing(models: Models) -> None:
    """Declare nothing."""


def each_of(cases: tuple[Case, ...]) -> pytest.MarkDecorator:
    """Let a test run with each case on each server that knows of it; which of them, ``tests.support.servers`` decides."""
    assert len({case.name for case in cases}) == len(cases), "two cases have one name"
    pairs = [
        pytest.param(major, case, id=f"pg{major}-{case}", marks=[pytest.mark.each_server] if case.since else [])
        for major in MAJORS
        for case in cases
        if major >= case.since
    ]
    return pytest.mark.parametrize(("server", "case"), pairs, indirect=["server"])

"""Words for a moment: as a value that PostgreSQL keeps they are refused, as a text or at work they are not."""

import pytest
from sqlalchemy import Column, Date, DateTime, MetaData, Table, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, DOMAIN, TSTZRANGE
from sqlalchemy.schema import CheckConstraint, SchemaItem

from pgcraft.collect import collect
from pgcraft.errors import PGCraftValidationError
from pgcraft.models import (
    DomainDefinition,
    FunctionDefinition,
    ViewDefinition,
    register_domain,
    register_function,
    register_view,
)

DAY = DOMAIN("day", Date, schema="app")
TIME = DateTime(timezone=True)


def declare(*items: SchemaItem | DomainDefinition | FunctionDefinition | ViewDefinition) -> MetaData:
    metadata = MetaData()
    for item in items:
        match item:
            case DomainDefinition():
                register_domain(metadata, item)
            case FunctionDefinition():
                register_function(metadata, item)
            case ViewDefinition():
                register_view(metadata, item)
    parts = [item for item in items if isinstance(item, SchemaItem)]
    Table("t", metadata, Column("id", Date), *parts, schema="app")
    return metadata


def function(body: str = "SELECT 1", **facts: object) -> FunctionDefinition:
    given = {"schema": "app", "name": "f", "returns": "integer", "body": body, "language": "sql"}
    return FunctionDefinition(**given | facts)  # type: ignore[arg-type]


def view(query: str) -> ViewDefinition:
    return ViewDefinition(schema="app", name="v", query=query)


KEPT = {
    "a text": Column("at", TIME, server_default="now()"),
    "a word": Column("at", TIME, server_default=" Now "),
    "with a time": Column("at", TIME, server_default="tomorrow 12:00"),
    "in parentheses": Column("at", Date, server_default=text("('today')")),
    "with a cast": Column("at", TIME, server_default=text("'now'::timestamptz")),
    "before a type": Column("at", TIME, server_default=text("timestamp(3) with time zone 'now' - interval '1 day'")),
    "cast to a type": Column("at", TIME, server_default=text("CAST('yesterday' AS pg_catalog.date)")),
    "in an array": Column("at", ARRAY(TIME), server_default="{now,2026-01-02}"),
    "in a range": Column("at", TSTZRANGE, server_default="[now,)"),
    "of a domain": Column("at", DAY, server_default="today"),
    "in a check": CheckConstraint("id > date 'today'"),
    "of a domain's own": DomainDefinition(schema="app", name="d", type="date", default="'today'"),
    "of an argument": function(arguments="at timestamptz DEFAULT 'now'"),
    "in a body of SQL": function("BEGIN ATOMIC SELECT 1 WHERE now() > 'now'::timestamptz; END", is_atomic=True),
    "in a query": view("SELECT 'now'::timestamp AS at"),
}
READ = {
    "a call": Column("at", TIME, server_default=func.now()),
    "a text, as a text": Column("at", Text, server_default="now()"),
    "another word": Column("at", TIME, server_default="epoch"),
    "cast while a row comes": Column("at", TIME, server_default=text("'now'::text::timestamptz")),
    "a call's argument": Column("at", TIME, server_default=text("app.parse('now')::timestamptz")),
    "under a name": view("SELECT 'now' AS date"),
    "in a body": function("SELECT 1 WHERE now() > 'now'::timestamptz"),
}


@pytest.mark.parametrize("given", KEPT.values(), ids=KEPT)
def test_a_word_for_a_moment_is_refused_where_it_would_be_kept(given: SchemaItem | FunctionDefinition):
    with pytest.raises(PGCraftValidationError, match="PGC166"):
        collect(declare(given))


@pytest.mark.parametrize("given", READ.values(), ids=READ)
def test_a_word_that_is_read_each_time_or_is_a_text_is_taken(given: SchemaItem | FunctionDefinition):
    collect(declare(given))

"""Procedures, functions whose body is SQL itself, what is said of calls, and aggregate functions."""

from typing import Any

from sqlalchemy import MetaData

from pgcraft.models import (
    AggregateDefinition,
    FunctionDefinition,
    GrantDefinition,
    RoleDefinition,
    register_aggregate,
    register_function,
    register_grant,
    register_role,
)
from tests.acceptance.cases.registry import case, make_table


def _function(metadata: MetaData, name: str, **facts: Any) -> None:
    given = {"schema": "tools", "name": name, "returns": "integer", "language": "sql", "body": "SELECT 1"} | facts
    register_function(metadata, FunctionDefinition(**given))


@case
def routines(metadata: MetaData) -> None:
    make_table(metadata)
    body = "BEGIN ATOMIC\n  SELECT p.name, 1 FROM inventory.products p WHERE p.name <> 'END;' AND p.id = \"a b\";\nEND"
    _function(
        metadata, "at om", arguments='"a b" integer', returns="TABLE(cost text, n integer)", body=body, is_atomic=True
    )
    _function(metadata, "doubled", arguments="a integer", body="RETURN a * 2", is_atomic=True, volatility="immutable")
    _function(metadata, "sold", returns="", body="SELECT 1; SELECT 2", arguments="a integer", is_procedure=True)
    _function(
        metadata, "tuned", returns="SETOF integer", cost=7, rows=1.5, parallel="restricted", leakproof=False,
        body="SELECT 1 -- COST 9 PARALLEL SAFE",
    )  # fmt: skip
    _function(metadata, "plain", cost=100, parallel="unsafe")
    _function(metadata, "ad(d", arguments="integer, integer", body="SELECT $1 + $2")
    _function(metadata, "shown", arguments="integer", returns="text", body="SELECT $1::text")
    register_aggregate(
        metadata,
        AggregateDefinition(
            schema="tools",
            name='to"tal',
            arguments="n int4",
            options={
                "initcond": "0", "stype": "int", "sfunc": 'tools."ad(d"', "finalfunc": "tools.shown", "sspace": "64",
                "finalfunc_modify": "shareable", "combinefunc": "pg_catalog.int4pl",
            },
            parallel="safe",
            revoke_public=True,
            comment="adds 'up'",
        ),
    )  # fmt: skip
    register_aggregate(
        metadata,
        AggregateDefinition(
            schema="tools", name="all", options={"sfunc": "int8inc", "stype": "bigint", "initcond": "5"}
        ),
    )
    register_role(metadata, RoleDefinition(name="accept_reader"))
    for name, arguments in (("sold", "integer"), ('to"tal', "integer"), ("tuned", "")):
        register_grant(
            metadata,
            GrantDefinition(
                privileges=("execute",),
                to="accept_reader",
                on="function",
                schema="tools",
                name=name,
                arguments=arguments,
            ),
        )

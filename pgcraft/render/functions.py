"""Functions, procedures and aggregate functions."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Function
from pgcraft.catalog.function_settings import render_setting
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_body, quote_name, quote_qualified
from pgcraft.render.comments import render_comment
from pgcraft.render.owners import render_owner
from pgcraft.render.renderer import Renderer, Sql


def create_function(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a function; where PUBLIC may not execute it, that right is taken away at once."""
    definition = item.defined_as(Function)
    revoke = () if definition.is_public else (Sql(public_execute(item), "keep PUBLIC from", item.id),)
    return (
        Sql(f"CREATE {_text(item, definition)}", "create", item.id),
        *revoke,
        *render_comment(item.id, definition.comment, function_target(item)),
        *render_owner(item.id, definition.owner),
    )


def replace_function(item: CatalogObject) -> str:
    """Return the SQL that changes a function in place: everything but argument names, defaults taken away, result."""
    definition = item.defined_as(Function)
    return f"CREATE OR REPLACE {_text(item, definition)}"


def drop_function(item: CatalogObject) -> tuple[str, ...]:
    """Drop a function, and none of its overloads."""
    return (f"DROP {function_target(item)}",)


def public_execute(item: CatalogObject) -> str:
    """Return the SQL that grants or revokes what PUBLIC may do, as the definition says."""
    definition = item.defined_as(Function)
    if definition.is_public:
        return f"GRANT EXECUTE ON {routine_target(item)} TO PUBLIC"
    return f"REVOKE ALL ON {routine_target(item)} FROM PUBLIC"


def function_target(item: CatalogObject) -> str:
    """Return ``FUNCTION api.total(integer, text)``."""
    function = item.definition
    word = "FUNCTION"
    if isinstance(function, Function) and (function.is_procedure or function.aggregate):
        word = "PROCEDURE" if function.is_procedure else "AGGREGATE"
    arguments = "(*)" if word == "AGGREGATE" and item.id.arguments == "()" else item.id.arguments
    return f"{word} {quote_qualified(item.id.schema, item.id.name)}{arguments}"


def routine_target(item: CatalogObject) -> str:
    """Return how GRANT and REVOKE name any of them: ``ROUTINE api.total(integer, text)``."""
    return f"ROUTINE {quote_qualified(item.id.schema, item.id.name)}{item.id.arguments}"


def _text(item: CatalogObject, function: Function) -> str:
    name = quote_qualified(item.id.schema, item.id.name)
    if function.aggregate:
        return f"AGGREGATE {name}({function.arguments or '*'}) ({', '.join(_options(function))})"
    word = "PROCEDURE" if function.is_procedure else "FUNCTION"
    body = function.body if function.is_atomic else f"AS {quote_body(function.body)}"
    return "\n".join((f"{word} {name}({function.arguments})", *_clauses(function), body))


def _options(function: Function) -> Iterator[str]:
    """Return what stands in the parentheses of CREATE AGGREGATE."""
    for name, value in function.aggregate:
        yield f"{name.upper()} = {value}" if value else name.upper()
    if function.parallel != "unsafe":
        yield f"PARALLEL = {function.parallel.upper()}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _clauses(function: Function) -> Iterator[str]:
    if not function.is_procedure:
        yield f"RETURNS {function.returns}"
    yield f"LANGUAGE {quote_name(function.language)}"
    if function.volatility != "volatile":
        yield function.volatility.upper()
    if function.leakproof:
        yield "LEAKPROOF"
    if function.strict:
        yield "STRICT"
    if function.security_definer:
        yield "SECURITY DEFINER"
    if function.parallel != "unsafe":
        yield f"PARALLEL {function.parallel.upper()}"
    if function.cost is not None:
        yield f"COST {_number(function.cost)}"
    if function.rows is not None:
        yield f"ROWS {_number(function.rows)}"
    if function.support is not None:
        yield f"SUPPORT {function.support}"
    for name, value in function.settings:
        yield render_setting(name, value)


RENDERER = Renderer((Kind.FUNCTION,), create_function, drop_function)

"""Functions and procedures."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Function
from pgcraft.catalog.function_settings import render_setting
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_body, quote_name, quote_qualified
from pgcraft.render.comments import render_comment
from pgcraft.render.renderer import Renderer, Sql


def create_function(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a function; where PUBLIC may not execute it, that right is taken away at once."""
    definition = item.defined_as(Function)
    revoke = () if definition.is_public else (Sql(public_execute(item), f"keep PUBLIC from {item.id}"),)
    return (
        Sql(f"CREATE {_text(item, definition)}", f"create {item.id}"),
        *revoke,
        *render_comment(item.id, definition.comment, function_target(item)),
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
        return f"GRANT EXECUTE ON {function_target(item)} TO PUBLIC"
    return f"REVOKE ALL ON {function_target(item)} FROM PUBLIC"


def function_target(item: CatalogObject) -> str:
    """Return ``FUNCTION api.total(integer, text)``."""
    is_procedure = isinstance(item.definition, Function) and item.definition.is_procedure
    word = "PROCEDURE" if is_procedure else "FUNCTION"
    return f"{word} {quote_qualified(item.id.schema, item.id.name)}{item.id.arguments}"


def _text(item: CatalogObject, function: Function) -> str:
    word = "PROCEDURE" if function.is_procedure else "FUNCTION"
    head = f"{word} {quote_qualified(item.id.schema, item.id.name)}({function.arguments})"
    body = function.body if function.is_atomic else f"AS {quote_body(function.body)}"
    return "\n".join((head, *_clauses(function), body))


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
    for name, value in function.settings:
        yield render_setting(name, value)


RENDERER = Renderer((Kind.FUNCTION,), create_function, drop_function)

"""Defaults of views that call a function of a schema which a client may not use.

A view's default is evaluated as whoever inserts. What it calls stands behind a small function beside that, which runs
with its owner's rights; who may insert through the view may execute it. It is named in the stored default alone, so
that nobody needs USAGE of its schema, and a column that is left out is still told from one that is NULL.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pgcraft.catalog.definitions import Trigger, View
from pgcraft.catalog.linking import Draft, QualifiedName, find_calls
from pgcraft.catalog.objects import Kind
from pgcraft.collect.declared import collect_function
from pgcraft.collect.derived_grants import DerivedGrant
from pgcraft.identifiers import quote_qualified
from pgcraft.models.declarations import Declared
from pgcraft.models.definitions import FunctionDefinition, GrantDefinition
from pgcraft.models.generated import GeneratedFunction
from pgcraft.models.naming import limit_name
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA
from pgcraft.sqltext.plpgsql import write_block

DefaultFunctions = dict[QualifiedName, tuple[GeneratedFunction, ...]]
"""The functions that stand behind the defaults of views, by view."""


def own_defaults(drafts: Iterable[Draft]) -> tuple[list[Draft], DefaultFunctions]:
    """Return the same objects with such defaults behind functions, and those functions."""
    listed = list(drafts)
    views = (draft.object.definition for draft in listed if isinstance(draft.object.definition, View))
    if not any(view.column_defaults for view in views):
        return listed, {}
    written = {
        draft.object.id.relation
        for draft in listed
        if isinstance(draft.object.definition, Trigger) and "insert" in draft.object.definition.events
    }
    functions: DefaultFunctions = {}
    changed = []
    for draft in listed:
        view, name = draft.object.definition, draft.object.id.qualified
        found = dict(_find_defaults(view, name)) if isinstance(view, View) and name in written else {}
        if isinstance(view, View) and found:
            functions[name] = tuple(found.values())
            changed += [_call(draft, view, found), *(_collect(draft, function) for function in found.values())]
        else:
            changed.append(draft)
    return changed, functions


def grant_defaults(
    grants: Iterable[tuple[Declared[GrantDefinition], Sequence[str]]], functions: DefaultFunctions
) -> Iterator[DerivedGrant]:
    """Let who may insert through a view execute what stands behind its defaults."""
    for item, privileges in grants:
        grant = item.definition
        if grant.on == "table" and "insert" in privileges:
            for function in functions.get((grant.schema, grant.name or ""), ()):
                execute = GrantDefinition(
                    privileges=("execute",), to=grant.to, schema=function.schema, name=function.name, on="function"
                )
                yield DerivedGrant(execute, item.origins, f"{grant.schema}.{grant.name}")


def _find_defaults(view: View, name: QualifiedName) -> Iterator[tuple[str, GeneratedFunction]]:
    types = dict(zip(view.columns, view.column_types, strict=False))
    for column, default in view.column_defaults:
        closed = [schema for schema, _ in find_calls(default) if schema not in {"pg_catalog", DEFAULT_SCHEMA, name[0]}]
        if closed and column in types:
            yield (
                column,
                GeneratedFunction(
                    schema=closed[0],
                    name=limit_name("_".join((*name, "default", column))),
                    returns=types[column],
                    body=write_block([f"RETURN {default};"]),
                    security_definer=True,
                ),
            )


def _call(draft: Draft, view: View, functions: dict[str, GeneratedFunction]) -> Draft:
    defaults = tuple(
        (column, f"{quote_qualified(functions[column].schema, functions[column].name)}()")
        if column in functions
        else (column, default)
        for column, default in view.column_defaults
    )
    item = replace(draft.object, definition=replace(view, column_defaults=defaults))
    return draft._replace(object=item, texts=tuple(default for _, default in defaults))


def _collect(draft: Draft, function: GeneratedFunction) -> Draft:
    declared: Declared[FunctionDefinition] = Declared(lambda: function, (), draft.object.origins)
    collected = collect_function(declared, frozenset())
    role = f"a default of {Kind.VIEW.value} {draft.object.id.schema}.{draft.object.id.name}"
    return collected._replace(object=replace(collected.object, role=role))

"""What the system catalogs say about rights that no trial of declared objects brings to light."""

import time
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, NullPool, create_engine

from pgcraft.catalog.definitions import Function, Grant, Table, Trigger, View
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.catalog.privileges import PUBLIC, subtract
from pgcraft.diff.compare import Diff, compare_again, compare_catalogs
from pgcraft.introspect import read_catalog
from pgcraft.reconcile.canonical import canonicalize
from pgcraft.service.lint.functions import is_pinned
from pgcraft.service.types import ProofStep
from pgcraft.worker.role_powers import DEFAULT_PRIVILEGES, find_powers

_DISABLED = """
SELECT DISTINCT n.nspname, c.relname, CASE WHEN NOT t.tgisinternal THEN t.tgname END, t.tgenabled = 'R'
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgenabled IN ('D', 'R') ORDER BY 1, 2, 3
"""

_INVOKER = "security_invoker"

Look = Callable[[Connection, Catalog, Catalog, Diff], Iterator[tuple[str, str]]]
"""Gives what is wrong, and what it means."""


def look_at_rights(url: str, declared: Catalog) -> tuple[ProofStep, ...]:
    """Compare who may do what in a database with what was declared, and look for what opens the way to more.

    Args:
        url: SQLAlchemy URL of the database, under which a schema may be made for a moment.
        declared: the models.

    Returns:
        One step that held for each thing looked at, or one for each fault.
    """
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        live = read_catalog(connection)
        by_text = compare_catalogs(live, declared)
        diff = compare_again(by_text, canonicalize(connection, declared, by_text))
        found = tuple(step for name, look in _LOOKS for step in _take(name, look, connection, live, declared, diff))
        connection.rollback()
    return found


def _take(
    name: str, look: Look, connection: Connection, live: Catalog, declared: Catalog, diff: Diff
) -> Iterator[ProofStep]:
    began = time.perf_counter()
    faults = [ProofStep(what, False, 0.0, meaning) for what, meaning in look(connection, live, declared, diff)]
    seconds = time.perf_counter() - began
    yield from faults or [ProofStep(name, True, seconds)]


def _look_at_policies(_: Connection, __: Catalog, declared: Catalog, diff: Diff) -> Iterator[tuple[str, str]]:
    tables = {item.id for item in declared.of_kind(Kind.TABLE)}
    for item in diff.added:
        if item.id.kind is Kind.POLICY:
            yield f"{item.id} is missing", "what it forbids is open, or what it allows is closed"
    for item in diff.removed:
        if item.id.kind is Kind.POLICY and item.id.table in tables:
            yield f"{item.id} is not declared", "it may open rows to others"
    for change in diff.changed:
        if change.id.kind is Kind.POLICY and set(change.facts) != {"comment"}:
            facts = "; ".join(
                f"{fact} is {getattr(change.current.definition, fact)!r} and was declared as "
                f"{getattr(change.wanted.definition, fact)!r}"
                for fact in change.facts
            )
            yield f"{change.id} differs from the declared one", facts
        old, new = change.current.definition, change.wanted.definition
        if isinstance(old, Table) and isinstance(new, Table):
            for fact in ("row_security", "force_row_security"):
                if getattr(old, fact) != getattr(new, fact):
                    state = "off" if getattr(new, fact) else "on, and was not declared"
                    yield f"{fact.replace('_', ' ')} of {change.id} is {state}", "its policies do not hold as declared"
        if isinstance(old, View) and isinstance(new, View) and _is_invoker(old) is not _is_invoker(new):
            whose = "its owner" if _is_invoker(new) else "whoever asks"
            yield f"{change.id} reads with the rights of {whose}", f"{_INVOKER} was declared otherwise"
        if isinstance(old, Function) and isinstance(new, Function) and old.security_definer is not new.security_definer:
            whose = "its owner" if old.security_definer else "whoever calls it"
            yield f"{change.id} runs with the rights of {whose}", "it was declared otherwise"


def _look_at_grants(_: Connection, live: Catalog, declared: Catalog, __: Diff) -> Iterator[tuple[str, str]]:
    """Find what declared roles, and everyone, may do beyond the declared grants on declared objects."""
    roles = {item.id.name for item in declared.of_kind(Kind.ROLE)} | {PUBLIC}
    roles |= {item.id.grantee for item in declared.of_kind(Kind.GRANT)}
    for item in live.of_kind(Kind.GRANT):
        if item.id.parent in roles:
            wanted = declared.find(item.id)
            extra = _list_extra(item.defined_as(Grant), wanted.defined_as(Grant) if wanted else Grant(()))
            if extra:
                yield f"{item.id.parent} holds {extra} on {_name_target(item.id.granted_on)}", "nobody declared it"
    for item in live.of_kind(Kind.FUNCTION):
        meant = declared.find(item.id)
        if meant and item.defined_as(Function).is_public and not meant.defined_as(Function).is_public:
            yield f"{PUBLIC} holds EXECUTE on {item.id}", "it was declared to be revoked"


def _list_extra(live: Grant, declared: Grant) -> str:
    extra = subtract(live, declared)
    columns = [pair for pair in extra.columns if pair[0] not in declared.privileges]
    options = [pair for pair in extra.grantable_columns if pair[0] not in declared.grantable]
    found = [name.upper() for name in extra.privileges]
    found += [f"{privilege.upper()} ({column})" for privilege, column in columns]
    found += [f"the grant option of {name.upper()}" for name in extra.grantable]
    found += [f"the grant option of {privilege.upper()} ({column})" for privilege, column in options]
    return ", ".join(found)


def _name_target(target: ObjectId) -> str:
    name = f"{target.schema}.{target.name}" if target.schema else target.name
    return f"{target.kind} {name}{target.arguments}"


def _look_at_defaults(connection: Connection, _: Catalog, declared: Catalog, __: Diff) -> Iterator[tuple[str, str]]:
    schemas = {item.id.name for item in declared.of_kind(Kind.SCHEMA)} | {"public"}
    roles = {item.id.name for item in declared.of_kind(Kind.ROLE)} | {PUBLIC}
    for owner, schema, grantee, kind, privileges in connection.exec_driver_sql(DEFAULT_PRIVILEGES):
        if grantee in roles and (schema is None or schema in schemas or grantee != PUBLIC):
            where = f"schema {schema}" if schema else "every schema"
            yield (
                f"{grantee} gets {privileges} on {kind} that {owner} makes in {where}",
                "a default privilege opens what comes next unasked: ALTER DEFAULT PRIVILEGES … REVOKE",
            )


def _look_at_definers(_: Connection, live: Catalog, __: Catalog, ___: Diff) -> Iterator[tuple[str, str]]:
    for item in live.of_kind(Kind.FUNCTION):
        function = item.defined_as(Function)
        if function.security_definer and not is_pinned(function):
            yield (
                f"{item.id} is SECURITY DEFINER without a search_path that ends in pg_temp",
                "who may make temporary objects can run code as its owner: SET search_path = pg_catalog, pg_temp",
            )


def _look_at_roles(connection: Connection, _: Catalog, declared: Catalog, __: Diff) -> Iterator[tuple[str, str]]:
    yield from find_powers(connection, declared)


def _look_at_triggers(connection: Connection, _: Catalog, declared: Catalog, __: Diff) -> Iterator[tuple[str, str]]:
    """Find triggers of declared tables and views that do not fire, those of foreign keys too."""
    tables = {(item.id.schema, item.id.name) for item in declared.of_kind(Kind.TABLE, Kind.VIEW)}
    for schema, table, name, is_replica in connection.exec_driver_sql(_DISABLED):
        trigger = ObjectId(Kind.TABLE, schema, table).part(Kind.TRIGGER, name or "")
        known = declared.find(trigger)
        if known and known.defined_as(Trigger).state == ("replica" if is_replica else "disabled"):
            continue
        if known or (name is None and (schema, table) in tables):
            what = f"{trigger}" if name else f"a foreign key of {schema}.{table}"
            yield f"{what} is disabled", "it fires on a replica alone" if is_replica else "what it forbids goes through"


def _is_invoker(view: View) -> bool:
    return (_INVOKER, "true") in view.options


_LOOKS: tuple[tuple[str, Look], ...] = (
    ("policies and row security are as declared", _look_at_policies),
    ("no role holds more than was declared", _look_at_grants),
    ("no role is more than was declared", _look_at_roles),
    ("no trigger is disabled", _look_at_triggers),
    ("no default privilege opens what comes next", _look_at_defaults),
    ("every function with its owner's rights pins its search_path", _look_at_definers),
)

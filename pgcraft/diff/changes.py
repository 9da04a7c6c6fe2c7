"""Changes that PostgreSQL makes to an object where it stands; for all others it is recreated."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pgcraft.catalog.definitions import Extension, Function, Grant, Policy, Role, Schema, Sequence, Trigger, View
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.catalog.privileges import Rights, subtract
from pgcraft.catalog.statistics import Statistics
from pgcraft.diff.bounds import Counter, find_bounds, move_along
from pgcraft.diff.compare import Change
from pgcraft.identifiers import quote_literal, quote_name, quote_qualified
from pgcraft.render.comments import column_target, comment_on, object_target, relation_target
from pgcraft.render.default_privileges import alter_defaults
from pgcraft.render.dispatch import render_create, render_drop
from pgcraft.render.functions import function_target, public_execute, replace_function
from pgcraft.render.grants import grant_target, grantee_name, list_privileges
from pgcraft.render.owners import change_owner
from pgcraft.render.policies import alter_policy
from pgcraft.render.publications import alter_publication
from pgcraft.render.roles import alter_role
from pgcraft.render.statement import Hazard
from pgcraft.render.statistics import set_target
from pgcraft.render.triggers import is_switched, replace_trigger, switch_trigger
from pgcraft.render.views import replace_view, set_default, set_options

Sql = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alteration:
    """How an object changes in place.

    Attributes:
        up: SQL in run order.
        down: SQL that undoes it; None when only making the old object anew does.
        is_remade_by_down: that SQL makes a type again, under the columns that are of it.
    """

    up: Sql
    down: Sql | None
    hazards: tuple[Hazard, ...] = ()
    is_remade_by_down: bool = False


@dataclass(frozen=True, slots=True)
class TypeChanges:
    """How types of one kind change.

    Attributes:
        is_in_place: whether a type can change where it stands, in the database of a catalog.
        alter: gives the SQL for that, and the SQL that undoes it; None when only making the old type again does.
        hazards: of a change, in place or not.
    """

    is_in_place: Callable[[Change, Catalog], bool]
    alter: Callable[[Change, CatalogObject], tuple[Sql, Sql | None]]
    hazards: Callable[[Change, Catalog], tuple[Hazard, ...]]


def alter_in_place(change: Change, declared: CatalogObject) -> Alteration | None:
    """Return the way from the current object to the declared one, or None when it must be recreated.

    Args:
        change: with the wanted object in the form of the database.
        declared: the wanted object as it was declared, which is what gets executed.
    """
    return IN_PLACE[change.id.kind](change, declared)


def _alter_schema(change: Change, declared: CatalogObject) -> Alteration:
    up, down = (tuple(_schema_steps(item, change.facts)) for item in (declared, change.current))
    return Alteration(up, down)


def _schema_steps(item: CatalogObject, facts: tuple[str, ...]) -> Iterator[str]:
    schema = item.defined_as(Schema)
    if "comment" in facts:
        yield comment_on(object_target(item.id), schema.comment)
    if "owner" in facts:
        yield change_owner(item.id, schema.owner or "")


def _move_extension(item: CatalogObject) -> Sql:
    schema = item.defined_as(Extension).schema
    return (f"ALTER EXTENSION {quote_name(item.id.name)} SET SCHEMA {quote_name(schema or 'public')}",)


def _alter_extension(change: Change, declared: CatalogObject) -> Alteration:
    return Alteration(_move_extension(declared), _move_extension(change.current))


def _alter_role(change: Change, _: CatalogObject) -> Alteration:
    old, new = change.current.defined_as(Role), change.wanted.defined_as(Role)
    name = change.id.name
    return Alteration(tuple(alter_role(name, old, new)), tuple(alter_role(name, new, old)))


def _alter_sequence(change: Change, declared: CatalogObject) -> Alteration:
    current, facts = change.current, change.facts
    return Alteration(tuple(_set_sequence(current, declared, facts)), tuple(_set_sequence(declared, current, facts)))


def _set_sequence(before: CatalogObject, after: CatalogObject, facts: tuple[str, ...]) -> Iterator[str]:
    sequence = after.defined_as(Sequence)
    name = quote_qualified(after.id.schema, after.id.name)
    if set(facts) - {"comment"}:
        old, new = (find_bounds(each.type, each) for each in (before.defined_as(Sequence), sequence))
        yield from move_along(Counter(quote_literal(name), "last_value", "NOT is_called", f" FROM {name}"), old, new)
        low = "NO MINVALUE" if sequence.minimum is None else f"MINVALUE {sequence.minimum}"
        high = "NO MAXVALUE" if sequence.maximum is None else f"MAXVALUE {sequence.maximum}"
        cycle = "CYCLE" if sequence.cycle else "NO CYCLE"
        numbers = f"INCREMENT BY {sequence.increment} {low} {high} START WITH {sequence.start} CACHE {sequence.cache}"
        restart = " RESTART" if new.misses(old) else ""
        yield f"ALTER SEQUENCE {name} AS {sequence.type} {numbers} {cycle}{restart}"
    if "comment" in facts:
        yield comment_on(object_target(after.id), sequence.comment)


def _replace_function(change: Change, declared: CatalogObject) -> Alteration | None:
    old, new = change.current.defined_as(Function), change.wanted.defined_as(Function)
    if old.is_procedure != new.is_procedure or old.returns != new.returns or old.arguments != new.arguments:
        return None
    if _result_of(old) != _result_of(new):
        return None
    up, down = (tuple(_function_steps(item, change.facts)) for item in (declared, change.current))
    return Alteration(up, down)


def _result_of(function: Function) -> tuple[bool, str | None, str | None]:
    """Return what the result of an aggregate function follows from, which CREATE OR REPLACE does not change."""
    options = dict(function.aggregate)
    return bool(options), options.get("stype"), options.get("finalfunc")


def _function_steps(item: CatalogObject, facts: tuple[str, ...]) -> Iterator[str]:
    if set(facts) - {"is_public", "comment", "owner"}:
        yield replace_function(item)
    if "is_public" in facts:
        yield public_execute(item)
    if "comment" in facts:
        yield comment_on(function_target(item), item.defined_as(Function).comment)
    if "owner" in facts:
        yield change_owner(item.id, item.defined_as(Function).owner or "")


def _alter_view(change: Change, declared: CatalogObject) -> Alteration | None:
    old, new = change.current.defined_as(View), change.wanted.defined_as(View)
    is_rewritten = "query" in change.facts
    if is_rewritten and (change.id.kind is Kind.MATERIALIZED_VIEW or not _is_extension(old, new)):
        return None
    up = tuple(_view_steps(change.current, declared, change.facts))
    has_way_back = not is_rewritten or _is_extension(new, old)
    down = tuple(_view_steps(declared, change.current, change.facts)) if has_way_back else None
    return Alteration(up, down)


def _is_extension(old: View, new: View) -> bool:
    """Whether CREATE OR REPLACE VIEW leads from old to new: the same leading columns with the same types."""
    count = len(old.columns)
    if not old.column_types or len(new.column_types) < count:
        return False
    return new.columns[:count] == old.columns and new.column_types[:count] == old.column_types


def _view_steps(before: CatalogObject, after: CatalogObject, facts: tuple[str, ...]) -> Iterator[str]:
    old, new = before.defined_as(View), after.defined_as(View)
    if "query" in facts:
        yield replace_view(after)
    elif "options" in facts:
        yield from set_options(before, after)
    if "column_defaults" in facts:
        kept = dict(new.column_defaults)
        yield from (set_default(after, name, None) for name, _ in old.column_defaults if name not in kept)
        yield from (set_default(after, name, value) for name, value in new.column_defaults)
    if "comment" in facts:
        yield comment_on(object_target(after.id), new.comment)
    if "column_comments" in facts:
        comments = {column: None for column, _ in old.column_comments} | dict(new.column_comments)
        for column, text in comments.items():
            yield comment_on(column_target(after.id.schema, after.id.name, column), text)
    if "owner" in facts:
        yield change_owner(after.id, new.owner or "")


def _replace_trigger(change: Change, declared: CatalogObject) -> Alteration:
    old, new = change.current.defined_as(Trigger), change.wanted.defined_as(Trigger)
    facts = change.facts
    if _SWITCHED.issuperset(facts):
        up, down = (tuple(_switch_steps(item, facts)) for item in (declared, change.current))
        return Alteration(up, down)
    if old.is_constraint or new.is_constraint:  # which PostgreSQL does not replace
        return _make_again(change, declared)
    return Alteration(tuple(_trigger_steps(declared, facts)), tuple(_trigger_steps(change.current, facts)))


def _trigger_steps(item: CatalogObject, facts: tuple[str, ...]) -> Iterator[str]:
    yield replace_trigger(item)  # which switches it on
    if is_switched(item.defined_as(Trigger)):
        yield switch_trigger(item)
    yield from _switch_steps(item, tuple(fact for fact in facts if fact != "state"))


_SWITCHED = frozenset({"state", "comment"})


def _switch_steps(item: CatalogObject, facts: tuple[str, ...]) -> Iterator[str]:
    if "state" in facts:
        yield switch_trigger(item)
    if "comment" in facts:
        yield comment_on(relation_target(item.id), item.defined_as(Trigger).comment)


def _alter_policy(change: Change, declared: CatalogObject) -> Alteration:
    """Alter a policy, unless it gets another command or loses an expression."""
    old, new = change.current.defined_as(Policy), change.wanted.defined_as(Policy)
    is_same = (old.command, old.permissive) == (new.command, new.permissive)
    if not is_same or any((left is None) is not (right is None) for left, right in _expressions(old, new)):
        return _make_again(change, declared)
    up, down = (tuple(_policy_steps(item, change.facts)) for item in (declared, change.current))
    return Alteration(up, down)


def _policy_steps(item: CatalogObject, facts: tuple[str, ...]) -> Iterator[str]:
    if set(facts) - {"comment"}:
        yield alter_policy(item)
    if "comment" in facts:
        yield comment_on(relation_target(item.id), item.defined_as(Policy).comment)


def _expressions(old: Policy, new: Policy) -> Iterator[tuple[str | None, str | None]]:
    yield old.using, new.using
    yield old.check, new.check


def _make_again(change: Change, declared: CatalogObject) -> Alteration:
    """Drop and create in one go: nothing can stand on a trigger or a policy."""
    up = (*render_drop(change.current), *render_create(declared))
    return Alteration(up, (*render_drop(declared), *render_create(change.current)))


def _alter_statistics(change: Change, declared: CatalogObject) -> Alteration:
    """Change target and comment where it stands; for anything else it is made again."""
    if set(change.facts) - {"target", "comment"}:
        return _make_again(change, declared)
    up, down = (tuple(_statistics_steps(item, change.facts)) for item in (declared, change.current))
    return Alteration(up, down)


def _statistics_steps(item: CatalogObject, facts: tuple[str, ...]) -> Iterator[str]:
    if "target" in facts:
        yield set_target(item)
    if "comment" in facts:
        yield comment_on(object_target(item.id), item.defined_as(Statistics).comment)


def _alter_publication(change: Change, declared: CatalogObject) -> Alteration | None:
    if "is_for_all" in change.facts:
        return None
    up, down = tuple(alter_publication(change.current, declared)), tuple(alter_publication(declared, change.current))
    return Alteration(up, down)


def _alter_defaults(change: Change, declared: CatalogObject) -> Alteration:
    up, down = alter_defaults(change.current, declared), alter_defaults(declared, change.current)
    return Alteration(tuple(up), tuple(down))


def _alter_grant(change: Change, _: CatalogObject) -> Alteration:
    old, new = change.current.defined_as(Grant), change.wanted.defined_as(Grant)
    return Alteration(tuple(_grant_steps(change.wanted, old, new)), tuple(_grant_steps(change.wanted, new, old)))


def _grant_steps(item: CatalogObject, old: Grant, new: Grant) -> Iterator[str]:
    lost = subtract(old, new)
    yield from render_drop(CatalogObject(item.id, lost))
    options = [name for name in lost.grantable if name in new.privileges]
    whole = {*lost.privileges, *lost.grantable}  # of these it goes with the table's
    column_options = [pair for pair in lost.grantable_columns if pair in new.columns and pair[0] not in whole]
    if listed := list_privileges(options, column_options):
        yield f"REVOKE GRANT OPTION FOR {listed} ON {grant_target(item.id)} FROM {grantee_name(item.id)}"
    held = Rights()
    held.grant(old)
    held.revoke(lost)
    yield from render_create(CatalogObject(item.id, subtract(new, held.total())))


IN_PLACE: Mapping[Kind, Callable[[Change, CatalogObject], Alteration | None]] = {
    Kind.SCHEMA: _alter_schema,
    Kind.ROLE: _alter_role,
    Kind.EXTENSION: _alter_extension,
    Kind.SEQUENCE: _alter_sequence,
    Kind.INDEX: lambda *_: None,  # of a materialized view; those of tables are planned with these
    Kind.PARTITION: lambda *_: None,  # planned together, in ``partitions``
    Kind.FUNCTION: _replace_function,
    Kind.VIEW: _alter_view,
    Kind.MATERIALIZED_VIEW: _alter_view,
    Kind.STATISTICS: _alter_statistics,
    Kind.TRIGGER: _replace_trigger,
    Kind.POLICY: _alter_policy,
    Kind.PUBLICATION: _alter_publication,
    Kind.PUBLISHED: _make_again,
    Kind.DEFAULTS: _alter_defaults,
    Kind.GRANT: _alter_grant,
}
"""The way of each kind that is no type and no part of a table."""

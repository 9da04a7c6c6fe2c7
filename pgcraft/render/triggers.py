"""Triggers on tables and views."""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Trigger
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_literal, quote_name, quote_names, quote_qualified
from pgcraft.render.comments import relation_target, render_comment
from pgcraft.render.renderer import Renderer, Sql

_ACTIONS = {"enabled": "ENABLE", "disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}


def create_trigger(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a trigger."""
    definition = item.defined_as(Trigger)
    text = "CREATE " + "\n".join(_clauses(item, definition))
    state = (Sql(switch_trigger(item), "switch", item.id),) if is_switched(definition) else ()
    comment = render_comment(item.id, definition.comment, relation_target(item.id))
    return (Sql(text, "create", item.id), *state, *comment)


def replace_trigger(item: CatalogObject) -> str:
    """Return the SQL that changes a trigger in place; PostgreSQL does not take it for a constraint trigger."""
    return "CREATE OR REPLACE " + "\n".join(_clauses(item, item.defined_as(Trigger)))


def drop_trigger(item: CatalogObject) -> tuple[str, ...]:
    """Drop a trigger."""
    return (f"DROP {relation_target(item.id)}",)


def is_switched(trigger: Trigger) -> bool:
    """Whether a trigger is not as CREATE TRIGGER leaves it."""
    return trigger.state not in (None, "enabled")


def switch_trigger(item: CatalogObject) -> str:
    """Return the SQL that says when a trigger fires."""
    action = _ACTIONS[item.defined_as(Trigger).state or "enabled"]
    return f"ALTER TABLE {quote_qualified(*item.id.relation)} {action} TRIGGER {quote_name(item.id.name)}"


def switch_trigger_off(item: CatalogObject) -> str:
    """Return the SQL by which a trigger does not fire, whatever is said of that."""
    return switch_trigger(replace(item, definition=replace(item.defined_as(Trigger), state="disabled")))


def _clauses(item: CatalogObject, trigger: Trigger) -> Iterator[str]:
    constraint = "CONSTRAINT " if trigger.is_constraint else ""
    relation = quote_qualified(*item.id.relation)
    yield f"{constraint}TRIGGER {quote_name(item.id.name)}"
    yield f"{trigger.timing.upper()} {_events(trigger)} ON {relation}"
    if trigger.is_constraint and trigger.deferrable:
        yield "DEFERRABLE INITIALLY DEFERRED" if trigger.initially_deferred else "DEFERRABLE"
    tables = (("OLD", trigger.old_table), ("NEW", trigger.new_table))
    named = [f"{which} TABLE AS {quote_name(name)}" for which, name in tables if name]
    if named:
        yield f"REFERENCING {' '.join(named)}"
    yield f"FOR EACH {'ROW' if trigger.for_each_row else 'STATEMENT'}"
    if trigger.when is not None:
        yield f"WHEN ({trigger.when})"
    arguments = ", ".join(quote_literal(argument) for argument in trigger.arguments)
    yield f"EXECUTE FUNCTION {quote_qualified(*trigger.function)}({arguments})"


def _events(trigger: Trigger) -> str:
    columns = f" OF {quote_names(trigger.update_columns)}" if trigger.update_columns else ""
    return " OR ".join(event.upper() + (columns if event == "update" else "") for event in trigger.events)


RENDERER = Renderer((Kind.TRIGGER,), create_trigger, drop_trigger)

"""Facts of a definition as text that a reader can compare."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from pgcraft.diff.compare import Change
from pgcraft.service.drift_types import FactChange


def list_facts(change: Change) -> Iterator[FactChange]:
    """Return what differs in a change, each fact with both of its values."""
    for fact in change.facts:
        here, there = (say_fact(getattr(item.definition, fact)) for item in (change.current, change.wanted))
        yield FactChange(fact.removeprefix("is_").replace("_", " "), here, there)


def say_fact(value: object) -> str:
    """Return ``numeric(10,2)``, ``yes``, ``select, update``, ``fillfactor 70``; empty for what is not set."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(" ".join(map(str, each)) if isinstance(each, tuple) else str(each) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        named = ((field.name, say_fact(getattr(value, field.name))) for field in fields(value))
        return ", ".join(f"{name} {text}" for name, text in named if text)
    return str(value)

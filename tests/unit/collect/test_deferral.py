"""What is deferred from the start is deferrable, whether that is said or not: so PostgreSQL keeps it."""

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from pgcraft.catalog.definitions import Constraint, Trigger
from pgcraft.catalog.objects import Kind
from pgcraft.collect import collect
from pgcraft.models import FunctionDefinition, TriggerDefinition, register_function, register_trigger

SAID = {
    (None, None): "",
    (True, None): " DEFERRABLE",
    (None, "IMMEDIATE"): "",
    (True, "IMMEDIATE"): " DEFERRABLE",
    (True, "DEFERRED"): " DEFERRABLE INITIALLY DEFERRED",
    (None, "deferred"): " DEFERRABLE INITIALLY DEFERRED",
}


@pytest.mark.parametrize(("deferrable", "initially"), SAID)
def test_constraints_are_deferred_as_postgresql_keeps_it(deferrable: bool | None, initially: str | None) -> None:
    """A key that was INITIALLY DEFERRED alone was a change that came back with each revision."""
    metadata, options = MetaData(), {"deferrable": deferrable, "initially": initially}
    Table("other", metadata, Column("a", Integer, primary_key=True), schema="app")
    Table(
        "t",
        metadata,
        Column("a", Integer),
        Column("b", Integer),
        Column("c", ForeignKey("app.other.a", **options)),
        PrimaryKeyConstraint("a", **options),
        UniqueConstraint("b", **options),
        ExcludeConstraint(("b", "="), **options),
        schema="app",
    )
    found = {
        item.definition.type: item.definition.text
        for item in collect(metadata).of_kind(Kind.CONSTRAINT)
        if isinstance(item.definition, Constraint) and item.id.parent == "t"
    }
    deferral = SAID[deferrable, initially]
    assert {
        "primary key": f"PRIMARY KEY (a){deferral}",
        "unique": f"UNIQUE (b){deferral}",
        "foreign key": f"FOREIGN KEY (c) REFERENCES app.other(a){deferral}",
        "exclude": f"EXCLUDE USING gist (b WITH =){deferral}",
    } == found


@pytest.mark.parametrize(
    ("deferrable", "deferred", "expected"),
    [(False, False, (False, False)), (True, False, (True, False)), (False, True, (True, True))],
)
def test_constraint_triggers_are_deferred_as_postgresql_keeps_it(
    *, deferrable: bool, deferred: bool, expected: tuple[bool, bool]
) -> None:
    metadata = MetaData()
    Table("t", metadata, Column("a", Integer), schema="app")
    register_function(metadata, FunctionDefinition(schema="app", name="f", returns="trigger", body="BEGIN END"))
    definition = TriggerDefinition(
        schema="app",
        relation="t",
        name="w",
        timing="after",
        events="insert",
        function=("app", "f"),
        is_constraint=True,
        deferrable=deferrable,
        initially_deferred=deferred,
    )
    register_trigger(metadata, definition)
    (item,) = collect(metadata).of_kind(Kind.TRIGGER)
    trigger = item.defined_as(Trigger)
    assert expected == (trigger.deferrable, trigger.initially_deferred)

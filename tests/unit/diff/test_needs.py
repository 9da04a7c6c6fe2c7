"""Which operations of a revision go together."""

import sqlalchemy as sa
from alembic.operations import ops

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.catalog.ids import parse_id
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.needs import find_needs
from pgcraft.diff.order import Step


def listed(line: str) -> list[str]:
    return sorted(part for part in line.split(", ") if part)


def step(operation: ops.MigrateOperation, line: str, **facts: str) -> Step[ops.MigrateOperation]:
    return Step(
        operation, parse_id(line), **{word: frozenset(map(parse_id, listed(ids))) for word, ids in facts.items()}
    )


def test_what_cannot_do_without_another_goes_with_it() -> None:
    drop, make_ = (CatalogOp(Action(verb, parse_id("view app.v"), (), ())) for verb in (Verb.DROP, Verb.CREATE))
    made, column, other = (
        ops.CreateTableOp("t", []),
        ops.AddColumnOp("t", sa.Column("a")),
        ops.AddColumnOp("t", sa.Column("b")),
    )
    gone, key = ops.DropColumnOp("t", "c"), ops.DropConstraintOp("k", "t")
    steps = [
        step(drop, "view app.v", removes="view app.v", releases="table app.t"),
        step(key, "constraint k on app.t", removes="constraint k on app.t", releases="column app.t.c"),
        step(gone, "column app.t.c", removes="column app.t.c"),
        step(made, "table app.t", provides="table app.t"),
        step(column, "column app.t.a", provides="column app.t.a", requires="table app.t"),
        step(other, "column app.t.b", provides="column app.t.b", removes="column app.t.b", requires="table app.t"),
        step(make_, "view app.v", provides="view app.v", requires="table app.t"),
    ]
    keys = {id(each): name for each, name in zip((drop, key, gone, made, column, other, make_), "DKGTABV", strict=True)}
    needs = {keys[number]: found for number, found in find_needs(steps, keys).items()}
    assert {
        "D": ("V",),
        "K": (),
        "G": ("D", "K", "V"),
        "T": (),
        "A": ("T",),
        "B": ("D", "T", "V"),
        "V": ("A", "D", "T"),
    } == needs


def test_all_that_is_done_to_an_object_goes_together() -> None:
    made, closed = ops.CreateTableOp("t", []), CatalogOp(Action(Verb.ALTER, parse_id("table app.t"), ("REVOKE",), ()))
    steps = [step(made, "table app.t", provides="table app.t"), step(closed, "table app.t", requires="table app.t")]
    keys = {id(made): "T", id(closed): "C"}
    assert {"T": ("C",), "C": ("T",)} == {keys[number]: found for number, found in find_needs(steps, keys).items()}

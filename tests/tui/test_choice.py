"""Leaving operations out of a revision, and the progress of long work; without a screen."""

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.render.statement import Hazard, HazardType
from pgcraft.service.types import Intention, Operation, Progress, Stage
from pgcraft_tui.present.choice import Choice, name_target, suggest_message
from pgcraft_tui.present.revising import make_intention_rows, summarize_choice
from pgcraft_tui.present.stages import Stages, advance_stages, close_stages, format_seconds, format_stage

TABLE = ObjectId(Kind.TABLE, "inventory", "products")
NOTE = ObjectId(Kind.COLUMN, "inventory", "note", "products")
VIEW = ObjectId(Kind.VIEW, "api", "products")
GRANT = ObjectId(Kind.GRANT, "api", "products", "anon", "view")
OLD = ObjectId(Kind.TABLE, "inventory", "old")


def make(key: str, target: ObjectId, *needs: str, hazards: tuple[Hazard, ...] = ()) -> Operation:
    return Operation(key, "create", target, f"create {target}", (f"-- {key}",), (), hazards, needs)


OPERATIONS = (
    make("note", NOTE),
    make("view", VIEW, "note"),
    make("grant", GRANT, "view"),
    make("old", OLD, hazards=(Hazard(HazardType.DATA_LOSS, "every row is lost"),)),
)
INTENTIONS = (
    Intention(
        "inventory.products gains note; api.products is made again with its grant",
        "inventory.products gains note",
        (NOTE,),
        ("note", "view", "grant"),
        ("api.products is made again with its grant",),
    ),
    Intention("inventory.old is new", "inventory.old is new", (OLD,), ("old",)),
)


def test_what_needs_an_operation_goes_with_it():
    assert Choice(OPERATIONS).toggle("note").left_out_keys == ("note", "view", "grant")
    assert Choice(OPERATIONS).toggle("grant").left_out_keys == ("grant",)


def test_what_an_operation_needs_comes_back_with_it():
    choice = Choice(OPERATIONS).toggle("grant").toggle("note").toggle("view")
    assert choice.left_out_keys == ("grant",)
    assert [each.key for each in choice.taken] == ["note", "view", "old"]


def test_taking_an_operation_in_again_brings_back_what_followed_it():
    choice = Choice(OPERATIONS)
    assert choice.toggle("note").toggle("note").left_out == frozenset()
    assert choice.toggle("grant").toggle("note").toggle("note").left_out_keys == ("grant",)


def test_a_choice_is_kept_over_a_new_comparison():
    choice = Choice(OPERATIONS).toggle("view").carry_over((*OPERATIONS[:2], make("new", VIEW, "view")))
    assert choice.left_out_keys == ("view", "new")


def test_operations_that_lose_data_are_named_as_they_must_be_typed():
    choice = Choice(OPERATIONS)
    assert [name_target(each) for each in choice.destructive] == ["inventory.old"]
    assert choice.toggle("old").destructive == ()


def test_a_change_goes_and_comes_with_all_of_its_steps():
    choice = Choice(OPERATIONS, INTENTIONS)
    left = choice.toggle_all(INTENTIONS[0])
    assert left.left_out_keys == ("note", "view", "grant")
    assert left.left_out_names == ("inventory.products.note",)
    assert left.taken_intentions == INTENTIONS[1:]
    assert left.toggle_all(INTENTIONS[0]).left_out == frozenset()
    partly = choice.toggle("view")
    assert partly.left_out_names == ("view",)
    assert partly.toggle_all(INTENTIONS[0]).left_out_keys == ("note", "view", "grant")


def test_what_follows_out_of_another_change_need_not_be_named():
    needing = Intention("b needs a", "b needs a", (GRANT,), ("grant",))
    first = Intention("a", "a", (NOTE,), ("note", "view"))
    choice = Choice(OPERATIONS[:3], (first, needing)).toggle_all(first)
    assert choice.left_out_keys == ("note", "view", "grant")
    assert choice.left_out_names == ("inventory.products.note",)


def test_the_box_of_a_change_says_whether_all_of_it_is_taken():
    choice = Choice(OPERATIONS, INTENTIONS)
    shown = [
        ["".join(span.text for span in row) for row in make_intention_rows(INTENTIONS[0], each, is_open=False)]
        for each in (choice, choice.toggle("grant"), choice.toggle("note"))
    ]
    following = "        api.products is made again with its grant"
    assert shown == [[f"▸ [{sign}] + inventory.products gains note", following] for sign in "x- "]
    assert summarize_choice(choice, ()) == "2 changes · the first revision · 1 loses data"
    assert summarize_choice(choice.toggle("grant"), ()).startswith("2 changes · without 1 step · ")
    assert summarize_choice(choice.toggle("note"), ()).startswith("1 of 2 changes · the first")


def test_a_message_is_suggested_from_what_is_taken():
    assert suggest_message(()) == ""
    assert suggest_message(INTENTIONS[:1]) == "inventory.products gains note"
    assert suggest_message(INTENTIONS) == "inventory.products gains note and inventory.old is new"
    assert suggest_message(INTENTIONS * 2) == "inventory.products gains note, inventory.old is new and 2 more"


def test_stages_are_listed_with_counts_and_seconds():
    stages: Stages = ()
    for report in (
        Progress(Stage.SERVER, seconds=0.0),
        Progress(Stage.REPLAY, 0, 12, 0.6),
        Progress(Stage.REPLAY, 3, 12, 0.8, "3f2a1c"),
    ):
        stages = advance_stages(stages, report)
    assert [format_stage(line, 1.0) for line in stages] == [
        "✓ starting PostgreSQL  0.6 s",
        "… replaying migrations  3 of 12  3f2a1c  0.4 s",
    ]
    assert format_stage(close_stages(stages, 1.6)[-1], 9.0).startswith("✓ replaying migrations")


def test_seconds_are_short():
    assert [format_seconds(value) for value in (0.04, 9.9, 9.96, 119.4, 125)] == [
        "0.0 s",
        "9.9 s",
        "10 s",
        "119 s",
        "2 min 5 s",
    ]

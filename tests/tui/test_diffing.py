"""The difference of two texts, without a screen."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pgcraft_tui.present.diffing import DiffLine, Fold, Sign, TextDiff, compute_diff, mark_words, split_lines
from pgcraft_tui.present.rows import lay_out_diff, wrap_line
from pgcraft_tui.present.visible import make_visible, make_visible_line

OLD = "CREATE VIEW api.products AS\nSELECT id, name\nFROM inventory.products;\n"
NEW = "CREATE VIEW api.products AS\nSELECT id, name, sku\nFROM inventory.products;\n"

texts = st.lists(st.sampled_from(["a", "b", "  x integer", "  x bigint", "", ")"]), max_size=12).map("\n".join)


def left_of(diff: TextDiff) -> list[str]:
    return [pair.left.text for pair in diff.pairs if pair.left is not None]


def right_of(diff: TextDiff) -> list[str]:
    return [pair.right.text for pair in diff.pairs if pair.right is not None]


def show(diff: TextDiff) -> list[str]:
    return [f"⋯{line.count}" if isinstance(line, Fold) else f"{line.sign}{line.text}" for line in diff.fold_lines(1)]


def test_a_changed_line_is_removed_then_added_with_its_words_marked():
    diff = compute_diff(OLD, NEW)
    removed, added = diff.fold_lines()[1:3]
    assert isinstance(removed, DiffLine)
    assert isinstance(added, DiffLine)
    assert (removed.sign, removed.old_number, removed.new_number) == (Sign.REMOVED, 2, None)
    assert (added.sign, added.old_number, added.new_number) == (Sign.ADDED, None, 2)
    assert [added.text[low:high] for low, high in added.marks] == [", sku"]
    assert removed.marks == ()


def test_lines_with_little_in_common_get_no_marks():
    assert mark_words("GRANT SELECT ON a TO b", "x := 3;") == ((), ())


def test_equal_lines_far_from_a_change_are_folded():
    old = "\n".join("abcdefgh")
    assert show(compute_diff(old, old.replace("e", "E"))) == ["⋯3", " d", "-e", "+E", " f", "⋯2"]


def test_equal_texts_have_one_fold_and_no_change():
    diff = compute_diff(OLD, OLD)
    assert show(diff) == ["⋯3"]
    assert (diff.added, diff.removed) == (0, 0)


def test_a_changed_block_puts_like_beside_like():
    diff = compute_diff("  id integer\n  price numeric\n", "  note text\n  id bigint\n  price numeric(10,2)\n")
    pairs = [(pair.left and pair.left.text, pair.right and pair.right.text) for pair in diff.pairs]
    assert pairs == [
        (None, "  note text"),
        ("  id integer", "  id bigint"),
        ("  price numeric", "  price numeric(10,2)"),
    ]


def test_from_and_to_nothing():
    assert (compute_diff("", "a\nb\n").added, compute_diff("a\nb\n", "").removed) == (2, 2)
    assert compute_diff("", "").pairs == ()


@given(texts, texts)
def test_both_sides_hold_exactly_their_text(old: str, new: str):
    diff = compute_diff(old, new)
    assert left_of(diff) == split_lines(old)
    assert right_of(diff) == split_lines(new)


@given(texts, texts)
def test_line_numbers_count_on(old: str, new: str):
    lines = [line for line in compute_diff(old, new).fold_lines(None) if isinstance(line, DiffLine)]
    for numbers in ([line.old_number for line in lines], [line.new_number for line in lines]):
        counted = [number for number in numbers if number is not None]
        assert counted == list(range(1, len(counted) + 1))


@given(st.text(alphabet="ab ,表🎉é", max_size=80), st.integers(2, 30))
def test_wrapped_pieces_fit_and_lose_nothing(text: str, width: int):
    pieces = wrap_line(DiffLine(Sign.SAME, text, 1, 1), width)
    assert "".join(piece.text for piece in pieces) == text
    assert all(cell_len(piece.text) <= width for piece in pieces)


def test_a_line_breaks_after_a_comma_that_is_near():
    assert [piece.text for piece in wrap_line(DiffLine(Sign.SAME, "SELECT one, two, three", 1, 1), 12)] == [
        "SELECT one, ",
        "two, three",
    ]


def test_side_by_side_rows_keep_a_place_for_the_missing_side():
    rows = lay_out_diff(compute_diff("a\n", "a\nb\n"), width=20, is_beside=True, context=None)
    assert rows[1].left is None
    assert rows[1].right is not None


def test_what_steers_a_terminal_is_shown_and_not_sent():
    assert make_visible("a\x1b[31m\tb\x07\u202e\ud800") == "a␛[31m  b␇‹U+202E›‹U+D800›"
    assert make_visible("[red]名前[/]\nx") == "[red]名前[/]\nx"
    assert make_visible_line("one\ntwo") == "one␊two"

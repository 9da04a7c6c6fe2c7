"""What is said of a history with several heads."""

import pytest

from pgcraft.service.heads import Head, find_several, list_heads

ONE, TWO = Head("aaaa", "add note"), Head("bbbb", "add price")
KEPT, BLOG = Head("cccc", "kept", ("core", "kept")), Head("dddd", "posts", ("blog", "core"))


def test_one_head_is_nothing_to_speak_of() -> None:
    assert () == find_several(())
    assert () == find_several((ONE,))


def test_heads_are_listed_with_their_labels() -> None:
    assert "aaaa (add note), bbbb (add price) and cccc (kept, core/kept)" == list_heads((ONE, TWO, KEPT))


@pytest.mark.parametrize(
    ("heads", "level"),
    [((ONE, TWO), "problem"), ((ONE, KEPT), "problem"), ((KEPT, BLOG), "note"), ((KEPT, KEPT), "problem")],
)
def test_only_branches_with_labels_of_their_own_are_meant_to_stay_apart(heads: tuple[Head, ...], level: str) -> None:
    (found,) = find_several(heads)
    assert level == found.level
    assert ("pgcraft merge" in found.remedy) == (level == "problem")
    assert found.message.endswith("all of them were replayed")


def test_it_is_told_which_branch_was_replayed() -> None:
    (found,) = find_several((ONE, TWO), TWO)
    assert found.message.endswith("; bbbb alone was replayed")

"""Ordering by needs: stable, complete, and readable about rings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgcraft.graph import RingError, find_ring, order, order_groups, reach

GRAPHS = st.dictionaries(st.integers(0, 15), st.lists(st.integers(0, 15), max_size=4), max_size=16)


def test_each_node_stands_after_what_it_needs() -> None:
    needs = {"view": ["table", "function"], "table": ["schema"], "function": ["schema"]}
    assert order(["view", "table", "function", "schema"], needs, key=str) == ("schema", "function", "table", "view")


def test_ties_go_by_the_key_and_not_by_arrival() -> None:
    assert order("cab", {}, key=str) == order("bca", {}, key=str) == ("a", "b", "c")


def test_needs_outside_of_the_nodes_are_passed_over() -> None:
    assert order(["a"], {"a": ["elsewhere"]}, key=str) == ("a",)


def test_a_ring_is_told_in_the_order_of_its_needs() -> None:
    with pytest.raises(RingError, match=r"^a needs c needs b needs a$") as caught:
        order("abcd", {"a": ["d", "c"], "c": ["b"], "b": ["a"]}, key=str)
    assert caught.value.ring == ("a", "c", "b")


def test_a_node_that_needs_itself_is_a_ring() -> None:
    with pytest.raises(RingError, match=r"^a needs a$"):
        order("ab", {"a": ["a"]}, key=str)


def test_groups_keep_a_ring_together_between_what_it_needs_and_what_needs_it() -> None:
    needs = {"a": ["z"], "z": ["a", "base"], "top": ["z"]}
    assert order_groups(["top", "z", "a", "base"], needs, key=str) == (("base",), ("a", "z"), ("top",))


def test_a_chain_deeper_than_the_recursion_limit_is_ordered() -> None:
    nodes = range(5000)
    assert order(nodes, {n: [n + 1] for n in nodes}, key=int) == tuple(reversed(nodes))


def test_reach_follows_edges_to_the_end() -> None:
    assert reach(["a"], {"a": ["b"], "b": ["c", "a"], "x": ["a"]}) == {"a", "b", "c"}


@given(GRAPHS)
def test_any_graph_is_ordered_or_its_ring_is_real(needs: dict[int, list[int]]) -> None:
    try:
        placed = order(needs, needs, key=int)
    except RingError as error:
        ring = error.ring
        assert all(after in needs[before] for before, after in zip(ring, (*ring[1:], ring[0]), strict=True))
        return
    assert sorted(needs) == sorted(placed)
    assert find_ring(needs, needs, key=int) == ()
    for index, node in enumerate(placed):
        assert not set(needs[node]) & set(placed[index:])


@given(GRAPHS)
def test_groups_hold_every_node_once_and_look_only_backwards(needs: dict[int, list[int]]) -> None:
    groups = order_groups(needs, needs, key=int)
    assert sorted(needs) == sorted(node for group in groups for node in group)
    for index, group in enumerate(groups):
        later = {node for other in groups[index + 1 :] for node in other}
        assert not {needed for node in group for needed in needs[node]} & later

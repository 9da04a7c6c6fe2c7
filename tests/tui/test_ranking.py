"""Jumping: which object a few letters mean."""

import time

import pytest

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft_tui.present.ranking import PREFIXES, find_matches, make_candidates, split_prefix

IDS = (
    ObjectId(Kind.TABLE, "inventory", "products"),
    ObjectId(Kind.TABLE, "inventory", "product_groups"),
    ObjectId(Kind.TABLE, "sales", "by_product"),
    ObjectId(Kind.VIEW, "api", "products"),
    ObjectId(Kind.COLUMN, "inventory", "price", "products"),
    ObjectId(Kind.FUNCTION, "api", "api_products_insert", None, ""),
    ObjectId(Kind.ROLE, None, "anon"),
    ObjectId(Kind.GRANT, "api", "products", "anon", "view"),
    ObjectId(Kind.TABLE, "inventory", "[red]Ünïcode 表\n"),
)
CANDIDATES = make_candidates(IDS)


def found(query: str) -> list[str]:
    return [match.candidate.name for match in find_matches(query, CANDIDATES)]


def test_a_whole_name_comes_before_a_beginning_and_that_before_the_rest():
    assert found("products")[:4] == [
        "inventory.products",
        "api.products",
        "api.products to anon",
        "api.api_products_insert()",
    ]
    assert found("product")[0:2] == ["inventory.products", "inventory.product_groups"]
    assert found("product").index("sales.by_product") < len(found("product"))


def test_words_fit_in_any_order():
    assert found("price inv")[0] == "inventory.products.price"


def test_letters_in_order_come_after_words():
    assert found("prce")[0] == "inventory.products.price"
    assert found("zzz") == []


@pytest.mark.parametrize(("query", "names"), [
    ("t:products", ["inventory.products"]),
    ("v: products", ["api.products"]),
    ("f:insert", ["api.api_products_insert()"]),
    ("role:", ["anon"]),
    ("role:an", ["anon"]),
    ("function:insert", ["api.api_products_insert()"]),
])  # fmt: skip
def test_a_prefix_narrows_to_a_kind(query: str, names: list[str]):
    assert names == found(query)[: len(names)]


def test_an_unknown_prefix_is_text():
    assert split_prefix("a::b") == (frozenset(), "a::b")


def test_every_kind_but_the_servers_extensions_has_a_short_prefix():
    assert {kind for kinds in PREFIXES.values() for kind in kinds} == set(Kind) - {Kind.EXTENSION}


def test_nothing_typed_lists_everything_tables_first():
    assert len(found("")) == len(IDS)
    assert found("")[0] == "inventory.[red]Ünïcode 表␊"


def test_marks_are_places_in_the_name():
    match = find_matches("price", CANDIDATES)[0]
    assert "".join(match.candidate.name[at] for at in match.marks) == "price"
    match = find_matches("ÜN", CANDIDATES)[0]
    assert "".join(match.candidate.name[at] for at in match.marks) == "Ün"


def test_ten_thousand_objects_are_searched_within_a_frame_or_two():
    ids = [ObjectId(Kind.COLUMN, f"s{at % 20}", f"column_{at}", f"table_{at % 700}") for at in range(10_000)]
    candidates = make_candidates(ids)
    for query in ("c", "column_77", "s7 77", "clmn9"):
        began = time.thread_time()
        find_matches(query, candidates)
        assert time.thread_time() - began < 2, query

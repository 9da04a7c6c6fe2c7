"""SQL cut into tokens, and what is built on them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pgcraft.catalog.function_settings import canonical_settings, render_setting
from pgcraft.catalog.tokens import split_top_level, strip_parentheses, tokenize

SQL = st.text(st.sampled_from(list("ab1_'\"$-/*\\\n ().,;:[]eE%")), max_size=40)


@given(SQL)
@example("/* a /* b */ c")
@example("'open")
@example("$tag$ $other$ ' $tag$ x")
def test_the_tokens_of_a_text_are_the_text(sql: str) -> None:
    assert sql == "".join(token.text for token in tokenize(sql))


@pytest.mark.parametrize(
    ("sql", "parts"),
    [
        ("", ()),
        ("a", ("a",)),
        (" a , b ", ("a", "b")),
        ("f(a, b), 'c, d', \"e, f\"", ("f(a, b)", "'c, d'", '"e, f"')),
        ("ARRAY[1, 2], $$x, y$$, /* p, q */ z", ("ARRAY[1, 2]", "$$x, y$$", "/* p, q */ z")),
        (r"E'it\', still', b", (r"E'it\', still'", "b")),
    ],
)
def test_a_list_is_cut_only_between_its_members(sql: str, parts: tuple[str, ...]) -> None:
    assert parts == split_top_level(sql)


@pytest.mark.parametrize(
    ("sql", "bare"),
    [
        ("(price > 0)", "price > 0"),
        ("((price > 0))", "price > 0"),
        ("(a) + (b)", "(a) + (b)"),
        ("(a", "(a"),
        ("(')' = x)", "')' = x"),
        ("a", "a"),
    ],
)
def test_only_parentheses_around_everything_are_taken_away(sql: str, bare: str) -> None:
    assert bare == strip_parentheses(sql)


@pytest.mark.parametrize("value", ['""', "''", "", '"" '])
def test_the_empty_search_path_has_one_form(value: str) -> None:
    assert (("search_path", ""),) == canonical_settings([("search_path", value)])


def test_a_search_path_is_a_list_of_names() -> None:
    settings = canonical_settings([("Search_Path", "app,\"$user\", 'Mixed',pg_temp"), ("work_mem", "4 MB")])
    assert (("search_path", 'app, "$user", "Mixed", pg_temp'), ("work_mem", "4 MB")) == settings
    assert ['SET search_path = app, "$user", "Mixed", pg_temp', "SET work_mem = '4 MB'"] == [
        render_setting(*setting) for setting in settings
    ]

"""What an index takes as it is, and what it takes in parentheses alone."""

import pytest

from pgcraft.plugins.indexes import _parenthesize


@pytest.mark.parametrize(
    "element",
    [
        "price",
        '"Price a(" DESC NULLS LAST',
        "price int4_ops ASC",
        "name gin_trgm_ops(siglen = 32)",
        "name app.gin_trgm_ops",
        'name COLLATE "de-x-icu" desc',
        "lower(name)",
        "pg_catalog.lower(name || ')') COLLATE \"C\" text_pattern_ops",
        "(price * 2) DESC",
        "((a -> 'b'))",
    ],
)
def test_names_calls_and_groups_stand_bare(element: str) -> None:
    assert element == _parenthesize(element)


@pytest.mark.parametrize(
    "element", ["price * 2", "price DESCENDING", "lower(a) || lower(b)", "(a) + (b)", "a.b", "a::text"]
)
def test_every_other_expression_gets_parentheses(element: str) -> None:
    assert f"({element})" == _parenthesize(f" {element} ")

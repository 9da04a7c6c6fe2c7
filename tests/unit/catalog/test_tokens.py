"""SQL cut into tokens, and what is built on them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pgcraft.catalog.function_settings import canonical_settings, render_setting
from pgcraft.catalog.tokens import (
    Reference,
    Token,
    TokenType,
    canonical_condition,
    find_group,
    find_references,
    list_strings,
    replace_word,
    split_top_level,
    strip_parentheses,
    tokenize,
)

SQL = st.text(st.sampled_from(list("ab1_'\"$-/*\\\n ().,;:[]eEuU&%|+=@")), max_size=40)


@given(SQL)
@example("/* a /* b */ c")
@example("'open")
@example("$tag$ $other$ ' $tag$ x")
def test_the_tokens_of_a_text_are_the_text(sql: str) -> None:
    assert sql == "".join(token.text for token in tokenize(sql))


def _kinds(sql: str) -> list[tuple[str, str]]:
    return [(token.type.name, token.text) for token in tokenize(sql) if token.type is not TokenType.SPACE]


@pytest.mark.parametrize(
    ("sql", "kinds"),
    [
        ('a_$1 "b c" U&"d"', [("WORD", "a_$1"), ("QUOTED_NAME", '"b c"'), ("QUOTED_NAME", 'U&"d"')]),
        ("$1+$2", [("PARAMETER", "$1"), ("OPERATOR", "+"), ("PARAMETER", "$2")]),
        ("a$$b", [("WORD", "a$$b")]),
        ("$f$ $$ ' $f$", [("STRING", "$f$ $$ ' $f$")]),
        ("x ->> 'y'", [("WORD", "x"), ("OPERATOR", "->>"), ("STRING", "'y'")]),
        ("a=-1", [("WORD", "a"), ("OPERATOR", "="), ("OPERATOR", "-"), ("NUMBER", "1")]),
        ("a@-1", [("WORD", "a"), ("OPERATOR", "@-"), ("NUMBER", "1")]),
        ("a*/**/b", [("WORD", "a"), ("OPERATOR", "*"), ("COMMENT", "/**/"), ("WORD", "b")]),
        ("a+--b\n1", [("WORD", "a"), ("OPERATOR", "+"), ("COMMENT", "--b"), ("NUMBER", "1")]),
        ("'a'::text", [("STRING", "'a'"), ("MARK", "::"), ("WORD", "text")]),
        ("typ'x' e'\\''", [("WORD", "typ"), ("STRING", "'x'"), ("STRING", "e'\\''")]),
        ("/* a /* b */ c */ d", [("COMMENT", "/* a /* b */ c */"), ("WORD", "d")]),
    ],
)
def test_each_token_is_what_postgresql_reads(sql: str, kinds: list[tuple[str, str]]) -> None:
    assert kinds == _kinds(sql)


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("'it''s'", "it's"),
        ("'a\\b'", "a\\b"),
        (r"E'a\tb\\ \'c\' \101\x42\u00fc\U0001F600'", "a\tb\\ 'c' AB\u00fc\U0001f600"),
        (r"U&'d\0061t\+000061 \\'", "data \\"),
        ("$$it's$$", "it's"),
        ("$q$ $$ $q$", " $$ "),
        ("N'x'", "x"),
        ("'open", "open"),
    ],
)
def test_a_string_stands_for_its_text(sql: str, value: str) -> None:
    assert [value] == [token.value for token in tokenize(sql)]
    assert (value,) == list_strings(sql)


@pytest.mark.parametrize(
    ("sql", "name"), [("Abc", "abc"), ('"A""b"', 'A"b'), (r'U&"d\0061ta"', "data"), ("'a'", None), ("1", None)]
)
def test_a_name_is_folded_as_postgresql_folds_it(sql: str, name: str | None) -> None:
    assert [name] == [token.name for token in tokenize(sql)]


def test_a_word_is_replaced_only_where_it_is_code() -> None:
    assert "v > 0 AND 'VALUE' <> \"VALUE\" -- VALUE" == replace_word(
        "value > 0 AND 'VALUE' <> \"VALUE\" -- VALUE", "VALUE", "v"
    )


@pytest.mark.parametrize(
    ("sql", "references"),
    [
        ('SELECT a.b, C . "D" FROM e', [(("a", "b"), False), (("c", "D"), False)]),
        ("f(x) + s.g (y)", [(("f",), True), (("s", "g"), True)]),
        (
            "nextval('s.seq'), 'a.b c', 's.\"T\"'::regclass",
            [(("nextval",), True), (("s", "seq"), False), (("s", "T"), False)],
        ),
        (r"E'\'a.b' -- c.d" "\n/* e.f /* g.h */ i.j */ k.l", [(("k", "l"), False)]),
        ("EXECUTE $q$ SELECT a.b $q$, 1.5, c.d", [(("a", "b"), False), (("c", "d"), False)]),
        ("a.b.c(1)", [(("a", "b", "c"), True)]),
    ],
)
def test_references_are_found_in_code_alone(sql: str, references: list[tuple[tuple[str, ...], bool]]) -> None:
    assert references == [tuple(each) for each in find_references(sql)]


@given(SQL)
@example('a."b')
@example("a.$$b.c$$")
@example("a.E'b.c'")
@example('\'"."_')
@example("'a.\" ")
def test_references_are_those_that_the_tokens_tell(sql: str) -> None:
    assert _read_slowly(sql) == list(find_references(sql))


def _find_ends(sql: str) -> tuple[Token, ...]:
    tokens = tuple(tokenize(sql))
    return (*tokens[:1], *tokens[-1:])


def _read_slowly(sql: str) -> list[Reference]:
    """Read references token by token."""
    tokens = [token for token in tokenize(sql) if token.type is not TokenType.SPACE]
    found, at = [], 0
    while at < len(tokens):
        path, value = [], tokens[at].value
        while at < len(tokens) and tokens[at].name is not None:
            path.append(str(tokens[at].name))
            at += 1
            if at + 1 < len(tokens) and tokens[at].text == "." and tokens[at + 1].name is not None:
                at += 1
            else:
                break
        is_call = bool(path) and at < len(tokens) and tokens[at].text == "("
        if is_call or len(path) > 1:
            found.append(Reference(tuple(path), is_call))
        if value is not None and tokens[at].text.startswith("$"):
            found += _read_slowly(value)
        elif value is not None and not any(each.type is TokenType.SPACE for each in _find_ends(value)):
            words = [token for token in tokenize(value) if token.type is not TokenType.SPACE]
            names, dots = [token.name for token in words[::2]], [token.text for token in words[1::2]]
            if dots == ["."] * (len(names) - 1) != [] and None not in names:
                found.append(Reference(tuple(map(str, names)), is_call=False))
        at += not path
    return found


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


@pytest.mark.parametrize(
    ("sql", "start", "inside"),
    [
        ("(a)", None, "a"),
        ("f(a, (b)) (c)", None, "a, (b)"),
        ("f(a) g(b)", 4, "b"),
        ("f(')', \"(\")", None, "')', \"(\""),
        ("f())", None, ""),
    ],
)
def test_the_first_group_is_found(sql: str, start: int | None, inside: str) -> None:
    begin, end = find_group(sql) if start is None else find_group(sql, start)
    assert inside == sql[begin:end]


@pytest.mark.parametrize("value", ['""', "''", "", '"" '])
def test_the_empty_search_path_has_one_form(value: str) -> None:
    assert (("search_path", ""),) == canonical_settings([("search_path", value)])


def test_a_search_path_is_a_list_of_names() -> None:
    settings = canonical_settings([("Search_Path", "app,\"$user\", 'Mixed',pg_temp"), ("work_mem", "4 MB")])
    assert (("search_path", 'app, "$user", "Mixed", pg_temp'), ("work_mem", "4 MB")) == settings
    assert ['SET search_path = app, "$user", "Mixed", pg_temp', "SET work_mem = '4 MB'"] == [
        render_setting(*setting) for setting in settings
    ]


@pytest.mark.parametrize("query", ["SELECT 1", "with a AS (SELECT 1) TABLE a", "VALUES (true)"])
def test_a_nested_query_keeps_its_parentheses(query: str) -> None:
    """A policy's condition without them is a syntax error."""
    assert f"({query})" == canonical_condition(f"(({query}))")
    assert "a > 0" == canonical_condition("((a > 0))")

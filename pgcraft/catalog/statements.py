"""Cutting SQL into statements. Standard library only."""

from collections.abc import Iterator

from pgcraft.catalog.tokens import Token, TokenType, depth_change, tokenize


def split_statements(text: str) -> Iterator[str]:
    """Cut a file at the semicolons that end statements; none inside of parentheses, strings or SQL bodies does."""
    return ("".join(token.text for token in tokens).strip() for tokens in cut_statements(text))


def cut_statements(text: str) -> Iterator[list[Token]]:
    """Return the tokens of each statement of a file."""
    tokens: list[Token] = []
    nesting, blocks, last = 0, 0, ""
    for token in tokenize(text):
        nesting += depth_change(token)
        if (token.keyword == "ATOMIC" and last == "BEGIN") or (blocks and token.keyword == "CASE"):
            blocks += 1
        elif blocks and token.keyword == "END":
            blocks -= 1
        last = last if token.is_blank else token.keyword
        if token.type is TokenType.MARK and token.text == ";" and not blocks and nesting <= 0:
            yield from _whole(tokens)
            tokens, nesting = [], 0
        else:
            tokens.append(token)
    yield from _whole(tokens)


def _whole(tokens: list[Token]) -> Iterator[list[Token]]:
    if any(not token.is_blank for token in tokens):
        yield tokens

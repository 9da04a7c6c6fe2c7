"""Tokens of a statement, taken one after the other."""

from pgcraft.catalog.tokens import Token, TokenType
from pgcraft.scripts.sql_changes import QualifiedName


class Words:
    """Tokens that are taken one after the other; a name is what it spells, a keyword is in upper case."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> Token | None:
        """Return the token that comes next."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def take(self) -> str:
        """Take a token and give its keyword, or its text."""
        token = self.peek()
        self._at += 1
        return (token.keyword or token.text) if token else ""

    def skip(self, *keywords: str) -> bool:
        """Take these keywords if they come next."""
        coming = [token.keyword for token in self._tokens[self._at : self._at + len(keywords)]]
        if coming != list(keywords):
            return False
        self._at += len(keywords)
        return True

    def skip_to(self, *keywords: str) -> str:
        """Take everything up to one of these keywords and that, too; empty when there is none."""
        while token := self.peek():
            self._at += 1
            if token.keyword in keywords:
                return token.keyword
        return ""

    def path(self) -> tuple[str, ...]:
        """Take names that dots divide."""
        found: list[str] = []
        while (token := self.peek()) and token.name is not None:
            found.append(token.name)
            self._at += 1
            after = self.peek()
            if after is None or after.text != ".":
                break
            self._at += 1
        return tuple(found)

    def name(self) -> QualifiedName | None:
        """Take a name that may be qualified."""
        match self.path():
            case (name,):
                return None, name
            case (schema, name):
                return schema, name
            case _:
                return None

    def label(self) -> QualifiedName | None:
        """Take a name, or the text of a string."""
        token = self.peek()
        if token is not None and token.type is TokenType.STRING:
            self._at += 1
            return None, token.value or ""
        return self.name()

    def group(self) -> list[Token] | None:
        """Take what stands in parentheses, if they open here."""
        token = self.peek()
        if token is None or token.text != "(":
            return None
        depth, begin = 0, self._at + 1
        while token := self.peek():
            depth += (token.text == "(") - (token.text == ")")
            self._at += 1
            if not depth:
                break
        return self._tokens[begin : self._at - 1]

    def names(self) -> tuple[QualifiedName, ...]:
        """Take names that commas divide; what stands in parentheses behind one is passed over."""
        found = []
        while (name := self.name()) is not None:
            found.append(name)
            self.group()
            token = self.peek()
            if token is None or token.text != ",":
                break
            self._at += 1
        return tuple(found)

"""What SQL in a revision does to rights, memberships and names, read token by token.

Blocks are looked into: a statement begins behind a semicolon, BEGIN, THEN, ELSE or LOOP, whatever stands around it.
"""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Function
from pgcraft.catalog.kinds import KINDS
from pgcraft.catalog.objects import Kind
from pgcraft.catalog.privileges import ALL_PRIVILEGES
from pgcraft.catalog.tokens import Token, TokenType, depth_change, tokenize
from pgcraft.scripts.sql_changes import (
    Commenting,
    Making,
    MembershipChange,
    QualifiedName,
    Removal,
    Renaming,
    RightsChange,
    Setting,
    SqlChange,
)

_OPENERS = frozenset({"BEGIN", "THEN", "ELSE", "LOOP"})
_KINDS = {
    word: tuple(kind for kind in Kind if word in KINDS[kind].words) for row in KINDS.values() for word in row.words
}
"""What a word stands for behind ALTER and DROP; ALTER TABLE renames views and indexes, too."""
_FACTS = tuple(name.upper() for name in Function.OPEN)
_ON = ("schema", "sequence", "function", "procedure", "routine", "table")


def read_sql(sql: str) -> Iterator[SqlChange]:
    """Return what a text does that may hold several statements."""
    for words in _statements(sql):
        reader = _Words(words)
        change: SqlChange | None = None
        match reader.take():
            case "GRANT" | "REVOKE" as verb:
                change = _read_rights(reader, is_grant=verb == "GRANT")
            case "COMMENT":
                change = _read_comment(reader)
            case "CREATE":
                change = _read_made(reader)
            case "DROP":
                change = _read_drop(reader)
            case "ALTER":
                change = _read_alteration(reader)
        if change is not None:
            yield change


def _statements(sql: str) -> Iterator[list[Token]]:
    """Return statements as tokens that are not blank; what stands in a block comes by itself."""
    current: list[Token] = []
    is_block = False
    for token in tokenize(sql):
        if token.is_blank:
            continue
        if not current and token.keyword == "DO":
            is_block = True
        if is_block and token.type is TokenType.STRING:
            yield from _statements(token.value or "")
        if token.text == ";" or token.keyword in _OPENERS:
            if current:
                yield current
            current, is_block = [], False
        else:
            current.append(token)
    if current:
        yield current


class _Words:
    """Tokens that are taken one after the other; a name is what it spells, a keyword is in upper case."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> Token | None:
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


def _read_comment(words: _Words) -> Commenting:
    words.skip("ON")
    kind = words.take()
    path = words.path()
    words.skip_to("IS")
    has_text, name = not words.skip("NULL"), path[-1] if path else None
    return Commenting(has_text, name if kind == "COLUMN" else None, name if kind == "CONSTRAINT" else None)


def _read_rights(words: _Words, *, is_grant: bool) -> RightsChange | MembershipChange | None:
    is_option = not is_grant and words.skip("GRANT", "OPTION", "FOR")
    listed: list[tuple[str, tuple[str, ...]]] = []
    while (name := words.name()) is not None:
        words.skip("PRIVILEGES")
        listed.append((name[1], tuple(token.name for token in words.group() or [] if token.name is not None)))
        token = words.peek()
        if token is None or token.text != ",":
            break
        words.take()
    if words.skip("ON"):
        return _read_privileges(words, listed, is_grant=is_grant, is_option=is_option)
    if not words.skip("TO") and not words.skip("FROM"):
        return None
    members = tuple(member for _, member in words.names())
    return MembershipChange(is_grant, tuple(group for group, _ in listed), members)


def _read_privileges(
    words: _Words, listed: list[tuple[str, tuple[str, ...]]], *, is_grant: bool, is_option: bool
) -> RightsChange | None:
    on = next((kind for kind in _ON if words.skip(kind.upper())), "table")
    names = words.names()
    if not names or not (words.skip("TO") or words.skip("FROM")):
        return None
    grantees = tuple(grantee for _, grantee in words.names())
    kind = "function" if on in ("procedure", "routine") else on
    whole = [privilege for privilege, columns in listed if not columns]
    privileges = ALL_PRIVILEGES[kind] if "all" in whole else tuple(whole)
    columns = tuple((privilege, column) for privilege, columns in listed for column in columns)
    with_option = is_grant and words.skip("WITH", "GRANT", "OPTION")
    return RightsChange(is_grant, names, grantees, privileges, columns, is_option=is_option or with_option)


def _read_drop(words: _Words) -> Removal | None:
    words.skip("MATERIALIZED")
    kind = words.take()
    if kind not in _KINDS:
        return None
    words.skip("CONCURRENTLY")
    words.skip("IF", "EXISTS")
    names = words.names()
    parent = words.name() if words.skip("ON") else None
    return Removal(_KINDS[kind], names, parent) if names else None


def _read_made(words: _Words) -> Setting | Making | None:
    """Read the options that a view is made with, which stand before its query, or the settings of a function."""
    words.skip("UNLOGGED")
    if words.skip("TABLE"):
        words.skip("IF", "NOT", "EXISTS")
        words.name()
        constraints = tuple(_constraints(words.group() or []))
        return Making(constraints) if constraints else None
    words.skip("OR", "REPLACE")
    words.skip("MATERIALIZED")
    if words.skip("AGGREGATE"):
        words.name()
        words.group()
        options = words.group() or ()
        is_said = any(token.keyword == "PARALLEL" for token in options)
        return Setting(is_set=True, names=("parallel",) if is_said else (), is_whole=True)
    if words.skip("FUNCTION") or words.skip("PROCEDURE"):
        words.name()
        words.group()
        return Setting(is_set=True, names=tuple(_setting_names(words)), is_whole=True)
    words.skip("CONSTRAINT")
    if words.skip("TRIGGER"):
        return Setting(is_set=True, names=(), is_whole=True)
    if not words.skip("VIEW"):
        return None
    words.name()
    words.group()
    return Setting(is_set=True, names=_option_names(words) if words.skip("WITH") else (), is_whole=True)


def _constraints(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    """Return the constraints that a table's list names."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += depth_change(token)
        if token.text == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    for part in parts:
        if len(part) > 1 and part[0].keyword == "CONSTRAINT" and part[1].name is not None:
            yield part[1].name, " ".join(token.text for token in part[2:])


def _setting_names(words: _Words) -> Iterator[str]:
    """Return what the SET clauses of a function set, and which of its other facts are said; the body comes behind."""
    if words.skip("RETURNS"):
        words.skip("SETOF")
        words.skip("TABLE")
        words.path()
    while word := words.skip_to("SET", "AS", "RETURN", "BEGIN", *_FACTS):
        if word == "SET":
            yield ".".join(words.path())
        elif word not in _FACTS:
            return
        else:
            yield word.lower()


def _option_names(words: _Words) -> tuple[str, ...]:
    """Return the words that begin what commas divide in parentheses."""
    found, is_first = [], True
    for token in words.group() or ():
        if is_first and token.name is not None:
            found.append(token.name)
        is_first = token.text == ","
    return tuple(found)


def _read_setting(words: _Words) -> Setting | None:
    """Read what ALTER VIEW does behind the name."""
    if words.skip("ALTER"):
        words.skip("COLUMN")
        column = words.name()
        is_set = words.skip("SET", "DEFAULT")
        return Setting(is_set, (f"default of {column[1]}",)) if column else None
    is_set = words.skip("SET")
    return Setting(is_set, _option_names(words)) if is_set or words.skip("RESET") else None


def _read_alteration(words: _Words) -> Removal | Renaming | Setting | None:
    words.skip("MATERIALIZED")
    kind = words.take()
    if kind not in _KINDS:
        return None
    words.skip("IF", "EXISTS")
    words.skip("ONLY")
    name = words.name()
    words.group()
    parent = words.name() if words.skip("ON") else None
    if name is None:
        return None
    if words.skip("DROP", "CONSTRAINT"):
        words.skip("IF", "EXISTS")
        return Removal((Kind.CONSTRAINT,), words.names(), name)
    if words.skip("SET", "SCHEMA"):
        moved = words.name()
        return Renaming(_KINDS[kind], name, parent, new_schema=moved[1]) if moved else None
    if words.skip("RENAME"):
        return _read_renaming(words, _KINDS[kind], name, parent)
    if kind == "STATISTICS" and words.skip("SET", "STATISTICS"):
        return Setting(is_set=words.take() != "-", names=("target",))
    if kind == "TABLE":
        return _read_switch(words)
    return _read_setting(words) if kind == "VIEW" else None


_SWITCHES = {
    ("ENABLE", "ROW"): ("row_security", True),
    ("DISABLE", "ROW"): ("row_security", False),
    ("FORCE", "ROW"): ("force_row_security", True),
    ("NO", "FORCE"): ("force_row_security", False),
    ("ENABLE", "TRIGGER"): ("state", False),
    ("DISABLE", "TRIGGER"): ("state", True),
    ("ENABLE", "REPLICA"): ("state", True),
    ("ENABLE", "ALWAYS"): ("state", True),
}


def _read_switch(words: _Words) -> Setting | None:
    """Read what ALTER TABLE switches of the table, or of a trigger on it."""
    fact, is_set = _SWITCHES.get((words.take(), words.take()), ("", False))
    return Setting(is_set, (fact,)) if fact else None


def _read_renaming(
    words: _Words, kinds: tuple[Kind, ...], name: QualifiedName, parent: QualifiedName | None
) -> Renaming | None:
    """Read what follows RENAME: the object itself gets a name, or a part of it."""
    inner = None
    if words.skip("CONSTRAINT"):
        inner, kinds = words.name(), (Kind.CONSTRAINT,)
    elif not words.skip("TO"):
        words.skip("COLUMN")
        inner, kinds = words.name(), (Kind.COLUMN,)
    if inner is not None:
        name, parent = inner, name
        words.skip("TO")
    new_name = words.name()
    return Renaming(kinds, name, parent, new_name=new_name[1]) if new_name else None

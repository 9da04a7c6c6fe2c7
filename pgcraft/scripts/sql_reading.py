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
from pgcraft.scripts.sql_words import Words

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
        reader = Words(words)
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


def _read_comment(words: Words) -> Commenting:
    words.skip("ON")
    kind = words.take()
    path = words.path()
    words.skip_to("IS")
    has_text, name = not words.skip("NULL"), path[-1] if path else None
    return Commenting(has_text, name if kind == "COLUMN" else None, name if kind == "CONSTRAINT" else None)


def _read_rights(words: Words, *, is_grant: bool) -> RightsChange | MembershipChange | None:
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
    words: Words, listed: list[tuple[str, tuple[str, ...]]], *, is_grant: bool, is_option: bool
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


def _read_drop(words: Words) -> Removal | None:
    words.skip("MATERIALIZED")
    kind = words.take()
    if kind not in _KINDS:
        return None
    words.skip("CONCURRENTLY")
    words.skip("IF", "EXISTS")
    names = words.names()
    parent = words.name() if words.skip("ON") else None
    return Removal(_KINDS[kind], names, parent) if names else None


def _read_made(words: Words) -> Setting | Making | None:
    """Read the options that a view is made with, which stand before its query, or the settings of a function."""
    words.skip("UNLOGGED")
    if words.skip("TABLE"):
        words.skip("IF", "NOT", "EXISTS")
        words.name()
        constraints = tuple(_constraints(words.group() or []))
        names = _option_names(words) if words.skip_to("WITH") else ()
        return Making(constraints, names) if constraints or names else None
    words.skip("UNIQUE")
    if words.skip("INDEX"):
        return Setting(is_set=True, names=_option_names(words) if words.skip_to("WITH") else (), is_whole=True)
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


def _setting_names(words: Words) -> Iterator[str]:
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


def _option_names(words: Words) -> tuple[str, ...]:
    """Return the words that begin what commas divide in parentheses."""
    found, is_first = [], True
    for token in words.group() or ():
        if is_first and token.name is not None:
            found.append(token.name)
        is_first = token.text == ","
    return tuple(found)


def _read_setting(words: Words) -> Setting | None:
    """Read what ALTER VIEW does behind the name."""
    if words.skip("ALTER"):
        words.skip("COLUMN")
        column = words.name()
        is_set = words.skip("SET", "DEFAULT")
        return Setting(is_set, (f"default of {column[1]}",)) if column else None
    is_set = words.skip("SET")
    return Setting(is_set, _option_names(words)) if is_set or words.skip("RESET") else None


def _read_alteration(words: Words) -> Removal | Renaming | Setting | None:
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


def _read_switch(words: Words) -> Setting | None:
    """Read what ALTER TABLE switches of the table, or of a trigger or a column of it."""
    if words.skip("ALTER"):
        words.skip("COLUMN")
        column = words.name()
        fact = words.take() == "SET" and words.take().lower()
        return Setting(is_set=True, names=(fact,), column=column[1]) if column and fact in _STORED else None
    if words.skip("SET", "TABLESPACE"):
        return Setting(is_set=True, names=("tablespace",))
    if words.skip("SET", "ACCESS", "METHOD"):
        return Setting(is_set=True, names=("access_method",))
    if (token := words.peek()) and token.keyword in ("SET", "RESET"):
        is_set = words.take() == "SET"
        names = _option_names(words)
        return Setting(is_set, names) if names else None
    fact, is_set = _SWITCHES.get((words.take(), words.take()), ("", False))
    return Setting(is_set, (fact,)) if fact else None


_STORED = ("storage", "compression")


def _read_renaming(
    words: Words, kinds: tuple[Kind, ...], name: QualifiedName, parent: QualifiedName | None
) -> Renaming | None:
    """Read what follows RENAME: the object itself gets a name, or a part of it."""
    inner = None
    if words.skip("CONSTRAINT"):
        inner, kinds = words.name(), (Kind.CONSTRAINT,)
    elif not words.skip("TO"):
        if words.skip("VALUE") or words.skip("ATTRIBUTE"):
            inner = words.label()
        else:
            words.skip("COLUMN")
            inner, kinds = words.name(), (Kind.COLUMN,)
    if inner is not None:
        name, parent = inner, name
        words.skip("TO")
    new_name = words.label()
    return Renaming(kinds, name, parent, new_name=new_name[1]) if new_name else None

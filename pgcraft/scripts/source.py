"""Python source for a revision file: ``op.execute`` of a statement, exact to the byte and still readable.

On its way from the file to the server a statement passes through four readers, and each may change it:

1. Alembic indents every line of what a renderer gives it, inside of string literals, too, and strips their trailing
   blanks. So a text of several lines stands in ``dedent("…")``, and what ``dedent`` would not give back exactly is
   written as one literal a line.
2. Python reads backslashes, quotes and line ends. So whatever is not printable is an escape.
3. ``sqlalchemy.text()`` takes ``:word`` for a bind parameter and ``\\:`` for a colon. So these get a backslash.
4. Alembic's offline output writes four blanks for a tab. So SQL literals that hold tabs become escape strings.
"""

import re
from collections.abc import Iterable
from textwrap import indent

from pgcraft.catalog.tokens import Token, TokenType, tokenize
from pgcraft.identifiers import quote_escaped, quote_unicode_name

DEDENT_IMPORT = "from textwrap import dedent"
"""What a revision must import when a call of it begins like ``DEDENTED_CALL``."""

DEDENTED_CALL = "op.execute(dedent("

_LINE_LENGTH = 110
_PARAMETER = re.compile(r":(?<![:\w\\]:)\w+(?![:\w])|:(?<=\\:)\w*(?![:\w])")  # a colon first: it is looked for fast
_MARGIN = " " * 4
_MARKER = "# pgcraft: "


def render_execute(sql: str) -> str:
    """Return the call that runs one statement: ``op.execute('GRANT …')``.

    The text may call ``dedent`` (see ``DEDENT_IMPORT``); its lines are meant to be indented by Alembic.
    """
    text = escape_colons(spell_tabs(sql.strip(" \n\t")))
    if "\n" not in text and len(text) <= _LINE_LENGTH:
        return f"op.execute({text!r})"
    lines = text.split("\n")
    if len(lines) == 1 or any(map(str.isspace, lines)) or (_MARKER in text and any(map(_reads_as_marker, lines))):
        return _render_lines(lines)  # dedent would change it, or a line reads as one of our markers
    escaped = lines if stands_as_it_is(text) else map(_escape_line, lines)
    body = "\n".join([_MARGIN + line if line else "" for line in escaped])
    return f'{DEDENTED_CALL}"""\n{body}\n"""))'


def render_alone(lines: Iterable[str]) -> str:
    """Return lines that run without a transaction: what ran before them is committed, and so is each of them."""
    return "\n".join(("with op.get_context().autocommit_block():", indent("\n".join(lines), _MARGIN)))


def escape_colons(sql: str) -> str:
    """Escape what ``sqlalchemy.text()`` would take for a bind parameter or an escaped colon."""
    return _PARAMETER.sub(lambda match: "\\" + match[0], sql)


def spell_tabs(sql: str) -> str:
    r"""Write tabs in strings, function bodies and quoted names as escapes: ``'a⇥b'`` gives ``E'a\tb'``."""
    if "\t" not in sql:
        return sql
    return "".join(_spell(token) if "\t" in token.text else token.text for token in tokenize(sql))


def _spell(token: Token) -> str:
    text = token.text
    if token.type is TokenType.QUOTED_NAME and text.startswith('"'):
        return quote_unicode_name(token.name or "")
    if token.value is not None and text.startswith(("$", "'")):
        return quote_escaped(token.value)
    if token.type is not TokenType.STRING:
        return text
    return text.replace("\t", "\\t") if text[0] in "eE" else text


def _render_lines(lines: list[str]) -> str:
    return f"op.execute(\n{render_literals(lines, _MARGIN)}\n)"


def render_literals(lines: list[str], margin: str) -> str:
    """Return a text of several lines as one literal a line."""
    ended = [line + "\n" for line in lines[:-1]] + lines[-1:]
    return "\n".join(margin + repr(line) for line in ended)


def _reads_as_marker(line: str) -> bool:
    return line.lstrip().startswith(_MARKER)


def stands_as_it_is(text: str) -> bool:
    """Whether no line of a text is written otherwise between three quotes; then none has to be read by itself."""
    is_changed = "\\" in text or '"""' in text or " \n" in text or text.endswith(" ")
    return not is_changed and text.replace("\n", "").isprintable()


def _escape_line(line: str) -> str:
    escaped = line.replace("\\", "\\\\")
    if not escaped.isprintable():
        escaped = "".join(char if char.isprintable() else repr(char)[1:-1] for char in escaped)
    escaped = escaped.replace('"""', '\\"\\"\\"')
    return escaped[:-1] + "\\x20" if escaped.endswith(" ") else escaped

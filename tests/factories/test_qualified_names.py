"""Generated functions name what they use with its schema, so that a reader need not know the path."""

import re

from pgcraft.catalog.definitions import Function
from pgcraft.catalog.objects import Kind
from pgcraft.collect import collect
from tests.factories.test_shadowing import declare

SYNTAX = frozenset(
    "and as bit check coalesce distinct exists from greatest if in lateral not on or returning row select set values when"
    " where with key using then else case by".split()
)
DEFAULTS = frozenset(("gen_random_uuid", "uuidv7"))
"""Where a key's default is taken, it stands as the column has it."""
KEYWORD_TYPES = frozenset(
    "bigint bit boolean character char decimal integer interval numeric real smallint varchar".split()
)
STRING = re.compile(r"E?'([^'\\]|''|\\.)*'")
CALL = re.compile(r"(?<![\w.\"])([a-z_]\w*) ?\(")
CAST = re.compile(r"::([a-z_]\w*)(?!\w|\.)", re.IGNORECASE)
VARIABLE = re.compile(r"^    \w+ ([a-z_]\w*)(?![\w.])", re.MULTILINE)
INSERTED = re.compile(r"(\bAS \w+|[\w\"]\.[\w\"]+) \(")


def test_no_generated_body_names_a_function_or_type_without_its_schema() -> None:
    functions = list(collect(declare(18).metadata).of_kind(Kind.FUNCTION))
    assert len(functions) > 100
    for item in functions:
        body = INSERTED.sub("", STRING.sub("''", item.defined_as(Function).body))
        declared = body.partition("BEGIN")[0]
        assert not {name for name in CALL.findall(body) if name.lower() not in SYNTAX | DEFAULTS}, item.id
        assert not {name for name in CAST.findall(body) if name.lower() not in KEYWORD_TYPES}, item.id
        assert not {name for name in VARIABLE.findall(declared) if name not in KEYWORD_TYPES}, item.id

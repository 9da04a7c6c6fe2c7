"""What docs/kinds.md says of what is not modelled is what is named."""

import re
from pathlib import Path

from pgcraft.introspect.notes import _UNMODELLED

PAGE = (Path(__file__).parents[2] / "docs/kinds.md").read_text(encoding="utf-8")
SEARCH = ("configuration", "dictionary", "parser", "template")
IN_WORDS = {
    **{f"text search {part}": "configurations, dictionaries, parsers and templates of text search" for part in SEARCH},
    **{f"{part} of a partition": "indexes, constraints and triggers" for part in ("index", "constraint", "trigger")},
    "C function": "functions in C",
    "operator class": "operators, their classes and families",
    "operator family": "operators, their classes and families",
    "table of a type": "tables of a type",
    "foreign server": "foreign tables, servers, wrappers",
    "foreign data wrapper": "foreign tables, servers, wrappers",
    "sequence that a column owns and does not take from": "sequences that a column owns and does not take from",
    "statistics object": "statistics objects of another schema",
    "statistics target of column": "statistics targets and options of columns",
    "options of column": "statistics targets and options of columns",
    "replica identity of table": "replica identities",
    "index to cluster by": "what a table is clustered by",
    "what its owner may not do with": "privileges that an owner gave up",
}


def test_all_that_is_not_modelled_is_on_the_page() -> None:
    _, _, section = " ".join(PAGE.split()).partition("## What is not modelled")
    named = re.findall(r"(?:SELECT|THEN|ELSE) '([^'.]+)'", _UNMODELLED)
    assert len(named) > 15
    assert [] == [name for name in named if IN_WORDS.get(name, name) not in section]

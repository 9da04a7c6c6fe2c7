"""Nothing that the seeds print is left out of, or changed in, the examples that the other tests run."""

import re

import pytest

from tests.seeds.printed import list_examples, read_document, read_example

CODE_BLOCK = re.compile(r"\.\. code-block:: \w+ (\S+)")
CODE_LINE = re.compile(
    r"^(from \w|import |class \w+\(|def |@\w|curl |postgrest |-H|-d|\[project|[\])]|CREATE |db-|\w+ ?= ?)|[(\[{,]$"
)
PROSE_LINES = ("auto_discover=False is set on the config. Manually",)


def squeeze(text: str) -> str:
    """Return the words divided by one blank: the documents lost their line breaks or their indentation."""
    return " ".join(text.split())


def cut_examples(document: str) -> str:
    """Return the document with a mark in place of each example; longer examples first, they may hold shorter ones."""
    names = sorted(list_examples(document), key=lambda name: -len(read_example(name)))
    text = read_document(document)
    for name in names:
        words = r"\s+".join(map(re.escape, read_example(name).split()))
        text = re.sub(words, f"<<{name}>>", text)
    return text


@pytest.mark.parametrize("name", [*list_examples("cookbook"), *list_examples("extensions")])
def test_each_example_stands_in_its_document_word_by_word(name: str) -> None:
    """A fixture that drifts from the seed would prove something else."""
    assert squeeze(read_example(name)) in squeeze(read_document(name.split("/")[0]))


def test_every_code_block_of_the_cookbook_is_an_example() -> None:
    """A block without a fixture would be a recipe that nobody runs."""
    starts = CODE_BLOCK.findall(cut_examples("cookbook"))
    assert starts
    assert [start for start in starts if not start.startswith("<<cookbook/")] == []


def test_what_is_left_of_the_extensions_page_is_prose() -> None:
    """The page lost its markup, so code that no fixture holds shows only by its look."""
    left = (line.strip() for line in cut_examples("extensions").splitlines())
    assert [line for line in left if CODE_LINE.search(line) and line not in PROSE_LINES] == []

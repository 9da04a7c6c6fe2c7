"""The fenced blocks of a Markdown page."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w+)?[ ]?([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        language: the first word behind the fence.
        title: what follows it: the name of the file that the block is.
        line: of the page, counted from 1.
    """

    language: str
    title: str
    text: str
    line: int


def read_blocks(page: Path) -> tuple[Block, ...]:
    """Return the blocks of a page in order."""
    text = page.read_text(encoding="utf-8")
    return tuple(
        Block(found[1] or "", found[2].strip(), found[3], text[: found.start()].count("\n") + 1)
        for found in FENCE.finditer(text)
    )

"""How the tree of objects is grouped; apart from the tree, so that ``--help`` loads no more than this."""

from enum import StrEnum


class Grouping(StrEnum):
    """What stands at the top of the tree."""

    SCHEMA = "schema"
    FACTORY = "factory"
    EXTENSION = "extension"

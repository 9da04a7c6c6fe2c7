"""How the tree of objects is grouped in both faces; apart from all else, so that ``--help`` loads no more than this."""

from enum import StrEnum


class Grouping(StrEnum):
    """What stands at the top of the tree."""

    SCHEMA = "schema"
    FACTORY = "factory"
    EXTENSION = "extension"

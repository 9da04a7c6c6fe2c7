"""What the body of the wizard may show."""

from enum import StrEnum


class View(StrEnum):
    """What stands in the body; the value is the id of its widget."""

    NOTE = "revision-note"
    OPERATIONS = "revision-operations"
    FILE = "revision-file"
    PROOF = "revision-proof"

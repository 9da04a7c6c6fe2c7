"""What is said of objects beside where they are declared, for want of a word there: owners and comments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pgcraft.models.given import Form, Given, text, text_or_none, word


@dataclass(frozen=True, kw_only=True)
class OwnerDefinition(Given):
    """The role that owns a table, a sequence or a type.

    Attributes:
        on: ``table``, ``sequence`` or ``type``.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        "on": word("table", "sequence", "type"),
        **dict.fromkeys(("schema", "name", "owner"), text),
    }

    schema: str
    name: str
    owner: str
    on: str = "table"


@dataclass(frozen=True, kw_only=True)
class CommentDefinition(Given):
    """A comment on an index, a sequence, an enumerated type, or a column of a view.

    Attributes:
        on: ``index``, ``sequence``, ``type`` or ``column``.
        relation: the table or view of an index or a column.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        "on": word("index", "sequence", "type", "column"),
        **dict.fromkeys(("schema", "name", "comment"), text),
        "relation": text_or_none,
    }

    schema: str
    name: str
    comment: str
    on: str
    relation: str | None = None

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """Return what would not be found."""
        is_part = self.on in ("index", "column")
        if is_part is not (self.relation is not None):
            yield (
                f"it is on a {self.on} {'without' if is_part else 'with'} a relation",
                ("name the table or view in relation=…" if is_part else "leave relation out"),
            )

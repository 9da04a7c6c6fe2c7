"""Check constraints with column markers."""

from dataclasses import dataclass

from pgcraft.models.texts import check_texts


@dataclass(frozen=True)
class PGCraftCheck:
    """A check constraint for ``schema_items``.

    Attributes:
        expression: SQL with ``{column}`` markers: ``{price} > 0``. Write ``{{text}}`` for literal braces around what
            could be a column's name.
        name: the constraint's name; the metadata's naming convention makes one when left out.
        renamed_from: the name that it had before.
    """

    expression: str
    name: str | None = None
    renamed_from: str | None = None

    def __post_init__(self) -> None:
        check_texts("PGCraftCheck", [self.expression], self.name)

    def __str__(self) -> str:
        return f'check "{self.name or self.expression}"'

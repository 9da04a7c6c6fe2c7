"""Foreign keys with column markers, to a dimension or to any table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pgcraft.errors import PGCraftValidationError, Place, find_nearest
from pgcraft.models.provenance import find_caller
from pgcraft.models.texts import check_texts


@dataclass(frozen=True)
class PGCraftFK:
    """A foreign key for ``schema_items``; exactly one of ``references`` and ``raw_references`` is given.

    Attributes:
        references: from ``{column}`` to ``"dimension.column"``, or ``"schema.dimension.column"`` when two schemas own
            a dimension of the name. pgcraft finds the physical table, which may be declared later.
        raw_references: from ``{column}`` to ``"schema.table.column"``, handed to SQLAlchemy as it is; the table may be
            one that only the database knows.
        name: the constraint's name; the metadata's naming convention makes one when left out.
        ondelete: what happens on DELETE of the referenced row: ``CASCADE``, ``SET NULL``, …
        onupdate: what happens on UPDATE of the referenced key.
        renamed_from: the name that it had before.
    """

    references: Mapping[str, str] | None = None
    raw_references: Mapping[str, str] | None = None
    name: str | None = None
    ondelete: str | None = None
    onupdate: str | None = None
    renamed_from: str | None = None

    def __post_init__(self) -> None:
        given: list[object] = [kind for kind in (self.references, self.raw_references) if kind is not None]
        if len(given) != 1 or not given[0]:
            raise PGCraftValidationError(
                "PGC108",
                "a foreign key takes exactly one of references and raw_references, with at least one column in it",
                place=Place(*find_caller(), "PGCraftFK"),
                remedy='write references={"{customer_id}": "customers.id"}',
            )
        for field in ("ondelete", "onupdate"):
            _check_action(field, getattr(self, field))
        pairs = given[0].items() if isinstance(given[0], Mapping) else [(given[0], None)]
        check_texts("PGCraftFK", (text for pair in pairs for text in pair), self.name)
        for field in ("references", "raw_references"):
            if getattr(self, field) is not None:
                object.__setattr__(self, field, MappingProxyType(dict(pairs)))

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The given references, as pairs of local column and target."""
        given = self.references if self.references is not None else self.raw_references
        return tuple((given or {}).items())

    def __hash__(self) -> int:
        return hash((self.pairs, self.name, self.ondelete, self.onupdate, self.renamed_from))

    def __str__(self) -> str:
        described = ", ".join(f"{local} to {target}" for local, target in self.pairs)
        return f'foreign key "{self.name or described}"'


_ACTIONS = ("CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION")


def _check_action(field: str, action: object) -> None:
    """Refuse what PostgreSQL would, which may name columns behind SET: ``SET NULL (a)``.

    Raises:
        PGCraftValidationError: PGC156, it is none of the actions.
    """
    words = " ".join(action.partition("(")[0].upper().split()) if isinstance(action, str) else ""
    if action is None or words in _ACTIONS:
        return
    near = find_nearest(words, _ACTIONS)
    raise PGCraftValidationError(
        "PGC156",
        f"PGCraftFK: {field} is {action!r}",
        place=Place(*find_caller(), "PGCraftFK"),
        remedy=f"give one of {', '.join(_ACTIONS)}" + (f"; did you mean {near}?" if near else ""),
    )

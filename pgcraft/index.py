"""Indexes with column markers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pgcraft.models.texts import check_texts


class PGCraftIndex:
    """An index for ``schema_items``; the arguments are those of ``sqlalchemy.Index``.

    Args:
        name: the index's name; the metadata's naming convention makes one when it is None.
        expressions: each a ``{column}`` marker or SQL with markers: ``lower({name})``, ``{created_at} DESC``.
        unique: whether it is a unique index.
        renamed_from: the name that it had before.
        kwargs: passed through to ``sqlalchemy.Index``: ``postgresql_using``, ``postgresql_where``,
            ``postgresql_include``, ``postgresql_ops``, ``postgresql_nulls_not_distinct``, …; markers work in them too.
    """

    name: str | None
    expressions: tuple[str, ...]
    unique: bool
    renamed_from: str | None
    kwargs: Mapping[str, Any]

    def __init__(
        self,
        name: str | None,
        *expressions: str,
        unique: bool = False,
        renamed_from: str | None = None,
        **kwargs: Any,
    ) -> None:
        check_texts("PGCraftIndex", expressions, name)
        for attribute, value in (
            ("name", name),
            ("expressions", expressions),
            ("unique", unique),
            ("renamed_from", renamed_from),
            ("kwargs", MappingProxyType(dict(kwargs))),
        ):
            object.__setattr__(self, attribute, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a PGCraftIndex is frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a PGCraftIndex is frozen: {name} cannot be deleted")

    def _fields(self) -> tuple[object, ...]:
        return (self.name, self.expressions, self.unique, self.renamed_from, dict(self.kwargs))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PGCraftIndex) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash((self.name, self.expressions, self.unique))

    def __repr__(self) -> str:
        parts = [repr(self.name), *map(repr, self.expressions)]
        parts += ["unique=True"] if self.unique else []
        parts += [f"renamed_from={self.renamed_from!r}"] if self.renamed_from is not None else []
        parts += [f"{key}={value!r}" for key, value in self.kwargs.items()]
        return f"PGCraftIndex({', '.join(parts)})"

    def __str__(self) -> str:
        return f'index "{self.name or ", ".join(self.expressions)}"'

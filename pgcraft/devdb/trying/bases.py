"""Which tables the columns of a relation come from, and so whose rows it shows. Needs psycopg."""

from dataclasses import dataclass
from functools import cached_property

from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import ObjectId
from pgcraft.devdb.rows.rows import RowMaker
from pgcraft.devdb.rows.shapes import RelationShape
from pgcraft.devdb.trying.expected import Expectations
from pgcraft.devdb.trying.guards import find_guarded


@dataclass
class Bases:
    """The columns of one relation, by where they come from through any number of views."""

    maker: RowMaker
    expectations: Expectations
    relation: ObjectId
    shape: RelationShape

    @cached_property
    def key(self) -> frozenset[str]:
        """The columns that show the key of a table behind it."""
        return frozenset(name for name, (base, own) in self._by_column.items() if own in base.primary_key)

    @cached_property
    def pointing(self) -> frozenset[str]:
        """The columns that point to other rows."""
        named = self._by_column.items()
        return frozenset(n for n, (base, own) in named if any(own in key.columns for key in base.foreign_keys))

    @cached_property
    def guarded(self) -> frozenset[str]:
        """The columns that show one of a table under row security, or of a view over such tables."""
        return frozenset(name for name, (base, _) in self._by_column.items() if self._is_guarded(base))

    @property
    def is_guarded(self) -> bool:
        """Whether it shows rows of a table under row security."""
        return bool(self.guarded) and not self.is_joined

    @property
    def is_joined(self) -> bool:
        """Whether its rows are those of a table without policies, and one under row security only adds to them."""
        return bool(self.key and self.guarded) and not self.key & self.guarded

    @cached_property
    def _by_column(self) -> dict[str, tuple[RelationShape, str]]:
        return {column.name: self._find_base(self.shape, column.name) for column in self.shape.columns}

    def _is_guarded(self, base: RelationShape) -> bool:
        if base.oid == self.shape.oid and not base.is_table:
            return False
        ids = (ObjectId(kind, base.schema, base.name) for kind in RELATIONS)
        return any(find_guarded(self.expectations, each) for each in ids)

    def _find_base(self, shape: RelationShape, name: str) -> tuple[RelationShape, str]:
        """Return the relation and the column that a column shows in the end; itself where it is computed."""
        oid, number = self.maker.find_origins(shape).get(name, (shape.oid, 0)) if shape.query else (shape.oid, 0)
        if oid == shape.oid:
            return shape, name
        source = self.maker.shapes.by_oid[oid]
        return self._find_base(source, next(column.name for column in source.columns if column.number == number))

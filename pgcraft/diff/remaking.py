"""Types that are made again under their columns, and with them the types that are made of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pgcraft.catalog.definitions import Column, Domain
from pgcraft.catalog.made_types import Composite, Range
from pgcraft.catalog.objects import CatalogObject, ObjectId
from pgcraft.diff.kind_changes import take_kind
from pgcraft.diff.type_uses import list_names
from pgcraft.identifiers import quote_body, quote_name, quote_qualified
from pgcraft.render.columns import drop_default, set_default
from pgcraft.render.dispatch import render_create

Convert = Callable[[CatalogObject, str, str, str], str]
"""Gives the SQL by which a value becomes one of another type, for what has it and the two types; empty for none."""


@dataclass(frozen=True, slots=True)
class Remaking:
    """What is made again together.

    Attributes:
        before: the types as they are.
        after: the same types as they are to be, each after those that it is made of.
        columns: their columns as they are and as they are to be; what a default is, goes with that.
        names: what each name of the types is called meanwhile, by schema and name.
        convert: finds how values become those of another type.
    """

    before: Mapping[ObjectId, CatalogObject]
    after: Sequence[CatalogObject]
    columns: tuple[tuple[CatalogObject, CatalogObject], ...]
    names: Mapping[tuple[str, str], str]
    convert: Convert

    def render(self) -> Iterator[str]:
        """Return the SQL; a value that the new form does not have makes it fail."""
        for item in self.after:
            for name in _own_names(self.before[item.id]):
                yield f"ALTER TYPE {quote_qualified(item.id.schema, name)} RENAME TO {self._meanwhile(item.id, name)}"
            yield from self._step_aside(item)
        for item in self.after:
            yield from render_create(take_kind(item))
        composites = [item for item in self.after if self._is_composite(item)] if self.columns else []
        for item in composites:
            yield from self._make_cast(item)
        # Columns of heirs follow those that they come from, and have defaults of their own.
        heirs = [each for each in self.columns if all(item.defined_as(Column).is_inherited for item in each)]
        for column in heirs:
            yield from self._drop_default(*column)
        for column in self.columns:
            if column not in heirs:
                yield from self._drop_default(*column)
                yield f"{self._alter(column[1])} TYPE {column[1].defined_as(Column).type}{self._find_using(*column)}"
                yield from self._set_default(column[1], only=bool(heirs))
        for column in heirs:
            yield from self._set_default(column[1], only=True)
        for item in reversed(composites):
            yield f"DROP CAST ({self._old(item.id)} AS {quote_qualified(item.id.schema, item.id.name)})"
            yield f"DROP FUNCTION {self._old(item.id)}"
        for item in reversed(self.after):
            yield f"DROP TYPE {self._old(item.id)}"

    def _step_aside(self, item: CatalogObject) -> Iterator[str]:
        """Rename the functions that come with a range type, and keep their names, where new ones take the same."""
        old, new = self.before[item.id].definition, item.definition
        if not isinstance(old, Range) or not isinstance(new, Range):
            return
        found = [(item.id.name, old.subtype, old.subtype), (item.id.name, old.subtype, old.subtype, "text")]
        taken = found if old.subtype == new.subtype else []
        for name, *arguments in (*taken, *([(old.multirange,)] if old.multirange == new.multirange else ())):
            function = f"{quote_qualified(item.id.schema, name)}({', '.join(arguments)})"
            yield f"ALTER FUNCTION {function} RENAME TO {self._meanwhile(item.id, name)}"

    def _is_composite(self, item: CatalogObject) -> bool:
        """Whether a type is and was a composite one."""
        return isinstance(item.definition, Composite) and isinstance(self.before[item.id].definition, Composite)

    def _meanwhile(self, type_id: ObjectId, name: str) -> str:
        return quote_name(self.names[str(type_id.schema), name])

    def _old(self, type_id: ObjectId) -> str:
        return f"{quote_name(str(type_id.schema))}.{self._meanwhile(type_id, type_id.name)}"

    def _make_cast(self, item: CatalogObject) -> Iterator[str]:
        """Make what turns old values into new ones, attribute by attribute, also in arrays."""
        new, old = item.defined_as(Composite), dict(self.before[item.id].defined_as(Composite).attributes)
        values = (
            self._convert(item, f"($1).{quote_name(name)}", old[name], type_) if name in old else "NULL"
            for name, type_ in new.attributes
        )
        name = quote_qualified(item.id.schema, item.id.name)
        body = f"SELECT ROW({', '.join(values)})::{name}"
        head = f"CREATE FUNCTION {self._old(item.id)}({self._old(item.id)}) RETURNS {name}"
        yield f"{head} LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS {quote_body(body)}"
        yield f"CREATE CAST ({self._old(item.id)} AS {name}) WITH FUNCTION {self._old(item.id)}"

    def _convert(self, item: CatalogObject, value: str, old_type: str, new_type: str) -> str:
        base = self._find_base(new_type)
        if old_type == new_type and not self._is_over_others(new_type):
            return value if base is None else f"{value}{base}::{new_type}"
        return self.convert(item, value, old_type, new_type) or f"{value}::{new_type}"

    def _drop_default(self, old: CatalogObject, new: CatalogObject) -> Iterator[str]:
        if old.defined_as(Column).default is not None:
            yield drop_default(new)

    def _set_default(self, column: CatalogObject, *, only: bool) -> Iterator[str]:
        if (default := column.defined_as(Column).default) is not None:
            yield set_default(column, default, only=only)

    @staticmethod
    def _alter(column: CatalogObject) -> str:
        return f"ALTER TABLE {quote_qualified(*column.id.relation)} ALTER COLUMN {quote_name(column.id.name)}"

    def _find_using(self, old: CatalogObject, new: CatalogObject) -> str:
        name, types = quote_name(new.id.name), [each.defined_as(Column).type for each in (old, new)]
        base = self._find_base(types[1]) or ""
        is_known = self._is_over_others(types[1])
        using = self.convert(new, name, *types) if is_known else f"{name}{base}::{types[1]}"
        return f" USING {using}" if using else ""

    def _is_over_others(self, type_: str) -> bool:
        """Whether a type is a domain, or an array of one, and not of a composite type: values follow what it is of."""
        item = self._find(type_)
        return item is not None and isinstance(item.definition, Domain) and self._find_base(item.definition.type) != ""

    def _find_base(self, type_: str) -> str | None:
        """Return the cast by which an old value of one of the types gets into the new one; None for other types."""
        array = "[]" if type_.endswith("[]") else ""
        item = self._find(type_)
        if item is None:
            return None
        if self._is_composite(item):
            return ""
        if isinstance(item.definition, Domain) and self._find_base(item.definition.type) == "":
            return f"::{item.definition.type}{array}"
        return f"::text{array}"

    def _find(self, type_: str) -> CatalogObject | None:
        return next((each for each in self.after if type_.removesuffix("[]") in list_names(each)), None)


def _own_names(item: CatalogObject) -> Iterable[str]:
    yield item.id.name
    if isinstance(item.definition, Range):
        yield item.definition.multirange


def list_own_names(items: Iterable[CatalogObject]) -> Iterator[tuple[str, str]]:
    """Return schema and name of each type, and of what comes with it."""
    return ((str(item.id.schema), name) for item in items for name in _own_names(item))

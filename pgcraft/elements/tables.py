"""Tables of a catalog and their parts as SQLAlchemy's, each only where it says exactly the same.

Whether it does is not believed but tried: what was made is collected like any model and compared with the catalog.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    DefaultClause,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import conv
from sqlalchemy.types import Text

from pgcraft.catalog import definitions
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.collect.constraints import collect_constraints
from pgcraft.collect.indexes import collect_indexes
from pgcraft.collect.tables import collect_table
from pgcraft.diff.compare import compare_objects
from pgcraft.elements.types import make_type
from pgcraft.errors import PGCraftError
from pgcraft.scripts.source import escape_colons
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA

_ACTION = r"(NO ACTION|RESTRICT|CASCADE|SET NULL(?: \([^()]*\))?|SET DEFAULT(?: \([^()]*\))?)"
_ACTIONS = re.compile(rf"\)(?: MATCH (FULL|PARTIAL|SIMPLE))?(?: ON UPDATE {_ACTION})?(?: ON DELETE {_ACTION})?")
_DEFERRAL = re.compile(r" DEFERRABLE( INITIALLY DEFERRED)?\Z")
_INCLUDED = re.compile(r"\A(?:PRIMARY KEY|UNIQUE(?: NULLS NOT DISTINCT)?) \([^)]*\) INCLUDE \((.*)\)")


class Elements:
    """What SQLAlchemy can say of a catalog's tables.

    Args:
        catalog: the database, or the models.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def make_table(self, table: CatalogObject, left_out: frozenset[ObjectId] = frozenset()) -> Table | None:
        """Return a table with its columns and constraints; None where SQLAlchemy cannot say all of it.

        Args:
            left_out: constraints that it goes without.
        """
        kept = [part for part in self._parts(table) if part.id.kind is not Kind.INDEX and part.id not in left_out]
        return self._try(table, kept, [table, *kept])

    def make_part(self, part: CatalogObject) -> SchemaItem | None:
        """Return a column, a constraint or an index, on a table of the columns that are there; None as above."""
        table = self._catalog.by_id[part.id.table]
        others = [each for each in self._columns(table) if each.id != part.id]
        made = self._try(table, [part], [part], beside=others)
        if made is None or part.id.kind is Kind.COLUMN:
            return None if made is None else made.columns[part.id.name]
        found: Iterable[Index | Constraint] = made.indexes if part.id.kind is Kind.INDEX else made.constraints
        return next(each for each in found if each.name == part.id.name)

    def make_anyway(self, item: CatalogObject) -> SchemaItem | None:
        """Return a table or a part of one as well as SQLAlchemy can say it, for who only looks at it."""
        if item.id.kind is Kind.TABLE:
            made = self.make_table(item)
            return made if made is not None else self._make(item, [], self._columns(item))
        made_part = self.make_part(item)
        if made_part is not None or item.id.kind is not Kind.COLUMN:
            return made_part
        table = self._make(self._catalog.by_id[item.id.table], [], [item])
        return table.columns[item.id.name]

    def _columns(self, table: CatalogObject) -> list[CatalogObject]:
        return [each for each in self._parts(table) if each.id.kind is Kind.COLUMN]

    def _parts(self, table: CatalogObject) -> Iterator[CatalogObject]:
        return (self._catalog.by_id[part] for part in table.parts if part.kind in _MAKERS)

    def _try(
        self,
        table: CatalogObject,
        parts: list[CatalogObject],
        expected: list[CatalogObject],
        beside: Iterable[CatalogObject] = (),
    ) -> Table | None:
        try:
            made = self._make(table, parts, beside)
            said = {item.id: item for item in collect_elements(made)}
        except (SQLAlchemyError, PGCraftError, ValueError):
            return None
        return made if all(says(said.get(item.id), item) for item in expected) else None

    def _make(self, table: CatalogObject, parts: list[CatalogObject], beside: Iterable[CatalogObject]) -> Table:
        definition = table.defined_as(definitions.Table)
        schema = None if table.id.schema == DEFAULT_SCHEMA else table.id.schema
        made = Table(
            table.id.name,
            MetaData(),
            *(_place_holder(each, self._catalog) for each in beside),
            schema=schema,
            comment=definition.comment,
            prefixes=["UNLOGGED"] if definition.is_unlogged else [],
            **_list_options(definition),
        )
        for part in sorted(parts, key=lambda part: _RANK[part.id.kind]):
            _MAKERS[part.id.kind](part, made, self._catalog)
        return made


def _list_options(table: definitions.Table) -> dict[str, Any]:
    """Return what is not the ordinary way: whatever is here is written."""
    options = {
        "with": dict(table.options),
        "partition_by": table.partition_by,
        "tablespace": table.tablespace,
        "using": table.access_method,
    }
    return {f"postgresql_{name}": value for name, value in options.items() if value}


def _place_holder(item: CatalogObject, catalog: Catalog) -> Column[Any]:
    return Column(item.id.name, make_type(item.defined_as(definitions.Column).type, catalog) or Text())


def says(said: CatalogObject | None, wanted: CatalogObject) -> bool:
    """Whether what was collected is what is wanted."""
    if said is None:
        return False
    return said.definition is wanted.definition or not compare_objects(said, wanted).facts


def collect_elements(table: Table) -> list[CatalogObject]:
    """Return what a table's definition makes, as it would be read."""
    drafts = [*collect_table(table, row_security=False, force_row_security=False)]
    drafts += [*collect_constraints(table, set()), *collect_indexes(table)]
    return [draft.object for draft in drafts]


def make_expression(sql: str) -> Any:
    """Return an expression that is this text."""
    return text(escape_colons(sql))


def make_default(column: definitions.Column) -> Any:
    """Return a column's default, identity or expression as SQLAlchemy's ``server_default``; None where it has none."""
    if column.identity is not None:
        return _make_identity(column.identity)
    if column.generated is not None:
        return Computed(make_expression(column.generated), persisted=not column.is_virtual)
    return None if column.default is None else DefaultClause(make_expression(column.default))


def _make_column(item: CatalogObject, table: Table, catalog: Catalog) -> None:
    column = item.defined_as(definitions.Column)
    type_ = make_type(column.type, catalog)
    if type_ is None:
        raise ValueError(column.type)
    table.append_column(
        Column(
            item.id.name,
            type_,
            nullable=column.nullable,
            server_default=make_default(column),
            autoincrement=column.is_serial or ("auto" if column.identity else False),
            comment=column.comment,
        )
    )


def _make_identity(identity: definitions.Identity) -> Identity:
    return Identity(
        always=identity.always,
        start=identity.start,
        increment=identity.increment,
        minvalue=identity.minimum,
        maxvalue=identity.maximum,
        cache=identity.cache,
        cycle=identity.cycle or None,
    )


def _make_constraint(item: CatalogObject, table: Table, catalog: Catalog) -> None:
    definition = item.defined_as(definitions.Constraint)
    deferral = _DEFERRAL.search(definition.text)
    words: dict[str, Any] = {"name": conv(item.id.name), "comment": definition.comment}
    if deferral:
        words |= {"deferrable": True, "initially": "DEFERRED" if deferral[1] else None}
    if definition.text.endswith(definitions.NOT_VALID):
        words["postgresql_not_valid"] = True
    make = _CONSTRAINTS.get(definition.type)
    if make is None:
        raise ValueError(definition.text)
    if definition.references is not None:
        _make_target(definition, table, catalog)
    table.append_constraint(make(definition, words, table))


def _make_target(definition: definitions.Constraint, table: Table, catalog: Catalog) -> None:
    """Make the table that a foreign key points to, with what is known of its columns."""
    schema, name = definition.references or ("", "")
    target = catalog.find(ObjectId(Kind.TABLE, schema, name))
    known = {part: catalog.by_id[part] for part in (target.parts if target else ()) if part.kind is Kind.COLUMN}
    columns = [_place_holder(each, catalog) for each in known.values()]
    columns += [Column(each, Text()) for each in set(definition.referenced_columns) - {part.name for part in known}]
    Table(
        name,
        table.metadata,
        *columns,
        schema=None if schema == DEFAULT_SCHEMA else schema,
        keep_existing=True,
    )


def _make_primary_key(definition: definitions.Constraint, words: dict[str, Any], _: Table) -> Constraint:
    return PrimaryKeyConstraint(*definition.columns, **words, **_include(definition))


def _make_unique(definition: definitions.Constraint, words: dict[str, Any], _: Table) -> Constraint:
    if definition.text.startswith("UNIQUE NULLS NOT DISTINCT"):
        words["postgresql_nulls_not_distinct"] = True
    return UniqueConstraint(*definition.columns, **words, **_include(definition))


def _include(definition: definitions.Constraint) -> dict[str, Any]:
    included = _INCLUDED.match(definition.text)
    return {"postgresql_include": [part.strip() for part in included[1].split(",")]} if included else {}


def _make_check(definition: definitions.Constraint, words: dict[str, Any], _: Table) -> Constraint:
    expression = definition.text.removesuffix(definitions.NOT_VALID).removeprefix("CHECK (").removesuffix(")")
    return CheckConstraint(make_expression(expression), **words)


def _make_foreign_key(definition: definitions.Constraint, words: dict[str, Any], table: Table) -> Constraint:
    schema, name = definition.references or ("", "")
    target = table.metadata.tables[name if schema == DEFAULT_SCHEMA else f"{schema}.{name}"]
    actions = _ACTIONS.search(definition.text, definition.text.index(" REFERENCES "))
    match, on_update, on_delete = actions.groups() if actions else (None, None, None)
    return ForeignKeyConstraint(
        list(definition.columns),
        [target.columns[column] for column in definition.referenced_columns],
        match=match,
        onupdate=on_update,
        ondelete=on_delete,
        **words,
    )


_CONSTRAINTS: Mapping[str, Callable[[definitions.Constraint, dict[str, Any], Table], Constraint]] = {
    "primary key": _make_primary_key,
    "unique": _make_unique,
    "check": _make_check,
    "foreign key": _make_foreign_key,
}


def _make_index(item: CatalogObject, table: Table, _: Catalog) -> None:
    index = item.defined_as(definitions.Index)
    elements = [
        table.columns[element] if element in index.columns else make_expression(element) for element in index.elements
    ]
    options = {
        "using": None if index.method == "btree" else index.method,
        "include": list(index.include),
        "where": None if index.where is None else make_expression(index.where),
        "with": dict(index.options),
        "nulls_not_distinct": index.nulls_not_distinct,
    }
    said: dict[str, Any] = {f"postgresql_{name}": value for name, value in options.items() if _is_set(value)}
    made = Index(conv(item.id.name), *elements, unique=index.unique, **said, _table=table)
    table.indexes.add(made)


def _is_set(value: Any) -> bool:
    return value is not None and value is not False and value not in ([], {})


_MAKERS: Mapping[Kind, Callable[[CatalogObject, Table, Catalog], None]] = {
    Kind.COLUMN: _make_column,
    Kind.CONSTRAINT: _make_constraint,
    Kind.INDEX: _make_index,
}
_RANK = {kind: index for index, kind in enumerate(_MAKERS)}

"""Tables and columns as the user declared them, as they are written in a revision."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy as shallow_copy
from typing import Any

from alembic.operations import ops
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Constraint,
    DateTime,
    DefaultClause,
    Enum,
    ForeignKeyConstraint,
    Index,
    Interval,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import conv
from sqlalchemy.types import TypeDecorator, TypeEngine

from pgcraft.catalog import definitions
from pgcraft.catalog.enclosing import enclose_default
from pgcraft.catalog.kinds import INSIDE
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.types import canonical_type
from pgcraft.collect.compiling import DDL, compile_expression
from pgcraft.collect.constraints import define_constraint, given_name, is_written, list_constraints
from pgcraft.collect.indexes import collect_indexes, index_name
from pgcraft.collect.listing import list_tables
from pgcraft.collect.tables import is_stored_otherwise
from pgcraft.diff.compare import compare_objects
from pgcraft.elements.tables import collect_elements, make_expression, says
from pgcraft.elements.types import make_type
from pgcraft.errors import PGCraftError
from pgcraft.models.named_types import PGCraftNamedType
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA, DIALECT

_COUNTS_ANYWAY = "ignore_fk"
"""SQLAlchemy's word for a key that counts though it points to another; Alembic writes it without quotes."""


def find_declared(metadata: Iterable[MetaData]) -> Mapping[ObjectId, SchemaItem]:
    """Return the tables, columns and indexes of models by their ids."""
    found: dict[ObjectId, SchemaItem] = {}
    for table in (table for each in metadata for table in list_tables(each)):
        table_id = ObjectId(Kind.TABLE, table.schema or DEFAULT_SCHEMA, str(table.name))
        found[table_id] = table
        found |= {table_id.column(str(column.name)): column for column in table.columns if not column.system}
        found |= {table_id.part(Kind.INDEX, index_name(index)): index for index in table.indexes}
    return found


def copy_table(
    declared: Table,
    item: CatalogObject,
    wanted: Catalog,
    left_out: frozenset[ObjectId],
    collected: Mapping[ObjectId, CatalogObject],
) -> Table | None:
    """Return a copy of a table for a revision, every constraint by its name; None where it says something else.

    Args:
        item: the table in the catalog of the models.
        left_out: constraints that it goes without.
        collected: what the table says and its parts do, as far as that is known.
    """
    if any(_is_by_name(column.type) for column in declared.columns) or _includes_by_key(declared):
        return None
    known = [wanted.by_id[part] for part in item.parts if part.kind is Kind.CONSTRAINT]
    kept = {part: wanted.by_id[part] for part in item.parts if part.kind in INSIDE and part not in left_out}
    try:
        if all(map(_is_settled, declared.columns)):
            shared = _name(_share(declared), known, left_out)
            if _says_all({part: collected.get(part) for part in _list_parts(shared, item.id)}, kept):
                return shared
        copy = _name(_copy(declared), known, left_out)
        said = {each.id: each for each in collect_elements(copy)}
    except (SQLAlchemyError, PGCraftError, ValueError):
        return None
    del said[item.id]
    return copy if _says_all(said, kept) else None


def _says_all(said: Mapping[ObjectId, CatalogObject | None], wanted: Mapping[ObjectId, CatalogObject]) -> bool:
    return said.keys() == wanted.keys() and all(says(said[part], wanted[part]) for part in wanted)


def _copy(declared: Table) -> Table:
    """Return a copy of a table whose columns say in a revision what they say in the models."""
    copy = ops.CreateTableOp.from_table(declared).to_table()
    copy.info.clear()
    copy.indexes.clear()
    for column in copy.columns:
        column.default = None  # which a revision does not say; without it a key may count
        _settle(column)
        _lift_checks(column, copy)
    _lift_bound_checks(copy)
    return copy


def _share(declared: Table) -> Table:
    """Return a table of the same columns, which are the user's own, and of constraints that may be named anew."""
    shared = shallow_copy(declared)
    shared.info = {}
    shared.indexes = set()
    shared.constraints = {shallow_copy(constraint) for constraint in declared.constraints}
    return shared


def _list_parts(table: Table, table_id: ObjectId) -> Iterator[ObjectId]:
    """Return the ids of a table's columns and constraints."""
    yield from (table_id.column(str(column.name)) for column in table.columns if not column.system)
    keys = (each for each in table.constraints if not isinstance(each, PrimaryKeyConstraint) or each.columns)
    yield from (table_id.part(Kind.CONSTRAINT, str(each.name)) for each in keys)


def _includes_by_key(table: Table) -> bool:
    """Whether a constraint includes a column by a key, which columns do not have in a revision."""
    keys = {column.key for column in table.columns if column.key != column.name}
    included = (each.dialect_kwargs.get("postgresql_include") or () for each in table.constraints)
    return not keys.isdisjoint(column for columns in included for column in columns if isinstance(column, str))


def _name(table: Table, constraints: Iterable[CatalogObject], left_out: frozenset[ObjectId]) -> Table:
    """Return the table with its constraints under the names that they have in the catalog."""
    known = list(constraints)
    for constraint in list_constraints(table):
        try:
            definition = define_constraint(constraint, table)
        except KeyError:
            continue
        item = next((each for each in known if _is_alike(each.defined_as(definitions.Constraint), definition)), None)
        if item is None:
            if isinstance(constraint, UniqueConstraint):  # another key says the same: which one stays is not left open
                table.constraints.discard(constraint)
            continue
        known.remove(item)
        if isinstance(constraint, ForeignKeyConstraint):
            constraint.use_alter = False  # which would leave it out
        if item.id in left_out:
            table.constraints.discard(constraint)
        else:
            constraint.name = conv(item.id.name)
    return table


def _is_alike(left: definitions.Constraint, right: definitions.Constraint) -> bool:
    return (left.type, left.text) == (right.type, right.text)


def copy_column(declared: Column[Any], item: CatalogObject) -> Column[Any] | None:
    """Return a copy of a column for a revision, without constraints; None where it says something else."""
    if _is_by_name(declared.type):
        return None
    copy: Column[Any] = declared._copy()  # noqa: SLF001  it belongs to the user's table
    copy.constraints.clear()
    copy.foreign_keys.clear()
    copy.primary_key = False
    _settle(copy)
    if getattr(copy.type, "create_constraint", False):  # which Alembic would add and drop with the column's type
        copy.type = make_type(item.defined_as(definitions.Column).type, make_catalog(())) or copy.type
    schema = None if item.id.schema == DEFAULT_SCHEMA else item.id.schema
    table = Table(str(item.id.parent), MetaData(), copy, schema=schema)
    try:
        said = {each.id: each for each in collect_elements(table)}
    except (SQLAlchemyError, PGCraftError, ValueError):
        return None
    if not says(said.get(item.id), item):
        return None
    return declared if _is_plain(declared) else copy


def _is_plain(column: Column[Any]) -> bool:
    """Whether a column brings nothing along that has operations of its own: then Alembic, too, tells it itself."""
    brings = (column.constraints, column.foreign_keys, column.primary_key, column.unique, column.index)
    return not any(brings) and _is_settled(column)


def _is_settled(column: Column[Any]) -> bool:
    """Whether an operation of Alembic's says of a column what it says in the models, and its checks are its table's."""
    is_stored = column.computed is None or column.computed.persisted is not None
    is_closed = not (column.nullable and column.identity) and _find_enclosed(column) is None
    has_checks = column.constraints or getattr(column.type, "create_constraint", False)
    counts = column.autoincrement == _COUNTS_ANYWAY or (column.primary_key and column.default is not None)
    says_more = has_checks or counts or is_stored_otherwise(column)
    return is_stored and is_closed and not says_more and _without_creation(column.type) is column.type


def makes_index(index: Index, item: CatalogObject) -> bool:
    """Whether an index, alone on its table, is the one of the catalog."""
    table = index.table
    try:
        return table is not None and any(_is_same(draft.object, item) for draft in collect_indexes(table))
    except (SQLAlchemyError, PGCraftError, ValueError):
        return False


def _is_same(said: CatalogObject, item: CatalogObject) -> bool:
    """Whether two indexes are; on a table without columns it is not told which elements are some."""
    return set(compare_objects(said, item).facts) <= {"columns"}


def find_constraint(declared: Table, item: CatalogObject) -> Constraint | None:
    """Return the constraint of a table of the user's that became one of the catalog, if it can be told.

    Of several that say the same it is the one of that name, else the first of those that have none.
    """
    found = sorted(
        (
            each
            for each in list_constraints(declared)
            if _is_named(each, item.id.name) and _becomes(each, declared, item)
        ),
        key=lambda each: (given_name(each) is None, each._creation_order),  # noqa: SLF001  as SQLAlchemy writes them
    )
    return found[0] if found else None


def _is_named(constraint: Constraint, name: str) -> bool:
    return given_name(constraint) in (name, None)


def _becomes(constraint: Constraint, table: Table, item: CatalogObject) -> bool:
    try:
        definition = define_constraint(constraint, table)
    except (KeyError, SQLAlchemyError, PGCraftError):
        return False
    return _is_alike(definition, item.defined_as(definitions.Constraint))


def _lift_checks(column: Column[Any], table: Table) -> None:
    """Make a column's own checks the table's: Alembic writes only those."""
    for constraint in sorted(column.constraints, key=lambda constraint: str(constraint.name)):
        if isinstance(constraint, CheckConstraint):
            table.append_constraint(CheckConstraint(constraint.sqltext, name=constraint.name))
    column.constraints.clear()


def _lift_bound_checks(table: Table) -> None:
    """Make checks that come with types the table's own: Alembic leaves their names to the convention of the day."""
    for constraint in [each for each in table.constraints if getattr(each, "_type_bound", False)]:
        table.constraints.discard(constraint)
        if isinstance(constraint, CheckConstraint) and is_written(constraint):
            written = make_expression(compile_expression(constraint.sqltext))
            table.append_constraint(CheckConstraint(written, name=constraint.name))
    for column in table.columns:
        if getattr(column.type, "create_constraint", False):
            column.type = _spell(column.type) or column.type


def _is_by_name(type_: TypeEngine[Any]) -> bool:
    """Whether no class of SQLAlchemy's says what a type is."""
    plain = _without_creation(type_)
    element = plain.item_type if isinstance(plain, ARRAY) else plain
    return isinstance(element, PGCraftNamedType) or _is_of_others(element)


def _is_of_others(type_: TypeEngine[Any]) -> bool:
    """Whether a type is of a class that a revision would have to import."""
    return not type(type_).__module__.startswith("sqlalchemy.")


def _settle(column: Column[Any]) -> None:
    """Leave nothing to what the server at hand would choose: stored or virtual, or to what comes with a type.

    What stands in ``info`` no operation of Alembic's writes.
    """
    column.info.clear()
    column.type = _without_creation(column.type)
    column.nullable = column.nullable and column.identity is None  # as PostgreSQL says itself
    if column.autoincrement == _COUNTS_ANYWAY:
        column.autoincrement = True
    if (default := _find_enclosed(column)) is not None:
        column.server_default = DefaultClause(make_expression(default))
    if column.computed is not None and column.computed.persisted is None:
        column.computed.persisted = True


def _find_enclosed(column: Column[Any]) -> str | None:
    """Return a column's default as it has to stand, in parentheses or quotes that Alembic loses; None for any other."""
    if not isinstance(column.server_default, DefaultClause):
        return None
    written = DDL.get_column_default_string(column)
    enclosed = written and enclose_default(written)
    given = column.server_default.arg
    is_cut = isinstance(given, str) and given.strip("'") != given
    return enclosed if is_cut or enclosed != written else None


def _without_creation(type_: Any) -> Any:
    """Return a type that makes no enumerated type or domain, and that its text in a revision gives back."""
    variant = type_._variant_mapping.get(DIALECT.name)  # noqa: SLF001  SQLAlchemy has no public way to tell it
    if variant is not None:
        plain = _without_creation(variant)
        is_plain = plain is variant and not _is_of_others(type_) and not _is_of_others(plain)
        return type_ if is_plain else plain
    if isinstance(type_, Interval):  # whose text has no arguments
        return postgresql.INTERVAL(precision=type_.second_precision) if type_.native else DateTime()
    if isinstance(type_, TypeDecorator):
        return _without_creation(type_.impl_instance)
    if isinstance(type_, Enum) and type_.native_enum and type_.name:
        return postgresql.ENUM(*type_.enums, name=type_.name, schema=type_.schema, create_type=False)
    if isinstance(type_, postgresql.DOMAIN):
        base = _without_creation(type_.data_type)
        return postgresql.DOMAIN(str(type_.name), base, schema=type_.schema, create_type=False)
    if isinstance(type_, ARRAY):
        element = _without_creation(type_.item_type)
        return type_ if element is type_.item_type else postgresql.ARRAY(element, dimensions=type_.dimensions)
    if _is_of_others(type_):
        return _spell(type_) or type_
    return type_


def _spell(type_: TypeEngine[Any]) -> TypeEngine[Any] | None:
    """Return the type that SQLAlchemy has for the SQL of one, if any."""
    return make_type(canonical_type(str(type_.compile(dialect=DIALECT))), make_catalog(()))

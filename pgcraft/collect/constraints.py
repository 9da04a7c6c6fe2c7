"""Constraints of tables, each as the text that stands behind its name."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Constraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy import Table as SATable
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.exc import NoReferenceError

from pgcraft.catalog import definitions
from pgcraft.catalog.definitions import ConstraintType
from pgcraft.catalog.implicit import choose_constraint_name
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import strip_parentheses, tokenize
from pgcraft.collect.compiling import DDL, compile_expression, naming, origins_of, schema_of
from pgcraft.collect.indexes import index_name, list_included
from pgcraft.identifiers import quote_names, quote_qualified
from pgcraft.models.renames import read_old_name
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA

_ORDER: dict[type[Constraint], int] = {
    PrimaryKeyConstraint: 0,
    UniqueConstraint: 1,
    ExcludeConstraint: 2,
    CheckConstraint: 3,
    ForeignKeyConstraint: 4,
}


def collect_constraints(table: SATable, relation_names: set[str]) -> Iterator[Draft]:
    """Return a table's constraints.

    Args:
        relation_names: names of tables and indexes in its schema; those of new indexes are added.
    """
    table_id = ObjectId(Kind.TABLE, schema_of(table), str(table.name))
    constraints = list_constraints(table)
    folded = _fold(constraints, table)
    taken = {name for constraint in constraints if (name := given_name(constraint))}
    for constraint in sorted(filter(is_written, constraints), key=_order):
        if constraint in folded:
            continue
        object_id = table_id.part(Kind.CONSTRAINT, given_name(constraint) or "?")
        origins = origins_of(constraint, table)
        with naming(object_id, origins):
            definition = define_constraint(constraint, table)
        beside = relation_names if definition.type in ("primary key", "unique", "exclude") else set()
        if not given_name(constraint):
            chosen = choose_constraint_name(definition.type, str(table.name), definition.columns, taken, beside)
            object_id = table_id.part(Kind.CONSTRAINT, chosen)
        taken.add(object_id.name)
        beside.add(object_id.name)
        item = CatalogObject(object_id, definition, origins=origins, renamed_from=read_old_name(constraint))
        yield Draft(item, needs=tuple(_find_needs(constraint, definition)), texts=(definition.text,))


def _fold(constraints: list[Constraint], table: SATable) -> list[Constraint]:
    """Return the unique constraints that say what another key says: CREATE TABLE makes one of them.

    It is the primary key, or the first that has a name.
    """
    keys = [each for each in constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
    if len(keys) < 2:
        return []
    said: set[str] = set()
    folded: list[Constraint] = []
    for key in sorted(filter(is_written, keys), key=_come_first):
        _, _, says = define_constraint(key, table).text.partition("UNIQUE" if _ORDER[type(key)] else "PRIMARY KEY")
        if says in said:
            folded.append(key)
        said.add(says)
    return folded


def _come_first(key: Constraint) -> tuple[int, bool, int]:
    return _ORDER[type(key)], not given_name(key), getattr(key, "_creation_order", 0)


def _find_needs(constraint: Constraint, definition: definitions.Constraint) -> Iterator[ObjectId]:
    """Return the unique index that a foreign key stands on, which its text does not name."""
    if not isinstance(constraint, ForeignKeyConstraint):
        return
    with suppress(NoReferenceError):
        target = constraint.referred_table
        for index in target.indexes:
            if index.unique and {str(column.name) for column in index.columns} == {*definition.referenced_columns}:
                yield ObjectId(Kind.TABLE, schema_of(target), str(target.name)).part(Kind.INDEX, index_name(index))


def given_name(constraint: Constraint) -> str | None:
    """Return the name the models give a constraint, by hand or by naming convention."""
    if constraint.name is None:
        return None
    name = DDL.preparer.format_constraint(constraint, _alembic_quote=False)
    return str(name) if name else None


def is_written(constraint: Constraint) -> bool:
    """Whether a constraint stands in PostgreSQL at all."""
    if isinstance(constraint, PrimaryKeyConstraint) and not constraint.columns:
        return False
    rule = constraint._create_rule  # noqa: SLF001  what SQLAlchemy's own CREATE TABLE asks
    return type(constraint) in _ORDER and (rule is None or bool(rule(DDL)))


def _order(constraint: Constraint) -> tuple[int, str, int]:
    return (_ORDER[type(constraint)], given_name(constraint) or "", getattr(constraint, "_creation_order", 0))


def list_constraints(table: SATable) -> list[Constraint]:
    """Return the constraints that stand on a table and on its columns."""
    return [*table.constraints, *(constraint for column in table.columns for constraint in column.constraints)]


def define_constraint(constraint: Constraint, table: SATable) -> definitions.Constraint:
    """Return what a constraint says, whatever its name."""
    type_, columns, text = _DEFINERS[type(constraint)](constraint, table)
    text += _deferral(constraint)
    if constraint.dialect_kwargs.get("postgresql_not_valid"):
        text += definitions.NOT_VALID
    definition = definitions.Constraint(type_, columns, text, comment=constraint.comment or None)
    if not isinstance(constraint, ForeignKeyConstraint):
        return definition
    schema, name, referenced = _target(constraint)
    return replace(definition, references=(schema, name), referenced_columns=referenced)


_Defined = tuple[ConstraintType, tuple[str, ...], str]


def _define_primary_key(constraint: Any, _: SATable) -> _Defined:
    columns = _names(constraint.columns)
    return "primary key", columns, f"PRIMARY KEY ({quote_names(columns)}){_include(constraint)}"


def _define_unique(constraint: Any, _: SATable) -> _Defined:
    columns = _names(constraint.columns)
    distinct = " NULLS NOT DISTINCT" if constraint.dialect_kwargs.get("postgresql_nulls_not_distinct") else ""
    return "unique", columns, f"UNIQUE{distinct} ({quote_names(columns)}){_include(constraint)}"


def _define_check(constraint: Any, table: SATable) -> _Defined:
    expression = strip_parentheses(compile_expression(constraint.sqltext))
    return "check", _named_columns(expression, table), f"CHECK ({expression})"


def _define_exclude(constraint: Any, _: SATable) -> _Defined:
    text = DDL.visit_exclude_constraint(constraint)
    _, _, body = text.partition("EXCLUDE ")
    body = body.removesuffix(DDL.define_constraint_deferrability(constraint))
    if constraint.where is not None:  # where SQLAlchemy names columns with their table
        said = DDL.sql_compiler.process(constraint.where, literal_binds=True)
        body = f"{body.removesuffix(f' WHERE ({said})')} WHERE ({compile_expression(constraint.where)})"
    return "exclude", _names(constraint.columns), f"EXCLUDE {body}"


def _define_foreign_key(constraint: Any, _: SATable) -> _Defined:
    columns = tuple(str(element.parent.name) for element in constraint.elements)
    schema, name, referenced = _target(constraint)
    text = f"FOREIGN KEY ({quote_names(columns)}) REFERENCES {quote_qualified(schema, name)}({quote_names(referenced)})"
    if constraint.match and constraint.match.upper() != "SIMPLE":
        text += f" MATCH {constraint.match.upper()}"
    for event, action in (("UPDATE", constraint.onupdate), ("DELETE", constraint.ondelete)):
        if action and action.upper() != "NO ACTION":
            text += f" ON {event} {_upper_words(action)}"
    return "foreign key", columns, text


_DEFINERS: dict[type[Constraint], Callable[[Any, SATable], _Defined]] = {
    PrimaryKeyConstraint: _define_primary_key,
    UniqueConstraint: _define_unique,
    CheckConstraint: _define_check,
    ExcludeConstraint: _define_exclude,
    ForeignKeyConstraint: _define_foreign_key,
}


def _names(columns: Any) -> tuple[str, ...]:
    return tuple(str(column.name) for column in columns)


def _include(constraint: Constraint) -> str:
    names = list_included(constraint, constraint.table)
    return f" INCLUDE ({quote_names(names)})" if names else ""


def _deferral(constraint: Constraint) -> str:
    """What is deferred from the start is deferrable, whether that is said or not."""
    if constraint.initially and constraint.initially.upper() == "DEFERRED":
        return " DEFERRABLE INITIALLY DEFERRED"
    return " DEFERRABLE" if constraint.deferrable else ""


def _upper_words(action: str) -> str:
    """``set null (a)`` in the way PostgreSQL prints it: the words in upper case, the columns as they are."""
    words, parenthesis, columns = action.partition("(")
    return words.upper().strip() + (f" ({columns}" if parenthesis else "")


def _target(constraint: ForeignKeyConstraint) -> tuple[str, str, tuple[str, ...]]:
    """Return schema, table and columns that a foreign key points to, whether the table is declared or not."""
    try:
        columns = tuple(str(element.column.name) for element in constraint.elements)
        return schema_of(constraint.referred_table), str(constraint.referred_table.name), columns
    except NoReferenceError:
        pointers = [element.target_fullname.rsplit(".", 2) for element in constraint.elements]
        schema = pointers[0][0] if len(pointers[0]) > 2 else DEFAULT_SCHEMA
        return schema, pointers[0][-2], tuple(pointer[-1] for pointer in pointers)


def _named_columns(text: str, table: SATable) -> tuple[str, ...]:
    """Return the columns that a check names, in the table's order."""
    found = {token.name for token in tokenize(text)}
    return tuple(str(column.name) for column in table.columns if str(column.name) in found)

"""What must hold of an entity's values: NOT NULL and checks, which no table can hold for attributes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import CheckConstraint

from pgcraft.catalog.tokens import tokenize
from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_literal
from pgcraft.plugins.eav.attributes import Attribute, write_scope
from pgcraft.sqltext.compiling import compile_sql
from pgcraft.sqltext.plpgsql import write_if, write_raise


@dataclass(frozen=True)
class Check:
    """A check over attributes.

    Attributes:
        name: None when the user gave none.
        expression: SQL text with quoted names.
    """

    name: str | None
    expression: str


def read_checks(ctx: FactoryContext, attributes: Sequence[Attribute]) -> tuple[Check, ...]:
    """Return every check of a resource: pgcraft's, and SQLAlchemy's on the table and on columns."""
    return (*_own_checks(ctx), *_table_checks(ctx), *_column_checks(attributes))


def write_rules(fullname: str, attributes: Sequence[Attribute], checks: Sequence[Check]) -> list[str]:
    """Write the lines that refuse a NEW that breaks a rule; computed attributes are computed before."""
    lines: list[str] = []
    for attribute in attributes:
        if not attribute.column.nullable and attribute.is_stored:
            lines += _refuse_null(fullname, attribute)
    for check in checks:
        lines += _refuse_broken(fullname, attributes, check)
    return lines


def write_computed(attributes: Sequence[Attribute]) -> list[str]:
    """Write the lines that compute what is computed from NEW's other values."""
    scope = write_scope([attribute for attribute in attributes if not attribute.is_computed], "NEW")
    return [
        f"NEW.{attribute.name} := (SELECT {attribute.expression} FROM {scope});"
        for attribute in attributes
        if attribute.is_computed
    ]


def _own_checks(ctx: FactoryContext) -> Iterator[Check]:
    for check in ctx.checks:
        yield Check(check.name, ctx.markers_of(check).expand(check.expression))


def _table_checks(ctx: FactoryContext) -> Iterator[Check]:
    for item in ctx.table_items:
        if isinstance(item, CheckConstraint):
            yield _read_check(item)


def _column_checks(attributes: Sequence[Attribute]) -> Iterator[Check]:
    for attribute in attributes:
        for constraint in attribute.column.constraints:
            if isinstance(constraint, CheckConstraint) and not attribute.is_real:
                yield _read_check(constraint)


def _read_check(constraint: CheckConstraint) -> Check:
    name = constraint.name if isinstance(constraint.name, str) else None
    return Check(name, compile_sql(constraint.sqltext))


def _refuse_null(fullname: str, attribute: Attribute) -> list[str]:
    message = f'null value in attribute "{attribute.column.name}" of {fullname} violates not-null constraint'
    raised = write_raise(
        _format(message),
        errcode="'not_null_violation'",
        column=attribute.key,
    )
    return write_if([f"NEW.{attribute.name} IS NULL"], raised)


def _refuse_broken(fullname: str, attributes: Sequence[Attribute], check: Check) -> list[str]:
    words = {token.name for token in tokenize(check.expression)}
    named = [attribute.column.name for attribute in attributes if attribute.column.name in words]
    called = f'check "{check.name}"' if check.name else f"check ({check.expression})"
    listed = ", ".join(f'"{name}"' for name in named)
    of_attributes = f" of attribute {listed}" if named else ""
    options = {"errcode": "'check_violation'"} | ({"constraint": quote_literal(check.name)} if check.name else {})
    raised = write_raise(_format(f"new row of {fullname} violates {called}{of_attributes}"), **options)
    return write_if([f"(SELECT {check.expression} FROM {write_scope(attributes, 'NEW')}) IS FALSE"], raised)


def _format(message: str) -> str:
    return quote_literal(message.replace("%", "%%"))

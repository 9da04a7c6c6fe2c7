"""Every name that pgcraft makes: constraints, indexes, functions, triggers, helper tables and views."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, MetaData, Table
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.schema import ColumnCollectionConstraint

from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.identifiers import HASH_DIGITS, MAX_BYTES, hash_text
from pgcraft.identifiers import limit_name as limit_name
from pgcraft.models.declarations import get_declarations
from pgcraft.models.provenance import current_place
from pgcraft.sqltext.compiling import compile_sql

_KINDS = (
    *("simple", "append_only", "eav", "ledger", "check", "protect"),
    *("balance_check", "double_entry", "updated_at", "soft_delete"),
)
_DEFAULT = "%(schema)s_%(table_name)s_%(op)s"

TEMPLATES: dict[str, str] = {
    **{f"{kind}_{noun}": _DEFAULT for kind in _KINDS for noun in ("function", "trigger")},
    **{f"{kind}_{noun}": f"_{kind}_{_DEFAULT}" for kind in ("check", "protect") for noun in ("function", "trigger")},
    "append_only_root": "%(table_name)s_root",
    "append_only_attributes": "%(table_name)s_attributes",
    "append_only_history": "%(table_name)s_history",
    "eav_entity": "%(table_name)s_entity",
    "eav_attribute": "%(table_name)s_attribute",
    "eav_history": "%(table_name)s_history",
    "ledger_balance_view": "%(table_name)s_balances",
    "ledger_latest_view": "%(table_name)s_latest",
    "soft_delete_view": "%(table_name)s_living",
}
"""Names by key; the metadata's ``naming_convention`` overrides each under the same key."""


def pgcraft_build_naming_conventions(max_length: int = MAX_BYTES) -> dict[str, Any]:
    """Return a naming convention for ``MetaData(naming_convention=…)``.

    Names read ``pk__<table>__<columns>``, ``uq__…``, ``ix__…``, ``ck__…`` and ``fk__<table>__<columns>__<ref tables>``.
    What two constraints of a table could share is told apart by eight digits of a hash: check texts and expressions of
    indexes. A name depends on what it names alone, so it is the same on every run and on every copy.

    Args:
        max_length: bytes a name may take, at most 63; a longer one is cut and ends in ``_`` and eight digits of a hash.

    Raises:
        PGCraftValidationError: PGC119, the length leaves no room for a name.
    """
    if max_length <= HASH_DIGITS + 1:
        raise PGCraftValidationError(
            "PGC119",
            f"max_length is {max_length!r}: a name needs at least {HASH_DIGITS + 2} bytes",
            place=Place(*current_place(), "pgcraft_build_naming_conventions"),
            remedy=f"leave it out: PostgreSQL takes {MAX_BYTES} bytes",
        )

    def token(kind: str, name_parts: Callable[[Any], Iterable[str]]) -> Callable[[Any, Table], str]:
        def build(constraint: object, table: Table) -> str:
            return limit_name("__".join((kind, table.name, *name_parts(constraint))), max_length)

        return build

    tokens = {
        "pgcraft_pk": token("pk", _name_columns),
        "pgcraft_uq": token("uq", _name_columns),
        "pgcraft_ix": token("ix", _name_index),
        "pgcraft_ck": token("ck", _name_check),
        "pgcraft_fk": token("fk", _name_foreign_key),
    }
    return {kind: f"%(pgcraft_{kind})s" for kind in ("pk", "uq", "ix", "ck", "fk")} | tokens


def build_name(metadata: MetaData, key: str, *, schema: str, table_name: str, op: str = "") -> str:
    """Make a name from its template, or from what the metadata's ``naming_convention`` has under the same key.

    Args:
        metadata: may override the template.
        key: one of :data:`TEMPLATES`: ``simple_function``.
        schema: fills ``%(schema)s``.
        table_name: fills ``%(table_name)s``.
        op: fills ``%(op)s``: ``insert``.

    Raises:
        PGCraftValidationError: PGC119, the template cannot be filled.
    """
    name = _fill(metadata, key, schema, table_name, op)
    old = find_old_name(metadata, schema, table_name)
    if old is not None:
        declare_old_name(metadata, schema, name, (old[0], _fill(metadata, key, *old, op)))
    return name


def declare_old_name(metadata: MetaData, schema: str, name: str, old: tuple[str, str]) -> None:
    """Say where a resource stood and what it was called, or what is named after it.

    Whatever gets a name by it after that had another.
    """
    get_declarations(metadata).old_names.add((schema, name), old)


def find_old_name(metadata: MetaData, schema: str, name: str) -> tuple[str, str] | None:
    """Return the old schema and name of a resource, or what is named after it; None where nothing is said of it."""
    found = get_declarations(metadata).old_names.find((schema, name))
    return None if found is None else found.definition


def _fill(metadata: MetaData, key: str, schema: str, table_name: str, op: str) -> str:
    convention: Mapping[str, Any] = metadata.naming_convention
    template = convention.get(key, TEMPLATES[key])
    try:
        filled = template % {"schema": schema, "table_name": table_name, "op": op}
    except (KeyError, TypeError, ValueError) as error:
        raise PGCraftValidationError(
            "PGC119",
            f"the naming convention {key!r} is {template!r}, which cannot be filled: {error!r}",
            place=Place(*current_place()),
            remedy="use %(schema)s, %(table_name)s and %(op)s, and write %% for a percent sign",
        ) from error
    return limit_name(filled)


def _name_columns(constraint: ColumnCollectionConstraint) -> list[str]:
    return ["_".join(column.name for column in constraint.columns)]


def _name_index(index: Index) -> list[str]:
    columns = "_".join(column.name for column in index.columns)
    is_plain = all(isinstance(expression, Column) for expression in index.expressions)
    where = index.dialect_options["postgresql"]["where"]
    if is_plain and where is None:
        return [columns]
    texts = [_text_of(expression) for expression in (*index.expressions, *([] if where is None else [where]))]
    return ["_".join(filter(None, (columns, hash_text("\0".join(texts)))))]


def _name_check(check: CheckConstraint) -> list[str]:
    text = _text_of(check.sqltext)
    words = set(re.findall(r"\w+", text))
    table = check.parent.table if isinstance(check.parent, Column) else check.table
    columns = [column.name for column in table.columns if column.name in words]
    return ["_".join((*columns, hash_text(text)))]


def _name_foreign_key(constraint: ForeignKeyConstraint) -> list[str]:
    columns = "_".join(constraint.column_keys)
    tables = dict.fromkeys(element.target_fullname.split(".")[-2] for element in constraint.elements)
    return [columns, "_".join(tables)]


def _text_of(expression: Any) -> str:
    try:
        return compile_sql(expression)
    except CompileError:
        return str(expression)

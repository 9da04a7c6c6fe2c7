"""Tables and their columns."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import ARRAY
from sqlalchemy import Column as SAColumn
from sqlalchemy import Identity as SAIdentity
from sqlalchemy import Table as SATable
from sqlalchemy.dialects.postgresql import DOMAIN

from pgcraft.catalog.definitions import Column, Identity, Table
from pgcraft.catalog.enclosing import enclose_default
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.partitions import canonical_division
from pgcraft.catalog.sequences import canonical_identity
from pgcraft.catalog.tokens import strip_parentheses
from pgcraft.catalog.types import canonical_type
from pgcraft.collect.compiling import DDL, compile_expression, naming, origins_of, schema_of
from pgcraft.errors import PGCraftValidationError
from pgcraft.identifiers import quote_name
from pgcraft.models.provenance import read_origins, read_role
from pgcraft.models.renames import read_old_name, read_old_place
from pgcraft.sqltext.dialect import DIALECT, find_stored_type

STORAGE, COMPRESSION = "postgresql_storage", "postgresql_compression"
STORAGES = ("plain", "main", "external", "extended", "default")
COMPRESSIONS = ("pglz", "lz4", "default")

_SERIALS = {"SERIAL": "integer", "BIGSERIAL": "bigint", "SMALLSERIAL": "smallint"}


def collect_table(table: SATable, *, row_security: bool, force_row_security: bool) -> Iterator[Draft]:
    """Return a table and its columns."""
    options = table.dialect_options["postgresql"]
    definition = Table(
        comment=table.comment or None,
        row_security=row_security,
        force_row_security=force_row_security,
        is_unlogged="UNLOGGED" in [str(prefix).upper() for prefix in table._prefixes],  # noqa: SLF001
        options=storage_options(options["with"]),
        partition_by=canonical_division(str(options["partition_by"])) if options["partition_by"] else None,
        tablespace=options["tablespace"] or None,
        access_method=options["using"] or None,
    )
    object_id = ObjectId(Kind.TABLE, schema_of(table), str(table.name))
    origins, role = read_origins(table), read_role(table)
    yield Draft(CatalogObject(object_id, definition, origins=origins, role=role, renamed_from=read_old_place(table)))
    declared = (column for column in table.columns if not column.system)
    for position, column in enumerate(declared, start=1):
        yield _collect_column(object_id, table, column, position)


def storage_options(options: Mapping[str, object] | None) -> tuple[tuple[str, str], ...]:
    """Return storage parameters as PostgreSQL keeps them, sorted."""
    return tuple(sorted((name, _option_text(value)) for name, value in (options or {}).items()))


def _option_text(value: object) -> str:
    return "true" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _collect_column(table_id: ObjectId, table: SATable, column: SAColumn[Any], position: int) -> Draft:
    object_id = table_id.column(str(column.name))
    origins = origins_of(column, table)
    with naming(object_id, origins):
        definition = _define(column, position)
    texts = (definition.type, definition.default or "", definition.generated or "")
    item = CatalogObject(object_id, definition, origins=origins, renamed_from=read_old_name(column))
    return Draft(item, texts=texts)


def _define(column: SAColumn[Any], position: int) -> Column:
    serial = _serial_type(column)
    type_, collation = _type_and_collation(column)
    computed = column.computed
    return Column(
        position=position,
        type=serial or type_,
        nullable=_is_nullable(column),
        default=None if serial or computed is not None else _default(column),
        generated=None if computed is None else strip_parentheses(compile_expression(computed.sqltext)),
        identity=None if column.identity is None else canonical_identity(type_, _define_identity(column.identity)),
        is_serial=serial is not None,
        is_virtual=computed is not None and computed.persisted is False,
        collation=collation,
        comment=column.comment or None,
        storage=_stored(column, STORAGE, STORAGES),
        compression=_stored(column, COMPRESSION, COMPRESSIONS),
    )


def _default(column: SAColumn[Any]) -> str | None:
    written = DDL.get_column_default_string(column)
    return None if written is None else enclose_default(written)


def _stored(column: SAColumn[Any], fact: str, known: Collection[str]) -> str | None:
    """Return what ``Column(info=…)`` says of how values are stored, for which SQLAlchemy has no word."""
    given = column.info.get(fact)
    word = given.lower() if isinstance(given, str) else given
    if word is None or word in known:
        return word
    raise PGCraftValidationError(
        "PGC156",
        f'column "{column.name}" of {column.table.fullname}: {fact} is {given!r}',
        remedy=f"give one of {', '.join(known)}",
    )


def is_stored_otherwise(column: SAColumn[Any]) -> bool:
    """Whether anything is said of how a column's values are stored."""
    return STORAGE in column.info or COMPRESSION in column.info


def _is_nullable(column: SAColumn[Any]) -> bool:
    return bool(column.nullable) and not column.primary_key and (column.identity is None)


def _serial_type(column: SAColumn[Any]) -> str | None:
    """Return the type behind a serial column, exactly where SQLAlchemy would write one."""
    if not column.primary_key or column.computed is not None:
        return None
    specification = DDL.get_column_specification(column)
    written = specification[len(DDL.preparer.format_column(column)) :].split()
    return _SERIALS.get(written[0])


def _type_and_collation(column: SAColumn[Any]) -> tuple[str, str | None]:
    text = str(
        DIALECT.type_compiler_instance.process(
            column.type, type_expression=column, identifier_preparer=DIALECT.identifier_preparer
        )
    )
    stored = find_stored_type(column.type)
    if isinstance(stored, ARRAY):
        stored = find_stored_type(stored.item_type)
    collation = getattr(stored, "collation", None)
    if collation is None or isinstance(stored, DOMAIN):  # whose collation is no fact of its columns
        return canonical_type(text), None
    return canonical_type(text.partition(" COLLATE ")[0]), quote_name(str(collation))


def _define_identity(identity: SAIdentity) -> Identity:
    return Identity(
        always=bool(identity.always),
        start=identity.start,
        increment=identity.increment,
        minimum=None if identity.nominvalue else identity.minvalue,
        maximum=None if identity.nomaxvalue else identity.maxvalue,
        cache=identity.cache,
        cycle=bool(identity.cycle),
    )

"""The two tables of an entity-attribute-value resource, and their indexes."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftValidationError
from pgcraft.models.foreign_keys import Dimension
from pgcraft.models.naming import limit_name
from pgcraft.models.provenance import give_role, stamp
from pgcraft.models.references import register_dimension
from pgcraft.models.renames import read_old_name
from pgcraft.models.value_columns import ValueColumns, give_value_columns
from pgcraft.plugin import Plugin, produces, requires
from pgcraft.plugins.eav.attributes import CURRENT, Attribute, describe_attributes, name_value_column, value_type
from pgcraft.plugins.entity import (
    CREATED_AT,
    ENTITY_ID,
    LOG_ID,
    UPDATED_AT,
    VALID_FROM,
    VALID_TO,
    check_not_reserved,
    claim_name,
    get_single_key,
)
from pgcraft.plugins.history import index_history
from pgcraft.plugins.table import check_columns

ATTRIBUTE = "attribute"
"""The log's column with the name of the attribute."""
ATTRIBUTES = "eav_attributes"
"""Context key of the attributes' descriptions."""
ENTITY_TABLE = "eav_entity_table"
ATTRIBUTE_TABLE = "eav_attribute_table"


@requires("pk_columns")
@produces(ENTITY_TABLE, ATTRIBUTE_TABLE, ATTRIBUTES)
class EAVTablesPlugin(Plugin):
    """Makes the table of entities and the log of their attributes, and lets foreign keys point to the former."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Set ``eav_attributes``, ``eav_entity_table`` and ``eav_attribute_table``."""
        check_columns(ctx)
        check_not_reserved(ctx, (CREATED_AT, UPDATED_AT, CURRENT, VALID_FROM, VALID_TO))
        key = get_single_key(ctx)
        attributes = describe_attributes(ctx)
        ctx[ATTRIBUTES] = attributes
        entity = _make_entity(ctx, key, attributes)
        log = _make_log(ctx, key, attributes, entity)
        give_role(entity, f"entities of {ctx.fullname}: foreign keys point here")
        give_role(log, f"log of {ctx.fullname}: every value of every attribute")
        ctx[ENTITY_TABLE] = entity
        ctx[ATTRIBUTE_TABLE] = log
        register_dimension(ctx.metadata, Dimension(ctx.schemaname, ctx.tablename, entity))


def _make_entity(ctx: FactoryContext, key: Column[Any], attributes: tuple[Attribute, ...]) -> Table:
    unique: list[tuple[str, ...]] = [(attribute.column.key,) for attribute in attributes if attribute.column.unique]
    foreign_keys = []
    for item in ctx.table_items:
        match item:
            case ForeignKeyConstraint():
                foreign_keys.append(item)
            case UniqueConstraint():
                given = item._pending_colargs  # noqa: SLF001  its columns are known only once it stands on a table
                unique.append(tuple(str(getattr(part, "key", part)) for part in given))
            case PrimaryKeyConstraint() | CheckConstraint():
                pass
            case _:
                raise PGCraftValidationError(
                    "PGC125",
                    f"{ctx.fullname} keeps its values as attributes, on which {type(item).__name__} cannot stand",
                    place=ctx.place,
                    remedy="use PGCraftIndex, PGCraftCheck and PGCraftFK",
                )
    for attribute in attributes:
        attribute.column.unique = attribute.column.index = None
    entity = Table(
        claim_name(ctx, "eav_entity"),
        ctx.metadata,
        key,
        *(Column(name, DateTime(timezone=True), nullable=False, server_default=func.now()) for name in _TIMES),
        Column(CURRENT, JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        *(attribute.column for attribute in attributes if attribute.is_real),
        *foreign_keys,
        schema=ctx.schemaname,
    )
    for attribute in attributes:
        stamp(attribute.column)
    by_key = {attribute.column.key: attribute for attribute in attributes}
    for keys in unique:
        names = "_".join(by_key[key].column.name for key in keys)
        elements = [text(by_key[key].index_expression()) for key in keys]
        Index(limit_name(f"uq__{entity.name}__{names}"), *elements, unique=True, _table=entity)
    return entity


_TIMES = (CREATED_AT, UPDATED_AT)


def _make_log(ctx: FactoryContext, key: Column[Any], attributes: tuple[Attribute, ...], entity: Table) -> Table:
    values = {
        name_value_column(attribute): value_type(attribute.column.type)
        for attribute in attributes
        if not attribute.is_computed
    }
    name = claim_name(ctx, "eav_attribute")
    log = Table(
        name,
        ctx.metadata,
        Column(LOG_ID, BigInteger, Identity(always=False), primary_key=True),
        Column(ENTITY_ID, key.type, nullable=False),
        Column(ATTRIBUTE, Text, nullable=False),
        Column(CREATED_AT, DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column(VALID_TO, DateTime(timezone=True)),
        *(Column(column_name, type_) for column_name, type_ in values.items()),
        schema=ctx.schemaname,
    )
    is_current = log.c[VALID_TO].is_(None)
    give_value_columns(log, _describe_values(ctx, attributes, entity))
    unique_name = limit_name(f"uq__{name}__{ENTITY_ID}_{ATTRIBUTE}")
    Index(unique_name, log.c[ENTITY_ID], log.c[ATTRIBUTE], unique=True, postgresql_where=is_current, _table=log)
    index_history(log)
    return log


def _describe_values(ctx: FactoryContext, attributes: tuple[Attribute, ...], entity: Table) -> ValueColumns:
    logged = [attribute for attribute in attributes if not attribute.is_computed]
    names: dict[str, tuple[str, ...]] = {}
    for attribute in logged:
        column = name_value_column(attribute)
        names[column] = (*names.get(column, ()), attribute.column.name)
    return ValueColumns(
        ATTRIBUTE,
        names,
        (ctx.schemaname, ctx.tablename),
        (entity.name, CURRENT),
        frozenset(attribute.column.name for attribute in logged if attribute.is_stored),
        {attribute.column.name: read_old_name(attribute.column) for attribute in logged},
    )

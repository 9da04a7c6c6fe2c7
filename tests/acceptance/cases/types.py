"""Types that are made of others."""

from sqlalchemy import ARRAY, Column, Integer, MetaData, Table

from pgcraft.models import (
    CompositeDefinition,
    DomainDefinition,
    FunctionDefinition,
    PGCraftNamedType,
    RangeDefinition,
    register_composite,
    register_domain,
    register_function,
    register_range,
)
from tests.acceptance.cases.registry import case


@case
def composites(metadata: MetaData) -> None:
    register_composite(
        metadata,
        CompositeDefinition(
            schema="shop",
            name='ad"dress',
            attributes={"street, or so": "varchar(64)", "select": "numeric(10,2)[]", "zip": "shop.code"},
            collations={"street, or so": '"C"'},
            comment="where 'it' is",
            attribute_comments={"street, or so": "100% of it", "zip": "a:b \\"},
        ),
    )
    register_domain(metadata, DomainDefinition(schema="shop", name="code", type="text", checks={"full": "VALUE <> ''"}))
    register_domain(metadata, DomainDefinition(schema="shop", name="home", type='shop."ad""dress"'))
    register_composite(
        metadata,
        CompositeDefinition(
            schema="shop", name="pair", attributes={"a": 'shop."ad""dress"', "b": 'shop."ad""dress"[]'}
        ),
    )
    register_composite(metadata, CompositeDefinition(schema="shop", name="nothing"))
    register_function(
        metadata,
        FunctionDefinition(
            schema="shop", name="first", arguments="p shop.pair", returns='shop."ad""dress"', body="SELECT ($1).a",
            language="sql",
        ),
    )  # fmt: skip
    Table(
        "people",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("at", PGCraftNamedType('ad"dress', schema="shop")),
        Column("pairs", ARRAY(PGCraftNamedType("pair", schema="shop"))),
        schema="shop",
    )


@case
def ranges(metadata: MetaData) -> None:
    register_range(metadata, RangeDefinition(schema="shop", name="time range", subtype="time"))
    register_range(
        metadata,
        RangeDefinition(
            schema="shop",
            name="words",
            subtype="varchar(9)",
            multirange='many "words"',
            operator_class="varchar_pattern_ops",
            collation='"C"',
            comment="from word to word",
        ),
    )
    arguments, body = "a numeric, b numeric", "SELECT (a - b)::double precision"
    register_function(
        metadata,
        FunctionDefinition(
            schema="shop", name="apart", arguments=arguments, returns="double precision", body=body, language="sql",
            volatility="immutable",
        ),
    )  # fmt: skip
    register_range(
        metadata,
        RangeDefinition(schema="shop", name="prices", subtype="numeric(9,2)", difference=("shop", "apart")),
    )
    register_function(
        metadata,
        FunctionDefinition(
            schema="shop", name="count", arguments='r shop."many ""words""", p shop.prices[]', returns="integer",
            body="SELECT 1", language="sql",
        ),
    )  # fmt: skip
    Table(
        "spans",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("open", PGCraftNamedType("time range", schema="shop")),
        Column("said", PGCraftNamedType('many "words"', schema="shop")),
        schema="shop",
    )

"""Publications."""

from typing import Any

from sqlalchemy import MetaData

from pgcraft.models import PublicationDefinition, PublishedTable, register_publication
from tests.acceptance.cases.registry import case, make_table


@case
def publications(metadata: MetaData) -> None:
    make_table(metadata, schema="sent")
    make_table(metadata, name='Order "x"', schema="sent")
    some = PublishedTable(schema="sent", name="products", columns=("name", "id"), where="((price > 3 AND name <> ')'))")
    given: tuple[dict[str, Any], ...] = (
        {"name": "all", "all_tables": True, "publish": ("update", "insert"), "comment": "it's"},
        {"name": 'ne"ws', "tables": (("sent", 'Order "x"'), some), "via_root": True},
        {"name": "empty"},
        {"name": "whole", "schemas": ("sent",), "tables": [("sent", "products")], "publish": "delete"},
    )
    for facts in given:
        register_publication(metadata, PublicationDefinition(**facts))

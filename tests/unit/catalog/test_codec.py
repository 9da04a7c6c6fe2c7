"""A catalog as a JSON document: exact, readable, and refused when it is of another version."""

import json

import pytest
from hypothesis import given

from pgcraft.catalog.codec import dump_catalog, encode_catalog, load_catalog
from pgcraft.catalog.definitions import Column, Schema
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.errors import PGCraftConfigError
from tests.unit.catalog.strategies import catalogs

SCHEMA = CatalogObject(ObjectId(Kind.SCHEMA, None, "api"), Schema())
COLUMN = CatalogObject(
    ObjectId(Kind.COLUMN, "api", "id", "products"),
    Column(1, "integer", nullable=False),
    depends_on=(SCHEMA.id,),
    origins=(Origin(Layer.FACTORY, 'PGCraftSimple("products")', "models.py", 4),),
)


@given(catalogs())
def test_every_catalog_is_read_back_exactly(catalog: Catalog) -> None:
    assert catalog == load_catalog(dump_catalog(catalog))


def test_the_document_is_readable_and_leaves_defaults_out() -> None:
    document = encode_catalog(make_catalog([SCHEMA, COLUMN]))
    assert document["objects"][1] == {
        "id": "column api.products.id",
        "definition": {"position": 1, "type": "integer", "nullable": False},
        "parts": [],
        "depends_on": ["schema api"],
        "origins": [["factory", 'PGCraftSimple("products")', "models.py", 4]],
    }


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"pgcraft_catalog": 1}', '{"pgcraft_catalog": 1, "objects": [3]}']
)
def test_what_is_no_catalog_is_an_error_and_no_traceback(text: str) -> None:
    with pytest.raises(PGCraftConfigError, match="PGC022"):
        load_catalog(text)


def test_another_version_is_refused_by_its_number() -> None:
    document = json.loads(dump_catalog(Catalog())) | {"pgcraft_catalog": 99}
    with pytest.raises(PGCraftConfigError, match="version 99"):
        load_catalog(json.dumps(document))

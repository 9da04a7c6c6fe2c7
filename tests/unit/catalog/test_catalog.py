"""A catalog holds its objects by id, kind and need, in one order."""

from pgcraft.catalog.definitions import Role, Schema, Table
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId, make_catalog

APP = CatalogObject(ObjectId(Kind.SCHEMA, None, "app"), Schema())
A = CatalogObject(ObjectId(Kind.TABLE, "app", "a"), Table(), depends_on=(APP.id,))
B = CatalogObject(ObjectId(Kind.TABLE, "app", "b"), Table(), depends_on=(A.id, APP.id))
ANON = CatalogObject(ObjectId(Kind.ROLE, None, "anon"), Role())
CATALOG = make_catalog([B, A, ANON, APP], server_version=18, notes=("note",))


def test_objects_stand_in_the_order_of_their_ids() -> None:
    assert (ANON, APP, A, B) == CATALOG.objects
    assert (18, ("note",)) == (CATALOG.server_version, CATALOG.notes)


def test_a_later_object_replaces_an_earlier_one_of_its_id() -> None:
    commented = CatalogObject(APP.id, Schema("why"))
    assert (commented,) == make_catalog([APP, commented]).objects


def test_objects_are_found_by_id_and_by_kind() -> None:
    assert A is CATALOG.find(A.id)
    assert CATALOG.find(ObjectId(Kind.TABLE, "app", "c")) is None
    assert [A, B] == list(CATALOG.of_kind(Kind.TABLE))
    assert [ANON, A, B] == list(CATALOG.of_kind(Kind.TABLE, Kind.ROLE))
    assert [] == list(CATALOG.of_kind(Kind.VIEW))


def test_a_catalog_knows_who_needs_an_object_directly() -> None:
    assert {APP.id: (A.id, B.id), A.id: (B.id,)} == CATALOG.dependents

"""What a catalog refuses is told whole, as a user or the caller reads it."""

from collections.abc import Callable

import pytest

from pgcraft.catalog.codec import load_catalog
from pgcraft.catalog.definitions import Grant, Role, Schema, Table, View
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.lookup import get_object
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.tokens import find_group
from pgcraft.errors import PGCraftConfigError
from pgcraft.render.dispatch import RENDERERS, gather_renderers

DOCS = CatalogObject(ObjectId(Kind.TABLE, "app", "docs"), Table())
ODD = CatalogObject(ObjectId(Kind.TABLE, "app", "Odd one"), Table())
VIEWS = tuple(CatalogObject(ObjectId(Kind.VIEW, f"s{number}", "v"), View("SELECT 1")) for number in range(10))
ANON = CatalogObject(ObjectId(Kind.ROLE, None, "anon"), Role())
GRANT = CatalogObject(DOCS.id.granted_to("anon"), Grant(("select",)))
PARTS = tuple(CatalogObject(DOCS.id.part(Kind.TRIGGER, name), Table()) for name in ("docs_audit", "docs_log"))
CATALOG = make_catalog(
    [DOCS, ODD, *VIEWS, ANON, GRANT, *PARTS, CatalogObject(ObjectId(Kind.SCHEMA, None, "app"), Schema())]
)

LOOKED_UP = {
    "app.dosc": 'PGC005: the models make no object "app.dosc"\n  did you mean "app.docs"?',
    "app.docs.docs_adit": (
        'PGC005: the models make no object "app.docs.docs_adit"\n  did you mean "app.docs.docs_audit"?'
    ),
    "odd on": 'PGC005: the models make no object "odd on"\n  did you mean ""Odd one""?',
    "anom": 'PGC005: the models make no object "anom"\n  did you mean "anon"?',
    "weather": 'PGC005: the models make no object "weather"\n  "pgcraft show" lists all of them',
    "v": 'PGC005: "v" may mean 10 objects\n  name one of them:\n'
    + "".join(f'  "view s{number}.v"\n' for number in range(8))
    + "  and 2 more",
}


@pytest.mark.parametrize("text", LOOKED_UP)
def test_what_means_no_object_or_several_is_told_in_these_words(text: str) -> None:
    with pytest.raises(PGCraftConfigError) as caught:
        get_object(CATALOG, text)
    assert LOOKED_UP[text] == str(caught.value)


def test_eight_meanings_are_all_listed() -> None:
    with pytest.raises(PGCraftConfigError) as caught:
        get_object(make_catalog(VIEWS[:8]), "v")
    listed = "".join(f'\n  "view s{number}.v"' for number in range(8))
    assert f'PGC005: "v" may mean 8 objects\n  name one of them:{listed}' == str(caught.value)


def test_of_relations_and_what_belongs_to_them_and_roles_the_first_is_meant() -> None:
    schema, role = (CatalogObject(ObjectId(kind, None, "docs"), Schema()) for kind in (Kind.SCHEMA, Kind.ROLE))
    column = CatalogObject(DOCS.id.column("docs"), Table())
    assert DOCS.id == get_object(make_catalog([DOCS, column, schema]), "docs")
    assert schema.id == get_object(make_catalog([column, schema]), "docs")
    assert column.id == get_object(make_catalog([column]), "docs")
    with pytest.raises(PGCraftConfigError, match="may mean 2 objects"):
        get_object(make_catalog([schema, role]), "docs")


LOADED = {
    "{": "PGC022: this is not the JSON of a catalog: Expecting property name enclosed in double quotes: line 1 column 2"
    " (char 1)\n  write it anew with pgcraft export",
    "{}": "PGC022: this is not the JSON of a catalog: 'pgcraft_catalog'\n  write it anew with pgcraft export",
    '{"pgcraft_catalog": 9}': "PGC022: this catalog is of version 9, and 1 is read here\n"
    "  write it anew with the pgcraft that reads it",
}


@pytest.mark.parametrize("text", LOADED)
def test_what_is_no_catalog_is_told_in_these_words(text: str) -> None:
    with pytest.raises(PGCraftConfigError) as caught:
        load_catalog(text)
    assert LOADED[text] == str(caught.value)


CALLS: dict[str, tuple[Callable[[], object], type[Exception]]] = {
    "not the id of an object: 'table'": (lambda: parse_id("table"), ValueError),
    "nothing can be granted on role anon": (lambda: ANON.id.granted_to("x"), ValueError),
    "table app.docs is defined by a Table": (lambda: DOCS.defined_as(View), TypeError),
    "no closed parentheses in 'b (c'": (lambda: find_group("a(), b (c", 5), ValueError),
    f"two renderers claim role: {RENDERERS[Kind.ROLE]} and {RENDERERS[Kind.ROLE]}": (
        lambda: gather_renderers([RENDERERS[Kind.ROLE]] * 2),
        ValueError,
    ),
}


@pytest.mark.parametrize("text", CALLS)
def test_what_a_caller_does_wrong_is_told_in_these_words(text: str) -> None:
    call, error = CALLS[text]
    with pytest.raises(error) as caught:
        call()
    assert text == str(caught.value)

"""Everything that some models declare, as catalog and as SQL: what changes unmeant is seen, wherever it comes from.

``pytest tests/unit/golden --snapshot-update`` takes the texts anew; the difference is then read line by line.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy import MetaData
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from pgcraft.catalog.codec import encode_catalog
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog
from pgcraft.collect import collect
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.diff.compare import compare_catalogs
from pgcraft.export.sql import export_sql
from pgcraft.models.naming import pgcraft_build_naming_conventions
from pgcraft.render.dispatch import render_object
from pgcraft.render.grants import take_rights_on_relations
from pgcraft.render.keeping import Remade, keep_standing, put_back
from pgcraft.render.kept_settings import REPLACED, keep_settings, put_settings_back
from pgcraft.scripts.made import History
from tests.acceptance.cases import CASES
from tests.factories import tenants, test_defaults_that_call
from tests.unit.diff.catalogs import plan_in_order

ROOT = Path(__file__).resolve().parents[3]
REVISIONS = {
    "old_shop": sorted((ROOT / "tests/alembic/old_shop").glob("*.txt")),
    "shop": sorted((ROOT / "examples/shop/migrations/versions").glob("*.py")),
}


class TextExtension(SingleFileSnapshotExtension):
    """One text file for each, beside the test."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


def declare_tenants(metadata: MetaData) -> MetaData:
    """Every factory under row security, with API views, by a claim and by roles."""
    namespace: dict[str, object] = {}
    exec(tenants.MODELS + tenants.TENANTS, namespace)
    made, config = namespace["metadata"], namespace["config"]
    assert isinstance(made, MetaData)
    pgcraft_configure_metadata(made, config)  # type: ignore[arg-type]
    return made


def declare_defaults(metadata: MetaData) -> MetaData:
    """A default that calls what a client may not use, behind views."""
    models = test_defaults_that_call.declare("AppendOnly")
    pgcraft_configure_metadata(models.metadata, models.config)
    return models.metadata


def declare_case(build: Callable[[MetaData], None]) -> Callable[[MetaData], MetaData]:
    def declare(metadata: MetaData) -> MetaData:
        build(metadata)
        return metadata

    return declare


MODELS: Mapping[str, Callable[[MetaData], MetaData]] = {
    "tenants": declare_tenants,
    "defaults": declare_defaults,
    **{name: declare_case(build) for name, build in CASES.items()},
}


def show(catalog: Catalog) -> str:
    """Return a catalog as text, with who made what, but not on which line of these tests."""
    document = encode_catalog(catalog)
    for item in document["objects"]:
        item["origins"] = [f"{layer} {name}" for layer, name, _, _ in item["origins"]]
    lines = [json.dumps(item, ensure_ascii=False, sort_keys=True) for item in document.pop("objects")]
    return "\n".join((json.dumps(document), *lines)) + "\n"


@pytest.mark.parametrize("name", MODELS)
def test_what_models_declare_is_this_catalog_and_this_sql(name: str, snapshot: SnapshotAssertion) -> None:
    catalog = collect(MODELS[name](MetaData(naming_convention=pgcraft_build_naming_conventions())))
    text = f"{show(catalog)}\n{export_sql(catalog)}".replace("\r", "\\r")
    assert text == snapshot(extension_class=TextExtension)


@pytest.mark.parametrize("name", CASES)
def test_each_object_is_made_and_undone_by_this(name: str, snapshot: SnapshotAssertion) -> None:
    catalog = collect(MODELS[name](MetaData()))
    lines = []
    for item in catalog.objects:
        for statement in render_object(item, catalog):
            lines += [f"-- {statement.comment} ({statement.source})", statement.sql]
            lines += [f"-- undone by: {sql}" for sql in statement.reverse]
    assert "\n".join(lines).replace("\r", "\\r") + "\n" == snapshot(extension_class=TextExtension)


REMADE = {
    "views": ("view app.v", 'materialized view app."m %"'),
    "functions": ("function app.f(integer, text)", "view app.v"),
    "parts": ("constraint c on app.t", "index i on app.t", "trigger w on app.t", "policy p on app.t"),
    "triggers": ("trigger w on app.v", "view app.v"),
    "types": ('enum app."E"', 'column app.t."a b"'),
    "tables": ("table app.t",),
}
ROLES = ("it's", "anon")


@pytest.mark.parametrize("name", REMADE)
def test_what_stands_on_objects_is_kept_by_this(name: str, snapshot: SnapshotAssertion) -> None:
    ids = [parse_id(line) for line in REMADE[name]]
    remade = [Remade(each, ("comment", "a'b"), is_back=at == 0) for at, each in enumerate(ids)]
    replaced = [(each, ("b", "a")) for each in ids if each.kind in REPLACED]
    texts = [keep_standing(remade, ROLES).sql, keep_standing(remade).sql, put_back().sql]
    texts += [keep_settings(replaced).sql, put_settings_back()] if replaced else []
    texts += [take_rights_on_relations([("app", "100%"), ("b", "c")], [], ROLES)]
    texts += [take_rights_on_relations([("app", "100%")], [parse_id('column app."5%"."a b"')], (*ROLES, "PUBLIC"))]
    texts += [take_rights_on_relations([], [parse_id("column app.t.a"), parse_id("column app.t.b")], ("5%",))]
    assert "\n\n".join(texts) + "\n" == snapshot(extension_class=TextExtension)


@pytest.mark.parametrize("name", MODELS)
def test_a_plan_leads_there_and_back_in_this_order(name: str, snapshot: SnapshotAssertion) -> None:
    catalog = collect(MODELS[name](MetaData()))
    lines = []
    for current, wanted in ((Catalog(), catalog), (catalog, Catalog())):
        plan = plan_in_order(current, wanted, compare_catalogs(current, wanted))
        for statement in (each for action in plan for each in action.statements()):
            shown = (
                statement.comment,
                *map(str, statement.hazards),
                *(f"undone by {sql}" for sql in statement.reverse),
            )
            lines.append("\n    ".join(line.partition("\n")[0] for line in shown))
    assert "\n".join(lines) + "\n" == snapshot(extension_class=TextExtension)


@pytest.mark.parametrize("name", REVISIONS)
def test_what_revisions_made_is_this(name: str, snapshot: SnapshotAssertion) -> None:
    record = History(tuple(path.read_text(encoding="utf-8") for path in REVISIONS[name]))._record
    lines = [f"{object_id} {' '.join(columns)}".rstrip() for object_id, columns in sorted(record.made.items())]
    lines += [f"{grant_id}: {record.granted(grant_id)}" for grant_id in sorted(record._rights)]
    lines += [f"comment {object_id} {column or ''}".rstrip() for object_id, column in sorted(record.comments, key=str)]
    lines += [f"setting {object_id} {setting}" for object_id, setting in sorted(record.settings)]
    lines += [f"{role} in {group}" for role, group in sorted(record._members)]
    assert "\n".join(lines) + "\n" == snapshot(extension_class=TextExtension)

"""Requests as PostgREST runs them: the answers of the development database, and of the real server beside them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.devdb.trying.exchange import Exchange
from pgcraft.errors import PGCraftConfigError
from pgcraft.service.api_types import ApiTrial
from pgcraft.service.project import find_project
from pgcraft.service.workbench import Workbench
from tests.conftest import PostgRESTFactory, ProjectFactory
from tests.support.databases import Database

MODELS = """\
from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Numeric, String
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple

config = PGCraftConfig(auto_discover=False)
config.use(PostgRESTExtension())
metadata = MetaData()
products = PGCraftSimple(
    "products", "inventory", metadata, config=config,
    schema_items=[Column("name", String, nullable=False), Column("price", Numeric(10, 2), nullable=False)],
)
PostgRESTView(products, grants=["select", "insert"])
secrets = PGCraftSimple("secrets", "inventory", metadata, config=config, schema_items=[Column("word", String)])
PostgRESTView(secrets, grants=["insert"])
"""
PRODUCTS = ObjectId(Kind.VIEW, "api", "products")


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    (tmp_path / "models.py").write_text(MODELS)
    with Workbench(find_project(tmp_path)) as opened:
        opened.load()
        yield opened


def by_method(trial: ApiTrial) -> dict[str, Exchange]:
    return {each.method: each for each in trial.exchanges}


def test_granted_requests_are_answered_with_rows_and_others_are_refused(workbench: Workbench):
    trial = by_method(workbench.try_api(PRODUCTS))
    assert {method: each.status for method, each in trial.items()} == {
        "GET": 200,
        "POST": 201,
        "PATCH": 401,
        "DELETE": 401,
    }
    rows = json.loads(trial["GET"].answer)
    assert [set(row) for row in rows] == [{"id", "name", "price"}] * 2
    (written,) = json.loads(trial["POST"].answer)
    sent = json.loads(trial["POST"].body)
    assert sent == {name: written[name] for name in sent}
    assert "permission denied" in json.loads(trial["PATCH"].answer)["message"]
    assert trial["DELETE"].is_refused


def test_numbers_are_shown_as_they_came(workbench: Workbench):
    assert '"price":1.00' in by_method(workbench.try_api(PRODUCTS))["GET"].answer


def test_a_role_that_may_only_insert_gets_no_row_back(workbench: Workbench):
    trial = by_method(workbench.try_api(ObjectId(Kind.VIEW, "api", "secrets")))
    assert (trial["GET"].status, trial["POST"].status, trial["POST"].answer) == (401, 201, "")


def test_what_is_not_exposed_cannot_be_tried(workbench: Workbench):
    with pytest.raises(PGCraftConfigError, match="PGC005"):
        workbench.try_api(ObjectId(Kind.TABLE, "inventory", "products"))


@pytest.mark.postgrest
def test_the_real_server_answers_with_the_same_status(
    workbench: Workbench, project: ProjectFactory, cluster18_database: Database, postgrest: PostgRESTFactory
):
    made = project(models=MODELS, database=cluster18_database)
    made.autogenerate()
    made.alembic("upgrade", "head")
    cluster18_database.run("INSERT INTO inventory.products (name, price) VALUES ('a', 1), ('b', 2)")
    trial = by_method(workbench.try_api(PRODUCTS))
    with postgrest(cluster18_database, user="postgres") as client:
        for method, each in trial.items():
            body = json.loads(each.body) if each.body else None
            answer = client.request(method, each.path, body, headers={"Prefer": "return=representation"})
            assert answer.status == each.status, (each, answer.text)

"""Serving the API from the workbench: one key starts PostgREST and stops it, and the screen says where it answers."""

from collections.abc import Iterator

import pytest

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.service.workbench import Workbench
from pgcraft_tui.host.messages import ObjectPicked
from tests.support.postgrest import PostgREST, get_postgrest
from tests.tui.driving import Driver, drive, make_demo, open_workbench

VIEW = ObjectId(Kind.VIEW, "api", "products")


@pytest.fixture
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    root = make_demo(tmp_path_factory.mktemp("serving") / "demo")
    with open_workbench(root) as opened:
        yield opened


async def stand_on_view(driver: Driver) -> None:
    driver.app.post_message(ObjectPicked(VIEW))
    await driver.settle()


@pytest.mark.postgrest
async def test_a_key_starts_postgrest_and_stops_it(workbench: Workbench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGCRAFT_POSTGREST", get_postgrest())
    async with drive(workbench, size=(140, 60)) as driver:
        await stand_on_view(driver)
        await driver.press("A")
        address = workbench.api_address
        assert f"served at {address}  A stops it" in driver.read("#page")
        assert f"API {address.removeprefix('http://')}" in driver.read("HeaderLine")
        assert f"{address}/products" in driver.read("#page")
        assert PostgREST(address, "").get("/products").status == 200
        await driver.press("R")
        assert f"served at {address} (older models)" in driver.read("#page")
        await driver.press("A")
        assert workbench.api_address == ""
        assert "served at" not in driver.read("#page")
        assert "API" not in driver.read("HeaderLine")


async def test_without_postgrest_the_workbench_says_how_to_get_it(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PGCRAFT_POSTGREST", "/nowhere/postgrest")
    async with drive(workbench, size=(140, 60)) as driver:
        await stand_on_view(driver)
        await driver.press("A")
        (told,) = (toast for toast in driver.toasts if "PGC530" in toast)
        assert "PGCRAFT_POSTGREST names /nowhere/postgrest" in told
        assert driver.app.session.served_at == ""

"""Every model of the seeds goes up, settles, goes down without a trace, and up again."""

import re
from collections.abc import Callable
from itertools import product

import pytest

from tests.conftest import ProjectFactory
from tests.seeds.models import in_public, raw_references, seed_models, without_naming_convention
from tests.support.databases import Database
from tests.support.roundtrip import RoundTrip

MODELS = seed_models()
VARIANTS: dict[str, Callable[[str], str]] = {
    "in_public": in_public,
    "without_naming_convention": without_naming_convention,
}
VARIED = [
    pytest.param(variant(MODELS[name]), id=f"{name}-{title}")
    for name, (title, variant) in product(MODELS, VARIANTS.items())
    if variant(MODELS[name]) != MODELS[name]
]


@pytest.mark.parametrize("models", MODELS.values(), ids=MODELS)
def test_a_model_of_the_seeds_goes_the_whole_round(
    models: str, project: ProjectFactory, database: Database, clean_roles: None
) -> None:
    """A first revision that fails, never settles, or leaves something behind would end the tool's use on day one."""
    revision = RoundTrip(project(models, database=database), database).prove()
    assert re.search(r"^(import|from) pgcraft", revision, re.MULTILINE) is None


@pytest.mark.parametrize("models", VARIED)
def test_it_does_so_in_public_and_under_postgresqls_own_names(
    models: str, project: ProjectFactory, database18: Database, clean_roles18: None
) -> None:
    """Schema ``public`` is the default one, which Alembic reads without its name; unnamed constraints are reflected."""
    RoundTrip(project(models, database=database18), database18).prove()


def test_a_raw_reference_reaches_a_table_that_only_the_database_knows(
    project: ProjectFactory, database18: Database
) -> None:
    """The seed sends those with tables outside pgcraft there; autogenerate must neither fail on it nor drop the table."""
    database18.run("CREATE TABLE public.organizations (id integer PRIMARY KEY)")
    trip = RoundTrip(project(raw_references(), database=database18), database18)
    trip.autogenerate()
    trip.upgrade()
    assert trip.pending() == ""
    key = database18.value("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'fk_orders_org'")
    assert "FOREIGN KEY (org_id) REFERENCES organizations(id)" in key
    assert "public.organizations" in trip.render_upgrade()
    trip.downgrade()
    assert trip.leftovers() == [
        "relation organizations",
        "relation organizations_pkey",
        "type organizations",
        "type organizations[]",
    ]

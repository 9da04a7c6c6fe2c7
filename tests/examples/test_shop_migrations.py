"""The shop's migrations are in step with its models, and go up and down."""

import re
from collections.abc import Callable

import pytest

from tests.support.databases import Database
from tests.support.projects import Project
from tests.support.roundtrip import RoundTrip


def in_public(models: str) -> str:
    return re.sub(r'"(inventory|sales)"', '"public"', models)


def without_naming_convention(models: str) -> str:
    return models.replace("MetaData(naming_convention=pgcraft_build_naming_conventions())", "MetaData()")


def test_the_shop_is_in_step_with_its_migrations(shop: Project) -> None:
    """The example is the first thing that a newcomer opens; a diff in it would look like a bug of the tool."""
    shop.pgcraft("check")


def test_its_migrations_go_up_settle_go_down_and_up(shop_trip: RoundTrip) -> None:
    """The committed files, not freshly made ones."""
    shop_trip.upgrade()
    first = shop_trip.dump()
    assert shop_trip.pending() == ""
    shop_trip.downgrade()
    assert shop_trip.leftovers() == []
    shop_trip.upgrade()
    assert first == shop_trip.dump()


def test_each_migration_can_be_undone_alone(shop_trip: RoundTrip) -> None:
    """A step down and up again ends where it was."""
    for _ in shop_trip.project.revisions:
        shop_trip.upgrade("+1")
        before = shop_trip.dump()
        shop_trip.downgrade("-1")
        shop_trip.upgrade("+1")
        assert before == shop_trip.dump()


def test_the_exported_sql_makes_the_same_database(shop_trip: RoundTrip, new_shop_database: Database) -> None:
    """What psql makes of ``alembic upgrade head --sql`` is what ``alembic upgrade head`` makes."""
    shop_trip.upgrade()
    online = shop_trip.dump()
    shop_trip.project.write("upgrade.sql", shop_trip.render_upgrade())
    psql = ("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", new_shop_database.name, "-f")
    shop_trip.project.run(*psql, "upgrade.sql")
    offline = RoundTrip(shop_trip.project, new_shop_database)
    assert online == offline.dump()
    shop_trip.project.write("downgrade.sql", shop_trip.render_downgrade("head:base"))
    shop_trip.project.run(*psql, "downgrade.sql")
    assert [line for line in offline.leftovers() if not line.startswith("role ")] == []


@pytest.mark.parametrize("change", [str, in_public, without_naming_convention])
def test_one_revision_from_nothing_goes_the_whole_round(change: Callable[[str], str], shop_trip: RoundTrip) -> None:
    """All of the shop in a single first revision, in other schemas and with PostgreSQL's own names too."""
    for path in shop_trip.project.revisions:
        path.unlink()
    models = change((shop_trip.project.root / "models.py").read_text())
    shop_trip.project.write("models.py", models)
    revision = shop_trip.prove()
    assert re.search(r"^(import|from) pgcraft", revision, re.MULTILINE) is None

"""Models deployed by real migrations, by a superuser or by a plain owner of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pgcraft.devdb.server.address import replace_user
from pgcraft.devdb.server.servers import Server
from tests.support.databases import fresh_database
from tests.support.projects import make_project
from tests.support.roundtrip import RoundTrip

DEPLOYERS = ("superuser", "owner")
OWNER = "deployer"


@contextmanager
def deploy(server: Server, folder: Path, models: str, deployer: str) -> Iterator[RoundTrip]:
    """Write the first revision of some models and run it; what it makes belongs to the deployer.

    Args:
        folder: an empty one for the project.
        deployer: of :data:`DEPLOYERS`.
    """
    folder.mkdir(exist_ok=True)
    with fresh_database(server) as database:
        project = make_project(folder, database, models=models)
        if deployer == "owner":
            database.run(f"CREATE ROLE {OWNER} LOGIN CREATEROLE; ALTER DATABASE {database.name} OWNER TO {OWNER}")
            url = replace_user(database.url, OWNER)
            project = replace(project, environment={**project.environment, "DATABASE_URL": url, "PGUSER": OWNER})
        trip = RoundTrip(project, database)
        trip.autogenerate()
        trip.upgrade()
        assert trip.pending() == ""
        try:
            yield trip
        finally:
            if deployer == "owner":
                database.run(f"ALTER DATABASE {database.name} OWNER TO postgres")

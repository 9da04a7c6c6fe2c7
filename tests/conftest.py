"""The fixtures that every test may use.

``server``         session's PostgreSQL server: 18 (embedded) and 15 (the system's) in turn; marked ``each_server``, or with
                   PGCRAFT_EVERY_SERVER=1, a test runs on both
``server18``       the embedded one alone, for tests that need only one version
``database``       fresh empty `Database` on ``server``: .url .conninfo .connect() .run(sql) .rows(sql) .value(sql) .psql()
                   its statements run on one connection, made as new after each; .connect() opens another
``database18``     the same on ``server18``
``new_database``   factory of further ones beside ``database``: ``new_database()``
``cluster``        a whole `Server` for one test alone (~150 ms), both versions; roles are cluster-wide
``cluster18``      the same, embedded only
``cluster_database``, ``cluster18_database``   a `Database` on such a cluster
``clean_roles``    drops every role that the test made, on ``server``; ``clean_roles18`` on ``server18``
``postgrest``      factory: ``with postgrest(database, schemas="api", anon_role="anon") as client: client.get("/t")``
``project``        factory: ``project(models="…")`` gives a `Project` on ``database18`` with .alembic() .pgcraft() .run()
                   ``project(models="…", database=other)`` on another; ``database=None`` on none
``real_processes`` every process of the test begins as a user's does, see `tests.support.forking`

Tests that make roles such as anon and authenticator: use a cluster of their own, or ``clean_roles``.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Protocol

import hypothesis
import pytest

from pgcraft import garbage
from pgcraft.devdb.server.servers import Server
from tests.support.databases import Database, drop_roles, fresh_database
from tests.support.forking import forking, forking_off
from tests.support.order import put_long_ones_first
from tests.support.postgrest import PostgREST, run_postgrest
from tests.support.projects import Project, make_project
from tests.support.servers import EMBEDDED_MAJOR, MAJORS, Servers, find_turned_away, run_cluster
from tests.support.skipped import list_skipped
from tests.support.surroundings import forget_surroundings
from tests.support.together import make_scheduler

# How long an example takes says what else the machine does.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


def pytest_configure() -> None:
    """Begin alike whoever runs the tests; what is collected stays, and to look through it takes a quarter of the time."""
    forget_surroundings()
    garbage.resume_seldom()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each test run on one server, unless it is about what differs between them."""
    away = set(find_turned_away(items))
    if away:
        config.hook.pytest_deselected(items=sorted(away, key=lambda item: item.nodeid))
        items[:] = [item for item in items if item not in away]
    put_long_ones_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Let files that share what they run have one worker."""
    return make_scheduler(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why."""
    if skipped := terminalreporter.stats.get("skipped"):
        terminalreporter.section("skipped")
        for line in list_skipped(skipped):
            terminalreporter.line(line)


def pytest_collection_finish() -> None:
    """Look for garbage among what the tests make, and seldom: what was imported and collected stays."""
    gc.collect()
    garbage.resume_seldom()


@pytest.fixture(scope="session", autouse=True)
def forked_processes() -> Iterator[None]:
    with forking():
        yield


@pytest.fixture
def real_processes() -> Iterator[None]:
    with forking_off():
        yield


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    running = Servers()
    yield running
    running.stop()


@pytest.fixture(scope="session", params=MAJORS, ids=lambda major: f"pg{major}")
def server(request: pytest.FixtureRequest, servers: Servers) -> Server:
    return servers.get(request.param)


@pytest.fixture(scope="session")
def server18(servers: Servers) -> Server:
    return servers.get(EMBEDDED_MAJOR)


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with fresh_database(server) as made:
        yield made


@pytest.fixture
def database18(server18: Server) -> Iterator[Database]:
    with fresh_database(server18) as made:
        yield made


@pytest.fixture
def new_database(request: pytest.FixtureRequest) -> Iterator[Callable[[], Database]]:
    """Further databases on the server of the test's ``database``, ``database18`` or cluster."""
    used = [name for name in request.fixturenames if name.endswith(("database", "database18"))]
    names = [name for name in used if name != "new_database"]
    server = request.getfixturevalue(names[0]).server if names else request.getfixturevalue("server18")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(fresh_database(server))


@pytest.fixture(params=MAJORS, ids=lambda major: f"pg{major}")
def cluster(request: pytest.FixtureRequest) -> Iterator[Server]:
    yield from run_cluster(request.param)


@pytest.fixture
def cluster18() -> Iterator[Server]:
    yield from run_cluster(EMBEDDED_MAJOR)


@pytest.fixture
def cluster_database(cluster: Server) -> Iterator[Database]:
    with fresh_database(cluster) as made:
        yield made


@pytest.fixture
def cluster18_database(cluster18: Server) -> Iterator[Database]:
    with fresh_database(cluster18) as made:
        yield made


@pytest.fixture
def clean_roles(server: Server) -> Iterator[None]:
    yield
    drop_roles(server)


@pytest.fixture
def clean_roles18(server18: Server) -> Iterator[None]:
    yield
    drop_roles(server18)


class PostgRESTFactory(Protocol):
    def __call__(
        self,
        database: Database,
        *,
        schemas: str = "api",
        anon_role: str = "anon",
        user: str = "authenticator",
        **settings: str,
    ) -> AbstractContextManager[PostgREST]: ...


@pytest.fixture
def postgrest() -> PostgRESTFactory:
    return lambda database, **options: run_postgrest(database.url, **options)


class ProjectFactory(Protocol):
    def __call__(
        self, models: str, *, database: Database | None = ..., pyproject: str | None = None, env_py: str = ...
    ) -> Project: ...


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> ProjectFactory:
    counter = iter(range(1000))

    def make(models: str, **options: object) -> Project:
        if "database" not in options:
            options["database"] = request.getfixturevalue("database18")
        folder = tmp_path / f"project{next(counter) or ''}"
        folder.mkdir()
        return make_project(folder, models=models, **options)  # type: ignore[arg-type]

    return make

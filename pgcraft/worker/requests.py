"""Which function answers which request; its module is imported when it is asked for, or before anybody asks.

Importing this module imports what models import and what most requests need, but neither Alembic nor the driver.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pgcraft.extensions.postgrest
import pgcraft.factory
import pgcraft.views.view  # noqa: F401  what models import
from pgcraft.errors import PGCraftDatabaseError, PGCraftLoadError
from pgcraft.installed.disabled import override_disabled
from pgcraft.service import requests
from pgcraft.service.protocol import Asked, read_body
from pgcraft.worker.failures import describe_bug as describe_bug
from pgcraft.worker.failures import first_line
from pgcraft.worker.importing import Report

Answerer = Callable[[Any, Report], object]

_ANSWERERS: dict[type, tuple[str, str]] = {
    requests.Load: ("load", "load"),
    requests.CompareModels: ("revision", "compare_models"),
    requests.DraftRevision: ("revision", "draft_revision"),
    requests.ProveRevision: ("proof", "prove_revision"),
    requests.ProveHistory: ("whole_proof", "prove_history"),
    requests.MergeHeads: ("merge", "merge_heads"),
    requests.ReadHistory: ("history", "read_history"),
    requests.ExportRevisions: ("export", "export_revisions"),
    requests.VerifyAccess: ("access", "verify"),
    requests.ReadRows: ("access", "read_rows"),
    requests.TryApi: ("access", "try_api"),
    requests.ServeApi: ("serving", "serve_api"),
    requests.ReadDatabase: ("database", "read_database"),
    requests.CompareDatabase: ("drift", "compare_database"),
}
"""Module of this package and function."""

_REQUESTS = {request.__name__: request for request in _ANSWERERS}


def answer(asked: Asked, report: Report) -> object:
    """Do what was asked, with exactly the project's disabled extensions switched off.

    Raises:
        PGCraftError: whatever went wrong, mapped to one of ours.
    """
    request_type = _REQUESTS.get(asked.name)
    if request_type is None:
        raise PGCraftLoadError(
            "PGC304",
            f'the child process knows no request "{asked.name}"',
            remedy="use one version of pgcraft for both",
        )
    request: Any = read_body(request_type, asked.body)
    try:
        with override_disabled(request.project.disabled):
            return _find_answerer(request_type)(request, report)
    except Exception as error:
        if not _is_drivers(error):
            raise
        raise PGCraftDatabaseError(
            "PGC522",
            f"the development server failed: {first_line(error)}",
            remedy="try again: a server of our own is started anew; one of --url or dev_url must run",
            detail=str(error),
        ) from error


def warm_up() -> None:
    """Import what any request may need."""
    for request_type in _ANSWERERS:
        _find_answerer(request_type)


def _find_answerer(request_type: type) -> Answerer:
    module, function = _ANSWERERS[request_type]
    answerer: Answerer = getattr(import_module(f"{__package__}.{module}"), function)
    return answerer


def _is_drivers(error: Exception) -> bool:
    """Whether psycopg raised it; where it is not even imported, it did not."""
    psycopg = sys.modules.get("psycopg")
    return psycopg is not None and isinstance(error, psycopg.Error)

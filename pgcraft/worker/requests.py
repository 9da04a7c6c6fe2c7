"""Which function answers which request; importing this module imports what all of them need."""

from collections.abc import Callable
from typing import Any

import psycopg

import pgcraft.extensions.postgrest
import pgcraft.factory
import pgcraft.views.view  # noqa: F401  what models import: a warm child has it already
from pgcraft.errors import PGCraftDatabaseError, PGCraftLoadError
from pgcraft.scrub import scrub
from pgcraft.service import requests
from pgcraft.service.protocol import Asked, read_body
from pgcraft.settings import override_disabled
from pgcraft.worker.access import read_rows, try_api, verify
from pgcraft.worker.export import export_revisions
from pgcraft.worker.failures import describe_bug as describe_bug
from pgcraft.worker.failures import first_line
from pgcraft.worker.history import read_history
from pgcraft.worker.load import load
from pgcraft.worker.loading import Report
from pgcraft.worker.revision import compare_models, draft_revision, prove_revision

Answerer = Callable[[Any, Report], object]

_ANSWERERS: dict[type, Answerer] = {
    requests.Load: load,
    requests.CompareModels: compare_models,
    requests.DraftRevision: draft_revision,
    requests.ProveRevision: prove_revision,
    requests.ReadHistory: read_history,
    requests.ExportRevisions: export_revisions,
    requests.VerifyAccess: verify,
    requests.ReadRows: read_rows,
    requests.TryApi: try_api,
}
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
            return _ANSWERERS[request_type](request, report)
    except psycopg.Error as error:
        raise PGCraftDatabaseError(
            "PGC522",
            scrub(f"the development server failed: {first_line(error)}"),
            remedy="try again: a server of our own is started anew; one of --url or dev_url must run",
            detail=scrub(str(error)),
        ) from error

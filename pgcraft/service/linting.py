"""What lint finds in models or in a real database, as it was asked for."""

from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Kind
from pgcraft.errors import PGCraftConfigError
from pgcraft.service.api_types import ApiResource
from pgcraft.service.drift import find_database
from pgcraft.service.drift_types import DatabaseState
from pgcraft.service.findings import Finding, LintChoice
from pgcraft.service.lint import lint
from pgcraft.service.lint_rules import find_unknown
from pgcraft.service.requests import ReadDatabase
from pgcraft.service.session import Session
from pgcraft.service.types import LoadedModels, OnProgress

_ANONYMOUS = "anon"
"""Who has not logged in, as PostgREST's configuration usually names it."""


def read(session: Session, database: str, on_progress: OnProgress | None) -> LoadedModels:
    """Return what a real database has, in the form of models; what anybody may use is its API.

    Raises:
        PGCraftConfigError: PGC016 and PGC026, there is no such database.
        PGCraftDatabaseError: PGC540, it is out of reach; PGC541, it could not be read.
    """
    url = find_database(session.project, database)
    catalog = session.ask(ReadDatabase(session.project, url), DatabaseState, on_progress)[0].catalog
    schemas = {
        each.id.name for each in catalog.of_kind(Kind.GRANT) if each.id.grantee == _ANONYMOUS and each.id.schema is None
    }
    views = (each.id for each in catalog.of_kind(*RELATIONS) if each.id.schema in schemas)
    return LoadedModels(catalog, (), tuple(ApiResource(view, None, (), _ANONYMOUS) for view in views), ())


def find(loaded: LoadedModels, choice: LintChoice) -> tuple[Finding, ...]:
    """Return what is wanted of it.

    Raises:
        PGCraftConfigError: PGC005, there is no such rule.
    """
    unknown = find_unknown(choice)
    if unknown:
        raise PGCraftConfigError("PGC005", f"lint has no rule {unknown}", remedy='"pgcraft lint --rules" lists them')
    return lint(loaded, choice)

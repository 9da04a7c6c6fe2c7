"""Functions that nobody calls, and those that run with their owner's rights and find what a caller put in their way."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Function
from pgcraft.catalog.objects import Kind
from pgcraft.service.lint.notes import Note, note
from pgcraft.service.types import LoadedModels

_LAST = "pg_temp"


def find_idle_functions(loaded: LoadedModels) -> Iterator[Note]:
    """Trigger functions that no trigger calls."""
    for item in loaded.catalog.of_kind(Kind.FUNCTION):
        is_trigger = isinstance(item.definition, Function) and item.definition.returns == "trigger"
        if is_trigger and not loaded.catalog.dependents.get(item.id):
            yield note(item, "is a trigger function that no trigger calls", "take it out, or make its trigger")


def find_unpinned_definers(loaded: LoadedModels) -> Iterator[Note]:
    """SECURITY DEFINER functions whose ``search_path`` does not end in ``pg_temp``.

    Left out, it is searched first for types and relations: a temporary type ``text`` runs its author's code as the
    function's owner (https://www.postgresql.org/docs/current/sql-createfunction.html).
    """
    for item in loaded.catalog.of_kind(Kind.FUNCTION):
        function = item.defined_as(Function)
        if function.security_definer and not is_pinned(function):
            path = dict(function.settings).get("search_path")
            yield note(item, _tell(path), _REMEDY)


def find_open_definers(loaded: LoadedModels) -> Iterator[Note]:
    """SECURITY DEFINER functions that PUBLIC may execute; those of triggers nobody can call."""
    for item in loaded.catalog.of_kind(Kind.FUNCTION):
        function = item.defined_as(Function)
        if function.security_definer and function.is_public and function.returns != "trigger":
            yield note(
                item, "is SECURITY DEFINER, and everyone may call it", "revoke_public=True, and a grant to who may"
            )


def is_pinned(function: Function) -> bool:
    """Whether a function searches the caller's temporary schema after everything else."""
    path = dict(function.settings).get("search_path")
    return path is not None and path.rpartition(",")[2].strip() == _LAST


_REMEDY = 'let its path end in pg_temp: settings=(("search_path", "pg_catalog, pg_temp"),)'


def _tell(path: str | None) -> str:
    told = "no search_path" if path is None else f"search_path = {path or repr(path)}"
    return f"is SECURITY DEFINER with {told}: who may make temporary objects can run code as its owner"

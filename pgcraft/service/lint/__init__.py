"""What looks odd about a schema, though PostgreSQL takes it; standard library only."""

from collections.abc import Callable, Iterator
from itertools import chain

from pgcraft.errors import Place
from pgcraft.service.findings import EVERYTHING, Finding, LintChoice
from pgcraft.service.lint import access, columns, exposure, functions, indexes, names, policies, tables
from pgcraft.service.lint.notes import Note
from pgcraft.service.lint_rules import RULES, is_wanted
from pgcraft.service.types import LoadedModels

__all__ = ["FINDERS", "lint"]

FINDERS: dict[str, Callable[[LoadedModels], Iterator[Note]]] = {
    "PGL101": tables.find_missing_keys,
    "PGL102": tables.find_nullable_unique,
    "PGL103": tables.find_mismatched_keys,
    "PGL104": tables.find_nulled_keys,
    "PGL111": columns.find_small_keys,
    "PGL112": columns.find_serials,
    "PGL113": columns.find_zoneless,
    "PGL114": columns.find_padded,
    "PGL115": columns.find_limited,
    "PGL116": columns.find_odd_types,
    "PGL201": indexes.find_unindexed_keys,
    "PGL202": indexes.find_equal_indexes,
    "PGL203": indexes.find_begun_indexes,
    "PGL204": policies.find_unindexed_conditions,
    "PGL301": access.find_unreachable,
    "PGL302": access.find_bypasses,
    "PGL303": access.find_unchecked_filters,
    "PGL304": access.find_leaking_filters,
    "PGL305": exposure.find_open_changes,
    "PGL306": exposure.find_open_tables,
    "PGL311": policies.find_idle_policies,
    "PGL312": policies.find_closed_tables,
    "PGL313": policies.find_open_policies,
    "PGL314": policies.find_repeated_calls,
    "PGL315": policies.find_several_permissive,
    "PGL401": functions.find_idle_functions,
    "PGL402": functions.find_unpinned_definers,
    "PGL403": functions.find_open_definers,
    "PGL501": names.find_quoted,
}
"""To add one: its row in `pgcraft.service.lint_rules`, a function that gives a note for each object, a line here."""


def lint(loaded: LoadedModels, choice: LintChoice = EVERYTHING) -> tuple[Finding, ...]:
    """Return all that looks odd and is wanted, by rule, then by object."""
    found = chain.from_iterable(_find(code, loaded) for code in FINDERS)
    return tuple(finding for finding in found if is_wanted(finding, choice))


def _find(code: str, loaded: LoadedModels) -> Iterator[Finding]:
    rule = RULES[code]
    for item, message, remedy in FINDERS[code](loaded):
        yield Finding(
            "schema",
            "advice" if rule.is_advice else "note",
            f"{item.id} {message}",
            remedy,
            item.id,
            code,
            next((Place(each.file, each.line) for each in item.origins if each.file), None),
            rule.why,
        )

"""Domains whose checks or default call a function that goes or is recreated: these rest meanwhile.

Nothing is recreated: the domain stays under its columns, and its checks are tried again when they come back.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from pgcraft.catalog.definitions import Domain
from pgcraft.catalog.kinds import TYPES
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.compare import Diff
from pgcraft.identifiers import quote_name, quote_qualified

_FACTS = frozenset({"checks", "default"})


def find_resting_domains(
    current: Catalog, wanted: Catalog, going: frozenset[ObjectId], remade: frozenset[ObjectId]
) -> frozenset[ObjectId]:
    """Return the domains that stay while a function goes that their checks or default may call.

    Args:
        going: what goes, for good or to be recreated.
        remade: what is made again by another plan.
    """
    return frozenset(
        item.id
        for item in current.of_kind(*TYPES)
        if (item.id in wanted.by_id or item.id not in going) and item.id not in remade and _find_called(item, going)
    )


def leave_domains(diff: Diff, resting: frozenset[ObjectId]) -> Diff:
    """Return a difference without what is set again anyway."""
    if not resting:
        return diff
    changed = (
        replace(change, facts=tuple(fact for fact in change.facts if fact not in _FACTS))
        if change.id in resting
        else change
        for change in diff.changed
    )
    return replace(diff, changed=tuple(change for change in changed if change.facts))


def plan_domains(
    current: Catalog, wanted: Catalog, resting: frozenset[ObjectId], going: frozenset[ObjectId]
) -> Iterator[Action]:
    """Take checks and defaults away before the functions go, and give them back once these are made."""
    for domain in sorted(resting):
        old = current.by_id[domain]
        new = wanted.find(domain) or old
        first, last = (frozenset(_find_called(item, going)) for item in (old, new))
        alter = partial(Action, Verb.ALTER, domain, origins=new.origins, causes=first)
        yield alter(tuple(_take(old)), tuple(_give(old)), releases=first | {domain})
        yield alter(tuple(_give(new)), tuple(_take(new)), requires=last.union({domain}, new.depends_on))


def _find_called(item: CatalogObject, functions: frozenset[ObjectId]) -> tuple[ObjectId, ...]:
    """Return those of some functions whose name stands in the text of a domain, with their schema if that must be."""
    domain = item.definition
    if not isinstance(domain, Domain):
        return ()
    text = " ".join((domain.default or "", *(text for _, text in domain.checks)))
    named = (each for each in functions if each.kind is Kind.FUNCTION and mentions_name(text, each.name))
    return tuple(each for each in named if each.schema == "public" or mentions_name(text, str(each.schema)))


def _take(item: CatalogObject) -> Iterator[str]:
    domain, head = item.defined_as(Domain), f"ALTER DOMAIN {quote_qualified(item.id.schema, item.id.name)}"
    if domain.default is not None:
        yield f"{head} DROP DEFAULT"
    yield from (f"{head} DROP CONSTRAINT {quote_name(name)}" for name, _ in domain.checks)


def _give(item: CatalogObject) -> Iterator[str]:
    domain, head = item.defined_as(Domain), f"ALTER DOMAIN {quote_qualified(item.id.schema, item.id.name)}"
    if domain.default is not None:
        yield f"{head} SET DEFAULT {domain.default}"
    yield from (f"{head} ADD CONSTRAINT {quote_name(name)} CHECK ({text})" for name, text in domain.checks)

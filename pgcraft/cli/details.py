"""One object with all that is known of it, and whose it is in one line."""

from collections.abc import Iterator

from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, escape_text
from pgcraft.catalog.origins import list_origins
from pgcraft.service.ddl import is_grant_on

LONGEST_FACT = 200
"""Bodies and queries are longer; `pgcraft ddl` prints them."""
_TOLD_EITHER_WAY = frozenset({"nullable"})
"""Facts whose "no" tells as much as their "yes"."""


def say_origin(item: CatalogObject) -> str:
    """Return ``PostgRESTView("products") · extension postgrest · models.py:41``; empty for what nobody claims."""
    return " · ".join(list_origins(item.origins))


def describe_object(catalog: Catalog, item: CatalogObject) -> str:
    """Return the object's page: definition, origins, parts, grants, what it needs and what needs it."""
    return "\n".join(_describe(catalog, item))


def say_facts(item: CatalogObject) -> Iterator[tuple[str, str]]:
    """Return the facts of a definition that are set, each with its name; long text is left to ``pgcraft ddl``."""
    definition = item.definition
    for name in type(definition).__dataclass_fields__:
        value = getattr(definition, name)
        text = ", ".join(map(_say, value)) if isinstance(value, tuple) else _say(value)
        is_told = value not in (None, False, "", ()) or name in _TOLD_EITHER_WAY
        if is_told and len(text) <= LONGEST_FACT:
            yield name.replace("_", " "), text


def _say(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return escape_text(" ".join(str(value).splitlines()))


def _describe(catalog: Catalog, item: CatalogObject) -> Iterator[str]:
    yield str(item.id)
    if item.role:
        yield f"  {escape_text(item.role)}"
    for name, text in say_facts(item):
        yield f"  {name}: {text}"
    for origin in item.origins:
        at = f" at {origin.declared_at}" if origin.declared_at else ""
        yield f"  made by {origin.layer.value} {origin.name}{at}"
    grants = [other for other in catalog.of_kind(Kind.GRANT) if is_grant_on(other.id, item.id)]
    for title, ids in (
        ("part", item.parts),
        ("granted", tuple(grant.id for grant in grants)),
        ("needs", item.depends_on),
        ("needed by", catalog.dependents.get(item.id, ())),
    ):
        for object_id in ids:
            yield f"  {title}: {object_id}"

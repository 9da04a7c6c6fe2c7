"""Default privileges."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.default_privileges import DefaultPrivileges, list_open
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.catalog.privileges import PRIVILEGES, PUBLIC
from pgcraft.identifiers import quote_name
from pgcraft.render.renderer import Renderer, Sql


def create_defaults(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Give what is given by default, and take what PostgreSQL gives by itself and is not."""
    return tuple(Sql(text, "create", item.id) for text in alter_defaults(_untouched(item), item))


def drop_defaults(item: CatalogObject) -> tuple[str, ...]:
    """Go back to what PostgreSQL gives by itself."""
    return tuple(alter_defaults(item, _untouched(item)))


def alter_defaults(before: CatalogObject, after: CatalogObject) -> Iterator[str]:
    """Return the SQL that leads from one state to another."""
    old, new = before.defined_as(DefaultPrivileges), after.defined_as(DefaultPrivileges)
    lost = [name for name in old.privileges if name not in new.privileges]
    options = [name for name in old.grantable if name not in new.grantable and name not in lost]
    fresh = [name for name in new.privileges if name not in old.privileges and name not in new.grantable]
    given = [name for name in new.grantable if name not in old.grantable]
    grantee = PUBLIC if new.grantee == PUBLIC else quote_name(new.grantee)
    on = f"ON {new.on.upper()}"
    if lost:
        yield f"{_head(after)} REVOKE {_list(lost)} {on} FROM {grantee}"
    if options:
        yield f"{_head(after)} REVOKE GRANT OPTION FOR {_list(options)} {on} FROM {grantee}"
    if fresh:
        yield f"{_head(after)} GRANT {_list(fresh)} {on} TO {grantee}"
    if given:
        yield f"{_head(after)} GRANT {_list(given)} {on} TO {grantee} WITH GRANT OPTION"


def _untouched(item: CatalogObject) -> CatalogObject:
    """Return what holds where nobody says anything."""
    definition = item.defined_as(DefaultPrivileges)
    opened = list_open(definition.on, definition.grantee, item.id.schema)
    return CatalogObject(
        item.id, DefaultPrivileges(definition.on, definition.grantee, definition.creator, privileges=opened)
    )


def _head(item: CatalogObject) -> str:
    creator = item.defined_as(DefaultPrivileges).creator
    role = f" FOR ROLE {quote_name(creator)}" if creator else ""
    return f"ALTER DEFAULT PRIVILEGES{role}" + (f" IN SCHEMA {quote_name(item.id.schema)}" if item.id.schema else "")


def _list(privileges: Iterable[str]) -> str:
    return ", ".join(name.upper() for name in PRIVILEGES if name in privileges)


RENDERER = Renderer((Kind.DEFAULTS,), create_defaults, drop_defaults)

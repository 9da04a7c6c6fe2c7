"""What PostgREST makes of a view: endpoint, methods, columns, a request for each method."""

import json
import shlex
from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Grant, View
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.errors import PGCraftConfigError, find_nearest
from pgcraft.service.api_types import ApiColumn, ApiPreview, ApiResource
from pgcraft.service.ddl import is_grant_on
from pgcraft.service.types import LoadedModels

BASE_URL = "http://localhost:3000"
METHODS = {"select": ("GET", "HEAD"), "insert": ("POST",), "update": ("PATCH",), "delete": ("DELETE",)}
"""The HTTP methods that a privilege opens; PUT needs two and an auto-updatable view, so it is not promised."""

_SAMPLES: tuple[tuple[tuple[str, ...], object], ...] = (
    (("smallint", "integer", "bigint", "serial"), 1),
    (("numeric", "real", "double", "money"), 9.99),
    (("boolean",), True),
    (("uuid",), "00000000-0000-4000-8000-000000000001"),
    (("date",), "2026-01-31"),
    (("timestamp",), "2026-01-31T12:00:00Z"),
    (("time",), "12:00:00"),
    (("json",), {}),
)


def find_resource(loaded: LoadedModels, name: str) -> ApiResource:
    """Return the resource that a user means by ``products`` or ``api.products``.

    Raises:
        PGCraftConfigError: PGC005, nothing is exposed under this name.
    """
    for resource in loaded.resources:
        if name in (f"{resource.view.schema}.{resource.view.name}", resource.view.name, str(resource.view)):
            return resource
    known = {resource.view.name for resource in loaded.resources}
    near = find_nearest(name.rpartition(".")[2], known)
    listed = ", ".join(sorted(known)) or "nothing"
    raise PGCraftConfigError(
        "PGC005",
        f'nothing is exposed as "{name}"',
        remedy=f'did you mean "{near}"?' if near else f"exposed are: {listed}; PostgRESTView(source=…) exposes more",
    )


def preview(loaded: LoadedModels, view: ObjectId, base_url: str = BASE_URL) -> ApiPreview:
    """Return what PostgREST will make of an exposed view; the requests go to the base URL.

    Raises:
        PGCraftConfigError: PGC005, it is not exposed.
    """
    resource = find_resource(loaded, str(view))
    schemas = list(dict.fromkeys(item.view.schema or "" for item in loaded.resources))
    profile = "" if view.schema == schemas[0] else view.schema or ""
    methods = _list_methods(loaded.catalog, resource)
    columns = tuple(_describe_columns(loaded.catalog, resource))
    granted = {method for _, names in methods for method in names}
    endpoint = "/" + view.name
    curls = tuple(_write_curls(base_url + endpoint, profile, columns, granted))
    return ApiPreview(view, endpoint, profile, methods, columns, curls)


def _list_methods(catalog: Catalog, resource: ApiResource) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each role's methods; a write also needs something that carries it out."""
    found: dict[str, tuple[str, ...]] = {resource.role: _methods_of(resource.grants)}
    for item in catalog.of_kind(Kind.GRANT):
        if is_grant_on(item.id, resource.view) and isinstance(item.definition, Grant) and item.id.parent:
            granted = {*item.definition.privileges, *(privilege for privilege, _ in item.definition.columns)}
            if methods := _methods_of(tuple(granted)):
                found[item.id.parent] = methods
    return tuple(sorted(found.items()))


def _methods_of(privileges: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(method for privilege, methods in METHODS.items() if privilege in privileges for method in methods)


def _describe_columns(catalog: Catalog, resource: ApiResource) -> Iterator[ApiColumn]:
    if resource.columns:
        yield from resource.columns
        return
    view = catalog.by_id[resource.view].definition
    if not isinstance(view, View):
        yield from _describe_table(catalog, resource.view)
        return
    base = _columns_of(catalog, resource.source)
    types = dict(zip(view.columns, view.column_types, strict=False))
    defaults = dict(view.column_defaults)
    can_write = bool({"insert", "update"} & set(resource.grants))
    for name in view.columns:
        column = base.get(name)
        reason = _find_reason(column, resource, can_write)
        yield ApiColumn(
            name=name,
            type=types.get(name) or (column.type if column else ""),
            is_writable=not reason,
            reason=reason,
            nullable=column.nullable if column else True,
            default=defaults.get(name) or (column.default if column else None),
        )


def _describe_table(catalog: Catalog, table: ObjectId) -> Iterator[ApiColumn]:
    for name, column in _columns_of(catalog, table).items():
        reason = _find_server_reason(column)
        yield ApiColumn(name, column.type, not reason, reason, column.nullable, column.default)


def _find_reason(column: Column | None, resource: ApiResource, can_write: bool) -> str:
    """Say why a column cannot be written; empty when it can."""
    if column is None:
        source = resource.source
        return "computed or joined by the view" + (f", not a column of {source.schema}.{source.name}" if source else "")
    return _find_server_reason(column) or ("" if can_write else "no write is granted")


def _find_server_reason(column: Column) -> str:
    if column.generated is not None:
        return f"computed: {column.generated}"
    if column.is_serial or column.identity is not None:
        return "numbered by the server"
    return ""


def _columns_of(catalog: Catalog, relation: ObjectId | None) -> dict[str, Column]:
    if relation is None or relation not in catalog.by_id:
        return {}
    parts = (catalog.find(part) for part in catalog.by_id[relation].parts)
    columns = {item.id.name: item.definition for item in parts if item and isinstance(item.definition, Column)}
    return dict(sorted(columns.items(), key=lambda pair: pair[1].position))


def _write_curls(
    url: str, profile: str, columns: tuple[ApiColumn, ...], granted: set[str]
) -> Iterator[tuple[str, str]]:
    reads = ["-H", f"Accept-Profile: {profile}"] if profile else []
    writes = ["-H", f"Content-Profile: {profile}"] if profile else []
    body = ["-H", "Content-Type: application/json", "-d"]
    key = columns[0] if columns else None
    one = f"{url}?{key.name}=eq.{_sample_text(key)}" if key else url
    writable = [column for column in columns if column.is_writable]
    row = {column.name: _sample(column) for column in writable}
    if "GET" in granted:
        yield "list", _join("curl", "-s", *reads, url)
        if key:
            yield "one", _join("curl", "-s", *reads, one)
    if "POST" in granted:
        yield "insert", _join("curl", "-s", "-X", "POST", *writes, url, *body, json.dumps(row))
    if "PATCH" in granted and writable:
        change = {writable[0].name: row[writable[0].name]}
        yield "update", _join("curl", "-s", "-X", "PATCH", *writes, one, *body, json.dumps(change))
    if "DELETE" in granted:
        yield "delete", _join("curl", "-s", "-X", "DELETE", *writes, one)


def _sample(column: ApiColumn) -> object:
    if column.type.endswith("[]"):
        return []
    for beginnings, value in _SAMPLES:
        if column.type.startswith(beginnings):
            return value
    return column.name


def _sample_text(column: ApiColumn) -> str:
    value = _sample(column)
    return value if isinstance(value, str) else json.dumps(value)


def _join(*words: str) -> str:
    return " ".join(shlex.quote(word) for word in words)

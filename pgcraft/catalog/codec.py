"""A catalog as a JSON document and back: readable, versioned, and exact.

Ids are the lines that ``str(object_id)`` gives; facts that have their default value are left out.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, cast

from pgcraft.catalog.definitions import Definition, Identity
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.kinds import KINDS
from pgcraft.catalog.objects import Catalog, CatalogObject, ObjectId
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.errors import PGCraftConfigError

VERSION = 1
"""The version of the document; one that is read with another is refused."""

Json = dict[str, Any]


def dump_catalog(catalog: Catalog, *, indent: int | None = None) -> str:
    """Return a catalog as JSON text."""
    return json.dumps(encode_catalog(catalog), ensure_ascii=False, indent=indent)


def load_catalog(text: str) -> Catalog:
    """Return the catalog that a JSON text holds.

    Raises:
        PGCraftConfigError: PGC022, it is no catalog, or one of another version.
    """
    try:
        document = json.loads(text)
        version = document["pgcraft_catalog"]
        if version == VERSION:
            return decode_catalog(document)
        what = f"this catalog is of version {version}, and {VERSION} is read here"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PGCraftConfigError(
            "PGC022", f"this is not the JSON of a catalog: {error}", remedy="write it anew with pgcraft export"
        ) from error
    raise PGCraftConfigError("PGC022", what, remedy="write it anew with the pgcraft that reads it")


def encode_catalog(catalog: Catalog) -> Json:
    """Return a closed catalog as JSON can hold it."""
    lines = {item.id: str(item.id) for item in catalog.objects}
    return {
        "pgcraft_catalog": VERSION,
        "server_version": catalog.server_version,
        "notes": list(catalog.notes),
        "objects": [_encode_object(item, lines) for item in catalog.objects],
    }


def decode_catalog(document: Json) -> Catalog:
    """Return the catalog that :func:`encode_catalog` took apart."""
    ids = {item["id"]: parse_id(item["id"]) for item in document["objects"]}
    origins: dict[tuple[str, str, str, int], Origin] = {}
    objects = tuple(_decode_object(item, ids, origins) for item in document["objects"])
    return Catalog(objects, document["server_version"], tuple(document["notes"]))


def _encode_object(item: CatalogObject, lines: Mapping[ObjectId, str]) -> Json:
    return {
        "id": lines[item.id],
        "definition": _encode_facts(item.definition),
        "parts": [lines[part] for part in item.parts],
        "depends_on": [lines[needed] for needed in item.depends_on],
        "origins": [[origin.layer.value, origin.name, origin.file, origin.line] for origin in item.origins],
        **({"role": item.role} if item.role else {}),
        **({"renamed_from": item.renamed_from} if item.renamed_from else {}),
        **({"renamed_inside": item.renamed_inside} if item.renamed_inside else {}),
    }


def _decode_object(
    item: Json, ids: dict[str, ObjectId], origins: dict[tuple[str, str, str, int], Origin]
) -> CatalogObject:
    object_id = ids[item["id"]]
    return CatalogObject(
        object_id,
        _decode_facts(KINDS[object_id.kind].definition, item["definition"]),
        tuple([ids[line] for line in item["parts"]]),
        tuple([ids[line] for line in item["depends_on"]]),
        tuple([_decode_origin(origin, origins) for origin in item["origins"]]),
        item.get("role", ""),
        tuple(old) if isinstance(old := item.get("renamed_from", ""), list) else old,
        tuple([(new, old) for new, old in item.get("renamed_inside", ())]),
    )


def _decode_origin(values: list[Any], known: dict[tuple[str, str, str, int], Origin]) -> Origin:
    layer, name, file, line = values
    key = (layer, name, file, line)
    if key not in known:
        known[key] = Origin(Layer(layer), name, file, line)
    return known[key]


_Facts = Definition | Identity


def _encode_facts(facts: _Facts) -> Json:
    document = {}
    for name, default in _DEFAULTS[type(facts)]:
        value = getattr(facts, name)
        if value is not default and value != default:
            document[name] = _encode_facts(value) if isinstance(value, Identity) else value
    return document


def _decode_facts(facts_type: Callable[..., Definition], document: Json) -> Definition:
    return facts_type(**{name: _decode_value(value) for name, value in document.items()})


def _decode_value(value: object) -> object:
    if isinstance(value, list):
        return tuple([_decode_value(member) for member in value])
    if isinstance(value, dict):
        return Identity(**value)
    return value


def _field_defaults(facts_type: type[_Facts]) -> tuple[tuple[str, object], ...]:
    return tuple(
        (field.name, MISSING if field.default is MISSING else field.default) for field in fields(cast(Any, facts_type))
    )


_DEFAULTS = {
    facts_type: _field_defaults(facts_type) for facts_type in (*(row.definition for row in KINDS.values()), Identity)
}

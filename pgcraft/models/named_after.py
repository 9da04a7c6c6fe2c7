"""What plugins of others name after a resource, by a name of their own making: it had the old one in it."""

import re
from collections.abc import Iterator

from sqlalchemy import MetaData

from pgcraft.catalog.kinds import OF_SCHEMA, Kind
from pgcraft.identifiers import limit_name
from pgcraft.models.declarations import Mark, get_declarations
from pgcraft.models.journal import changes_since
from pgcraft.models.naming import declare_old_name, find_old_name


def declare_old_names(metadata: MetaData, mark: Mark, schema: str, name: str, old: tuple[str, str]) -> None:
    """Say what was declared since a mark was called while a resource had its old schema and name.

    It is what has the resource's name in its own, between marks or at an end: ``orders_audit``, ``tr__orders__log``.
    """
    own = re.compile(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])")
    for its_schema, its_name in _list_names(metadata, mark):
        if its_schema == schema and own.search(its_name) and find_old_name(metadata, schema, its_name) is None:
            before = limit_name(own.sub(lambda _: old[1], its_name))
            declare_old_name(metadata, schema, its_name, (old[0], before))


def _list_names(metadata: MetaData, mark: Mark) -> Iterator[tuple[object, str]]:
    changes, declarations = changes_since(metadata, mark), get_declarations(metadata)
    for table in changes.tables:
        yield table.schema, table.name
    kinds = {id(registry): kind for kind, registry in declarations.kinds.items()}
    for registry, keys in zip(declarations.registries, changes.keys, strict=True):
        kind = kinds.get(id(registry))
        for key in keys if kind is Kind.TRIGGER or kind in OF_SCHEMA else ():
            if isinstance(key, tuple):
                yield key[0], str(key[2 if kind is Kind.TRIGGER else 1])

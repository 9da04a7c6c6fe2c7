"""The resource that every factory is asked about: the same columns for all, once plain and once with hard names."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Computed, Integer, String

from pgcraft.check import PGCraftCheck
from pgcraft.fk import PGCraftFK
from pgcraft.plugins.pk import UUIDV4PKPlugin
from tests.factories.building import FACTORIES, Models

LONG = "long_" + "n" * 58
"""63 bytes, as many as PostgreSQL keeps."""


@dataclass(frozen=True)
class Names:
    """What the resource and its columns are called.

    Attributes:
        schema: of the resource.
        resource: its name; ``{kind}`` stands for the factory's.
        key: the column of the key.
    """

    schema: str = "shop"
    resource: str = "{kind}_item"
    key: str = "id"
    code: str = "code"
    name: str = "name"
    quantity: str = "quantity"
    double: str = "double"
    owner: str = "owner_id"
    secret: str = "secret"


PLAIN = Names()
NAMINGS = {
    "plain": PLAIN,
    "custom key": Names(schema="keys", key="uid"),
    "reserved and mixed-case names": Names(
        schema="order", resource="select {kind}", key="Id", code="Primary Code", name="group", quantity='qu"ota',
        double="user", owner="Owner", secret="all",
    ),
    "63-byte names": Names(
        schema="s" * 63, resource=f"{{kind:n<20}}{'n' * 43}", key="k" * 63, code=f"{LONG[:-1]}1", name=f"{LONG[:-1]}2",
        quantity=f"{LONG[:-1]}3", double=f"{LONG[:-1]}4", owner=f"{LONG[:-1]}5", secret=f"{LONG[:-1]}6",
    ),
}  # fmt: skip


def declare_subjects() -> Models:
    """Declare the resource under every naming for every factory, with owners, API views, and notes that point to it."""
    models = Models()
    models.declare("Simple", "owner", [Column("name", String)])
    for names in NAMINGS.values():
        for kind in FACTORIES:
            _declare(models, kind, names)
    return models


def _declare(models: Models, kind: str, names: Names) -> None:
    resource = names.resource.format(kind=kind)
    plugins = [] if names.key == "id" else [UUIDV4PKPlugin(names.key)]
    factory = models.declare(kind, resource, _make_items(kind, names), schema=names.schema, extra_plugins=plugins)
    models.expose(factory, schema=_api_schema(names), exclude_columns=[names.secret])
    if names is PLAIN:
        key = PGCraftFK(
            references={"item_id": f"{names.schema}.{resource}.id"}, name=f"fk_{kind}_note", ondelete="CASCADE"
        )
        models.declare("Simple", f"{kind}_note", [Column("item_id", Integer), key])


def _make_items(kind: str, names: Names) -> list[Any]:
    return [
        Column(names.code, String(20), nullable=False, unique=True),
        Column(names.name, String),
        Column(names.quantity, Integer, server_default="1"),
        Column(names.double, Integer, Computed(f"{_quote(names.quantity)} * 2", persisted=True)),
        Column(names.owner, Integer),
        Column(names.secret, String, server_default="kept"),
        PGCraftCheck(f"{{{names.quantity}}} >= 0", f"{kind} {names.schema} quantity"[:63]),
        PGCraftFK(references={names.owner: "owner.id"}, name=f"fk {kind} {names.schema} owner"[:63]),
    ]


def _api_schema(names: Names) -> str:
    return f"api_{names.schema}"[:63]


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

"""Names that break what is not quoted go the whole round in every place where a name can stand."""

import pytest
from sqlalchemy import CheckConstraint, Column, Enum, ForeignKey, Index, Integer, MetaData, Sequence, Table, select

from pgcraft.catalog.codec import dump_catalog, load_catalog
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.lookup import find_objects
from pgcraft.catalog.objects import Catalog
from pgcraft.collect import collect
from pgcraft.export import export_sql
from pgcraft.models import (
    FunctionDefinition,
    GrantDefinition,
    PolicyDefinition,
    RoleDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_function,
    register_grant,
    register_policy,
    register_role,
    register_trigger,
    register_view,
)
from tests.acceptance.comparing import comparable, read
from tests.acceptance.hostile import HOSTILE_NAMES
from tests.support.databases import Database

pytestmark = [pytest.mark.usefixtures("clean_roles"), pytest.mark.each_server]


def test_hostile_names_arrive_as_they_are(database: Database) -> None:
    declared = declare_hostile_names()
    database.psql(export_sql(declared))
    assert comparable(declared) == comparable(read(database))


def test_hostile_names_survive_ids_lookup_and_json() -> None:
    declared = declare_hostile_names()
    assert declared == load_catalog(dump_catalog(declared))
    for item in declared.objects:
        assert item.id == parse_id(str(item.id))
        assert (item.id,) == find_objects(declared, str(item.id))
        assert len(str(item.id).splitlines()) == 1


def declare_hostile_names() -> Catalog:
    metadata = MetaData()
    for name in HOSTILE_NAMES:
        declare_everything(metadata, name)
    return collect(metadata)


def declare_everything(metadata: MetaData, name: str) -> None:
    """Give a schema of this name with one object of every kind, each of this name, too."""
    table = Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column(name, Integer, server_default=name, comment=name, nullable=False) if name != "id" else None,
        Column("kind", Enum(name, "other", name=f"{name[:20]} kind", schema=name), server_default=name),
        CheckConstraint("id > 0", name=f"{name[:20]} check"),
        Index(f"{name[:20]} index", name),
        schema=name,
        comment=name,
    )
    table.c[name].server_default = None
    Table("line", metadata, Column("id", Integer, primary_key=True), Column("to", ForeignKey(table.c.id)), schema=name)
    Sequence(f"{name[:20]} sequence", schema=name, metadata=metadata)
    alias = table.alias(name)
    query = select(alias.c.id, alias.c[name])
    register_view(
        metadata, ViewDefinition(schema=name, name="view", query=query, column_defaults=((name, "1"),), comment=name)
    )
    register_function(
        metadata,
        FunctionDefinition(
            schema=name, name=name, returns="trigger", body=f"BEGIN RETURN NEW; END -- {name}", comment=name
        ),
    )
    for relation, timing in ((name, "before"), ("view", "instead of")):
        trigger = TriggerDefinition(
            schema=name,
            relation=relation,
            name=name,
            timing=timing,
            events=("update",),
            function=(name, name),
            arguments=(name,),
            update_columns=(name,) if timing == "before" else (),
        )
        register_trigger(metadata, trigger)
    role = f"accept {name[:20]}"
    register_role(metadata, RoleDefinition(name=role))
    register_policy(metadata, PolicyDefinition(schema=name, table=name, name=name, roles=(role,), using="id > 1"))
    register_grant(metadata, GrantDefinition(privileges=("usage",), to=role, schema=name, on="schema"))
    register_grant(metadata, GrantDefinition(privileges=("select",), to=role, schema=name, name="view"))
    register_grant(metadata, GrantDefinition(privileges=("update",), to=role, schema=name, name=name, columns=(name,)))
    register_grant(metadata, GrantDefinition(privileges=("execute",), to=role, schema=name, name=name, on="function"))

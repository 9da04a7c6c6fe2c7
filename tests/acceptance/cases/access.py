"""What is given by default."""

from typing import Any

from sqlalchemy import MetaData

from pgcraft.models import (
    DefaultPrivilegesDefinition,
    RoleDefinition,
    SchemaDefinition,
    register_default_privileges,
    register_role,
    register_schema,
)
from tests.acceptance.cases.registry import case


@case
def default_privileges(metadata: MetaData) -> None:
    register_schema(metadata, SchemaDefinition(name="Sales Dept"))
    for role in ("accept_reader", 'Accept "W"', "accept_maker"):
        register_role(metadata, RoleDefinition(name=role))
    given: tuple[dict[str, Any], ...] = (
        {"on": "tables", "to": 'Accept "W"', "privileges": ("UPDATE", "select"), "schema": "Sales Dept"},
        {"on": "tables", "to": "accept_reader", "privileges": ("select",), "grantable": True},
        {"on": "functions", "to": "public"},
        {"on": "types", "to": "public", "for_role": "accept_maker"},
        {"on": "functions", "to": "public", "privileges": ("execute",), "schema": "Sales Dept", "for_role": "accept_maker"},
        {"on": "schemas", "to": "accept_reader", "privileges": ("all",)},
        {"on": "sequences", "to": "accept_reader", "privileges": ("usage",), "schema": "Sales Dept"},
    )  # fmt: skip
    for facts in given:
        register_default_privileges(metadata, DefaultPrivilegesDefinition(**facts))

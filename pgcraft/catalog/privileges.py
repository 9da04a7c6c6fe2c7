"""Privileges by what they are granted on, and the objects that the ids of grants point to."""

from pgcraft.catalog.objects import Kind, ObjectId

PUBLIC = "PUBLIC"
"""The grantee that stands for every role."""

ALL_PRIVILEGES: dict[str, tuple[str, ...]] = {
    "table": ("delete", "insert", "maintain", "references", "select", "trigger", "truncate", "update"),
    "schema": ("create", "usage"),
    "sequence": ("select", "update", "usage"),
    "function": ("execute",),
}
"""What GRANT ALL means; ``maintain`` came with PostgreSQL 17 and is granted only by name."""


def target_of(grant_id: ObjectId) -> tuple[ObjectId, ...]:
    """Give the ids that a grant may be on: one, or for a view the plain and the materialized one."""
    on, _, arguments = (grant_id.signature or "").partition("(")
    match on:
        case "schema":
            return (ObjectId(Kind.SCHEMA, None, grant_id.name),)
        case "function":
            return (ObjectId(Kind.FUNCTION, grant_id.schema, grant_id.name, signature=arguments.removesuffix(")")),)
        case "sequence":
            return (ObjectId(Kind.SEQUENCE, grant_id.schema, grant_id.name),)
        case "view":
            kinds = (Kind.VIEW, Kind.MATERIALIZED_VIEW)
            return tuple(ObjectId(kind, grant_id.schema, grant_id.name) for kind in kinds)
        case _:
            return (ObjectId(Kind.TABLE, grant_id.schema, grant_id.name),)

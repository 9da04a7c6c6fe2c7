"""The names of an append-only resource's own columns."""

ROOT_TABLE = "append_only_root_table"
"""Context key of the root: one row an entity."""
LOG_TABLE = "append_only_log_table"
"""Context key of the log: one row a version."""

ATTRIBUTES_ID = "attributes_id"
"""The root's pointer to the current version."""
LOG_ID = "id"
ENTITY_ID = "entity_id"
"""The log's column with the entity's key."""
CREATED_AT = "created_at"
UPDATED_AT = "updated_at"
VALID_FROM = "valid_from"
VALID_TO = "valid_to"
"""When the next version came or the entity went; NULL for the current version."""

LOG_COLUMNS = (LOG_ID, ENTITY_ID, CREATED_AT, VALID_TO)

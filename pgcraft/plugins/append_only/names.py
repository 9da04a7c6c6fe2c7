"""The names that the parts of an append-only resource share."""

ROOT_TABLE = "append_only_root_table"
"""Context key of the root: one row an entity."""
LOG_TABLE = "append_only_log_table"
"""Context key of the log: one row a version."""

ATTRIBUTES_ID = "attributes_id"
"""The root's pointer to the current version."""

"""A catalog as files for others: SQL for psql, JSON, diagrams."""

from pgcraft.export.json import export_json
from pgcraft.export.sql import export_sql, format_script

__all__ = ["export_json", "export_sql", "format_script"]

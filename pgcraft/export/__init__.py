"""A catalog as files for others: SQL for psql, JSON, a Mermaid diagram."""

from pgcraft.export.json import export_json
from pgcraft.export.mermaid import export_mermaid
from pgcraft.export.sql import export_sql, format_script

__all__ = ["export_json", "export_mermaid", "export_sql", "format_script"]

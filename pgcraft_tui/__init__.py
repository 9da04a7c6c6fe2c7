"""The workbench: pgcraft in a terminal, a Textual application over pgcraft.service."""

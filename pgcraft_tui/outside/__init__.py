"""Programs outside of the workbench: the clipboards and the editor."""

"""The widgets of the workbench."""

"""Writes the generated parts of docs/: ``python -m tools.docs``."""

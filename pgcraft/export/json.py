"""A catalog as a JSON file; :mod:`pgcraft.catalog.codec` describes the document and reads it back."""

from pgcraft.catalog.codec import dump_catalog
from pgcraft.catalog.objects import Catalog


def export_json(catalog: Catalog) -> str:
    """Return the JSON text of a catalog, indented, with a newline at its end."""
    return dump_catalog(catalog, indent=2) + "\n"

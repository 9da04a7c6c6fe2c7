"""How a rule says what it found."""

from pgcraft.catalog.objects import CatalogObject
from pgcraft.service.types import Finding


def note(item: CatalogObject, message: str, remedy: str) -> Finding:
    """Return the finding about an object, with the line that declares it."""
    at = next((f" ({origin.declared_at})" for origin in item.origins if origin.declared_at), "")
    return Finding("schema", "note", f"{item.id} {message}{at}", remedy, item.id)

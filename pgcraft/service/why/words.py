"""Why an object is there, in lines of text: for the command, and for the workbench."""

from collections.abc import Iterator
from itertools import islice

from pgcraft.catalog.objects import escape_name
from pgcraft.catalog.origins import Origin, Origins, list_origins
from pgcraft.service.access.words import describe_reached
from pgcraft.service.why.types import Holder, Reason


def describe_origin(origin: Origin) -> str:
    """Return ``factory PGCraftSimple("products")``."""
    return f"{origin.layer.value} {origin.name}"


def describe_reason(reason: Reason) -> str:
    """Return ``trigger audit on sales.orders calls it``."""
    return f"{reason.id} {reason.how}"


def describe_holder(holder: Holder) -> Iterator[str]:
    """Return what a role holds, with its ways and its filters, and which declarations say so."""
    yield escape_name(holder.role)
    yield from islice(describe_reached(holder.reached, holder.role), 1, None)
    for each in holder.declared:
        whose = describe_origins(each.origins) or "nobody said by whom"
        yield f"  by {each.id}" + f": {whose}"


def describe_origins(origins: Origins) -> str:
    """Return ``PostgRESTView("products") · extension postgrest · models.py:41``."""
    return " · ".join(list_origins(origins))

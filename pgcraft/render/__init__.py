"""Catalog objects to SQL statements; needs no database and no user code."""

from pgcraft.render.catalog import render_catalog
from pgcraft.render.dispatch import render_create, render_drop, render_object
from pgcraft.render.statement import Hazard, HazardType, Statement

__all__ = [
    "Hazard",
    "HazardType",
    "Statement",
    "render_catalog",
    "render_create",
    "render_drop",
    "render_object",
]

"""Catalog objects to SQL statements; needs no database and no user code."""

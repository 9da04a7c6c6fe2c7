"""Throw-away PostgreSQL servers: programs, clusters, the process that guards them."""

"""Keep a PostgreSQL schema as Python, serve it through PostgREST, and see all of it before it runs."""

"""The catalog: what a database has, or is to have, as plain frozen data without a database."""

"""Pure functions from the catalog to what the screens show; no Textual widgets, tested without a terminal."""

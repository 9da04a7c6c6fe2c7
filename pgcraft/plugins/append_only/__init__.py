"""The parts of an append-only resource: root, log, views, and the functions that write them."""

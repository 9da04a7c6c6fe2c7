"""The parts of an entity-attribute-value resource: entities, the log of their attributes, views and functions."""

"""From SQLAlchemy's MetaData and the declarations on it to a plain catalog; SQLAlchemy stops here."""

from pgcraft.collect.metadata import collect

__all__ = ["collect"]

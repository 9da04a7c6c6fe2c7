"""The arguments that every factory and view is called with, checked before anything is declared."""

from sqlalchemy import MetaData

from pgcraft.catalog.redirecting import QualifiedName
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.identifiers import MAX_BYTES
from pgcraft.models.declarations import get_declarations


def check_arguments(name: object, schema: object, metadata: object, place: Place) -> None:
    """Check name, schema and metadata of a resource.

    Raises:
        PGCraftValidationError: PGC101, a name cannot be one; PGC100, the metadata is none.
    """
    check_name(name, "name", place)
    check_name(schema, "schema", place)
    if not isinstance(metadata, MetaData):
        raise PGCraftValidationError(
            "PGC100",
            f"metadata is {metadata!r}, not a SQLAlchemy MetaData",
            place=place,
            remedy="hand over the MetaData that the models share",
        )


def check_name(name: object, noun: str, place: Place) -> str:
    """Return a name back that PostgreSQL takes as it is.

    Raises:
        PGCraftValidationError: PGC101, it is empty, too long or no string.
    """
    if not isinstance(name, str) or not name or "\0" in name:
        raise PGCraftValidationError("PGC101", f"the {noun} is {name!r}", place=place, remedy="give it as a string")
    size = len(name.encode())
    if size > MAX_BYTES:
        raise PGCraftValidationError(
            "PGC101",
            f'the {noun} "{name}" has {size} bytes, and PostgreSQL keeps {MAX_BYTES}',
            place=place,
            remedy=f"shorten it by {size - MAX_BYTES} bytes",
        )
    return name


def check_old_name(name: object, schema: str, place: Place) -> QualifiedName:
    """Return the schema and name that a resource had before.

    Args:
        name: the name, or schema and name.
        schema: the one that it has now.

    Raises:
        PGCraftValidationError: PGC101, one of them is none.
    """
    match name:
        case (old_schema, old_name):
            return check_name(old_schema, "old schema", place), check_name(old_name, "old name", place)
        case _:
            return schema, check_name(name, "old name", place)


def check_free(metadata: MetaData, schema: str, name: str, place: Place) -> None:
    """Check that no table or view has this name.

    Raises:
        PGCraftValidationError: PGC102, one has.
    """
    declarations = get_declarations(metadata)
    view = declarations.views.find((schema, name))
    dimension = declarations.dimensions.find((name, schema))
    if view is None and dimension is None and f"{schema}.{name}" not in metadata.tables:
        return
    noun = "view" if view is not None else "table"
    first = view or dimension
    raise PGCraftValidationError(
        "PGC102",
        f"{schema}.{name} is declared twice: there is a {noun} of this name",
        place=place,
        remedy=(f"the first stands at {first.place}; " if first else "") + "rename one of them",
    )

"""The functions that make values of a range type: they belong to PostgreSQL's superuser, whoever made the type."""

from collections.abc import Iterable, Iterator
from dataclasses import fields

from sqlalchemy import Connection, text

from pgcraft.catalog.objects import Catalog, CatalogObject
from pgcraft.catalog.origins import place_of
from pgcraft.catalog.redirecting import QualifiedName
from pgcraft.catalog.words import list_words
from pgcraft.diff.renames import Rename
from pgcraft.errors import PGCraftPlanError
from pgcraft.identifiers import quote_qualified

_IS_SUPERUSER = text("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user")


def check_range_makers(connection: Connection, renames: Iterable[Rename], wanted: Catalog) -> None:
    """See to it that nothing calls such a function by a new name that it does not get.

    Raises:
        PGCraftPlanError: PGC402, something does, and the role of the connection may not rename it.
    """
    makers = {each.id.qualified: each.item.id.qualified for each in renames if each.is_of_superuser}
    if not makers or connection.execute(_IS_SUPERUSER).scalar_one():
        return
    for item in wanted.objects:
        for called in _list_calls(item):
            if called in makers:
                raise _keeps_its_name(item, called, makers[called])


def _list_calls(item: CatalogObject) -> Iterator[QualifiedName]:
    """Return the functions that the SQL of an object calls by schema and name."""
    for each in fields(item.definition):
        value = getattr(item.definition, each.name)
        if isinstance(value, str) and "." in value and "(" in value:
            words = list_words(value)
            for schema, dot, name, bracket in zip(words, words[1:], words[2:], words[3:], strict=False):
                if dot.text == "." and bracket.text == "(" and schema.name is not None and name.name is not None:
                    yield schema.name, name.name


def _keeps_its_name(item: CatalogObject, new: QualifiedName, old: QualifiedName) -> PGCraftPlanError:
    called, kept = quote_qualified(*new), quote_qualified(*old)
    return PGCraftPlanError(
        "PGC402",
        f"{item.id} calls {called}(…), and the function that makes values of this range type stays {kept}: it belongs "
        "to PostgreSQL's superuser",
        place=place_of(item.origins),
        remedy=f"call {kept}(…), which makes values of the type under its new name, or cast from text; or let a "
        'superuser make and deploy the revision: deploy_as = "superuser"',
    )

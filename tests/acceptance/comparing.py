"""A catalog in a form in which what was declared and what was read back can be held side by side."""

from dataclasses import replace

from pgcraft.catalog.definitions import (
    Column,
    Constraint,
    Definition,
    Domain,
    Function,
    Index,
    Policy,
    Role,
    Trigger,
    View,
)
from pgcraft.catalog.objects import Catalog
from pgcraft.catalog.publications import Published
from pgcraft.catalog.statistics import Statistics
from pgcraft.introspect import read_catalog
from tests.support.databases import Database


def read(database: Database) -> Catalog:
    with database.lend() as connection:
        return read_catalog(connection)


def comparable(catalog: Catalog) -> dict[str, Definition]:
    return {str(item.id): without_owner(without_expressions(item.definition)) for item in catalog.objects}


def without_owner(definition: Definition) -> Definition:
    """Leave out who made nearly all of it."""
    is_usual = getattr(definition, "owner", None) == "postgres"
    return replace(definition, owner=None) if is_usual else definition  # type: ignore[call-arg]


def without_expressions(definition: Definition) -> Definition:
    """Leave out the text of expressions, which PostgreSQL prints in its own way, but not that there is some."""
    match definition:
        case Column():
            return replace(definition, default=said(definition.default), generated=said(definition.generated))
        case Domain():
            checks = tuple((name, "") for name, _ in definition.checks)
            return replace(definition, default=said(definition.default), checks=checks)
        case Constraint(type="check" | "exclude"):
            return replace(
                definition, text=definition.text[:7], columns=() if definition.type == "exclude" else definition.columns
            )
        case Index():
            return replace(definition, elements=("",) * len(definition.elements), where=said(definition.where))
        case View():
            defaults = tuple((column, "") for column, _ in definition.column_defaults)
            return replace(definition, query="", columns=(), column_types=(), column_defaults=defaults)
        case Published():
            return replace(definition, where=said(definition.where))
        case Statistics():
            return replace(definition, expressions=("",) * len(definition.expressions))
        case Statistics():
            return replace(definition, expressions=("",) * len(definition.expressions))
        case Trigger():
            return replace(definition, when=said(definition.when))
        case Policy():
            return replace(definition, using=said(definition.using), check=said(definition.check))
        case Function():
            body = "" if definition.is_atomic else definition.body
            return replace(definition, arguments=definition.arguments.replace("::text", ""), body=body, stated=())
        case Role():
            return replace(definition, password_variable=None)
    return definition


def said(text: str | None) -> str | None:
    return None if text is None else ""

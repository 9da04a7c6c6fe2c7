"""What a declaration is refused with is told whole: code, object, place and remedy, as a user reads it."""

from collections.abc import Callable

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from pgcraft.catalog.origins import Layer
from pgcraft.errors import PGCraftColumnError, PGCraftError, PGCraftPluginError, PGCraftValidationError, Place
from pgcraft.models import (
    FunctionDefinition,
    GeneratedFunction,
    RoleDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_function,
    register_role,
    register_trigger,
    register_view,
)
from pgcraft.models.declarations import get_declarations
from pgcraft.models.foreign_keys import Dimension, Reference
from pgcraft.models.naming import build_name, pgcraft_build_naming_conventions
from pgcraft.models.provenance import origin_scope
from pgcraft.models.references import add_reference, check_references, register_dimension, resolve_references
from pgcraft.models.register import promise_function
from pgcraft.models.texts import check_texts

Declare = Callable[[MetaData], object]
ERRORS: dict[str, tuple[Declare, type[PGCraftError], str]] = {}
"""By what is wrong: what declares it, and the whole text of the error."""


def refused(text: str, error: type[PGCraftError] = PGCraftValidationError) -> Callable[[Declare], Declare]:
    def keep(declare: Declare) -> Declare:
        ERRORS[declare.__name__] = (declare, error, text)
        return declare

    return keep


def twice(metadata: MetaData, register: Callable[..., None], first: object, second: object) -> None:
    for line, definition in enumerate((first, second), start=1):
        with origin_scope(Layer.USER, "here", place=("models.py", line)):
            register(metadata, definition)


def function(**facts: str) -> FunctionDefinition:
    return FunctionDefinition(**{"schema": "app", "name": "f", "returns": "void", "body": "BEGIN END"} | facts)  # type: ignore[arg-type]


def table(metadata: MetaData, name: str, *names: str, schema: str = "app") -> Table:
    return Table(name, metadata, *(Column(each, Integer) for each in names), schema=schema)


def refer(metadata: MetaData, *targets: tuple[str, ...], is_raw: bool = False) -> None:
    made = table(metadata, "orders", *(f"c{at}" for at in range(len(targets))))
    columns = tuple(column.name for column in made.columns)
    add_reference(
        metadata, Reference("foreign key", made, columns, targets, Place("models.py", 3, "PGCraftFK"), is_raw=is_raw)
    )


def dimension(metadata: MetaData, name: str, *, schema: str = "app") -> None:
    made = table(metadata, f"{name}_root", "id", "number", schema=schema)
    register_dimension(metadata, Dimension(schema, name, made))


@refused(
    "PGC120: function app.f is declared twice, and the two differ\n"
    "  at models.py:2\n"
    "  the first stands at models.py:1; rename one of them"
)
def two_functions(metadata: MetaData) -> None:
    twice(metadata, register_function, function(), function(returns="integer"))


@refused(
    "PGC120: function app.f.a integer is declared twice, and the two differ\n"
    "  at models.py:2\n"
    "  the first stands at models.py:1; rename one of them"
)
def a_function_promised_and_registered(metadata: MetaData) -> None:
    with origin_scope(Layer.USER, "here", place=("models.py", 1)):
        register_function(metadata, function(arguments="a integer"))
    with origin_scope(Layer.USER, "here", place=("models.py", 2)):
        promise_function(metadata, "app", "f", GeneratedFunction, takes="a integer")


@refused(
    "PGC120: role anon is declared twice, and the two differ\n"
    "  at models.py:2\n"
    "  the first stands at models.py:1; rename one of them"
)
def two_roles(metadata: MetaData) -> None:
    twice(metadata, register_role, RoleDefinition(name="anon"), RoleDefinition(name="anon", login=True))


@refused(
    "PGC120: trigger app.t.w is declared twice, and the two differ\n"
    "  at models.py:2\n"
    "  the first stands at models.py:1; rename one of them"
)
def two_triggers(metadata: MetaData) -> None:
    facts = {"schema": "app", "relation": "t", "name": "w", "events": ("insert",), "function": ("app", "f")}
    twice(
        metadata,
        register_trigger,
        TriggerDefinition(timing="before", **facts),
        TriggerDefinition(timing="after", **facts),
    )


@refused(
    "PGC120: view app.v is declared twice, and the two differ\n"
    "  at models.py:2\n"
    "  the first stands at models.py:1; rename one of them"
)
def two_views(metadata: MetaData) -> None:
    views = [ViewDefinition(schema="app", name="v", query=f"SELECT {number}") for number in (1, 2)]
    twice(metadata, register_view, *views)


@refused(
    "PGC222: the settings of generated function app.f name a search_path\n"
    "  leave it out: it is pg_catalog, pg_temp; name in the body what stands elsewhere with its schema",
    PGCraftPluginError,
)
def a_path_of_a_generated_function(_: MetaData) -> None:
    GeneratedFunction(schema="app", name="f", body="BEGIN END", settings={"work_mem": "4MB", "Search_Path": "app"})


@refused(
    "PGC119: the naming convention 'simple_function' is '%(tabel)s', which cannot be filled: KeyError('tabel')\n"
    "  at models.py:4\n"
    "  use %(schema)s, %(table_name)s and %(op)s, and write %% for a percent sign"
)
def a_template_that_cannot_be_filled(_: MetaData) -> None:
    with origin_scope(Layer.USER, "here", place=("models.py", 4)):
        metadata = MetaData(naming_convention={"simple_function": "%(tabel)s"})
        build_name(metadata, "simple_function", schema="api", table_name="t")


@refused(
    "PGC119: max_length is 9: a name needs at least 10 bytes\n"
    "  at models.py:4, pgcraft_build_naming_conventions\n"
    "  leave it out: PostgreSQL takes 63 bytes"
)
def no_room_for_names(_: MetaData) -> None:
    with origin_scope(Layer.USER, "here", place=("models.py", 4)):
        pgcraft_build_naming_conventions(9)


UNKNOWN = "PGC105: foreign key of app.orders names dimension %s, which nothing declares\n  at models.py:3, PGCraftFK\n"
OUTSIDE = "\n  for a table outside of pgcraft use raw_references"


@refused(
    UNKNOWN % "custommers" + '  did you mean "app.customers"? known dimensions: app.customers, app.places' + OUTSIDE
)
def a_misspelt_dimension(metadata: MetaData) -> None:
    for name in ("places", "customers"):
        dimension(metadata, name)
    refer(metadata, ("custommers", "id"))
    resolve_references(metadata)


@refused(UNKNOWN % "app.custommers" + '  did you mean "app.customers"? known dimensions: app.customers' + OUTSIDE)
def a_misspelt_dimension_of_a_schema(metadata: MetaData) -> None:
    dimension(metadata, "customers")
    refer(metadata, ("app", "custommers", "id"))
    check_references(get_declarations(metadata))


@refused(
    UNKNOWN % "plces"
    + '  did you mean "department_of_sales.places"? known dimensions: department_of_sales.places'
    + OUTSIDE
)
def a_misspelt_dimension_of_a_long_schema(metadata: MetaData) -> None:
    dimension(metadata, "places", schema="department_of_sales")
    refer(metadata, ("plces", "id"))
    check_references(get_declarations(metadata))


@refused(UNKNOWN % "weather" + "  known dimensions: app.customers" + OUTSIDE)
def a_dimension_like_no_other(metadata: MetaData) -> None:
    dimension(metadata, "customers")
    refer(metadata, ("weather", "id"))
    check_references(get_declarations(metadata))


@refused(
    "PGC106: foreign key of app.orders names dimension customers, and there are 2: app.customers and crm.customers\n"
    "  at models.py:3, PGCraftFK\n"
    '  write the schema too: "app.customers.id"'
)
def a_dimension_of_two_schemas(metadata: MetaData) -> None:
    for schema in ("app", "crm"):
        dimension(metadata, "customers", schema=schema)
    refer(metadata, ("customers", "id"))


@refused(
    'PGC107: foreign key of app.orders points to column "numbr", which app.customers does not have\n'
    "  at models.py:3, PGCraftFK\n"
    '  did you mean "number"? app.customers has id, number',
    PGCraftColumnError,
)
def a_misspelt_column_of_a_dimension(metadata: MetaData) -> None:
    dimension(metadata, "customers")
    refer(metadata, ("customers", "id"), ("customers", "numbr"))


@refused(
    'PGC107: foreign key of app.orders points to column "weather", which app.customers does not have\n'
    "  at models.py:3, PGCraftFK\n"
    "  app.customers has id, number",
    PGCraftColumnError,
)
def a_column_of_a_dimension_that_came_later(metadata: MetaData) -> None:
    refer(metadata, ("customers", "weather"))
    dimension(metadata, "customers")
    resolve_references(metadata)


@refused(
    'PGC109: foreign key of app.orders points to column "x", which places does not have\n'
    "  at models.py:3, PGCraftFK\n"
    "  places has id",
    PGCraftColumnError,
)
def a_column_that_a_table_of_no_schema_does_not_have(metadata: MetaData) -> None:
    Table("places", metadata, Column("id", Integer))
    refer(metadata, ("places", "x"), is_raw=True)
    resolve_references(metadata)


@refused(
    'PGC109: foreign key of app.orders points to column "numbr", which app.customers_root does not have\n'
    "  at models.py:3, PGCraftFK\n"
    '  did you mean "number"? app.customers_root has id, number',
    PGCraftColumnError,
)
def a_misspelt_column_of_a_table(metadata: MetaData) -> None:
    dimension(metadata, "customers")
    refer(metadata, ("app", "customers_root", "numbr"), is_raw=True)
    resolve_references(metadata)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_told_in_these_words(name: str) -> None:
    declare, error, text = ERRORS[name]
    with pytest.raises(PGCraftValidationError) as caught:
        declare(MetaData())
    assert (error, text) == (type(caught.value), str(caught.value))


@pytest.mark.parametrize(
    ("texts", "name", "what"),
    [
        (("{a} > 0", 5), None, "a PGCraftCheck is made of text, not of 5"),
        ((" ",), "c", "a PGCraftCheck is made of text, not of ' '"),
        (("{a} > 0",), "", "a PGCraftCheck is made of text, not of ''"),
        (("{a} > 0",), 3, "a PGCraftCheck is made of text, not of 3"),
        ((), "c", "a PGCraftCheck needs at least one expression"),
    ],
)
def test_what_is_no_text_is_refused_on_its_line(texts: tuple[object, ...], name: object, what: str) -> None:
    with pytest.raises(PGCraftValidationError) as caught:
        check_texts("PGCraftCheck", texts, name)
    error = caught.value
    assert ("PGC128", what, "write columns as markers: {price} > 0") == (error.code, error.what, error.remedy)
    assert error.place is not None
    assert ("test_errors.py", "PGCraftCheck") == (error.place.file.rpartition("/")[2], error.place.subject)


def test_texts_with_and_without_a_name_are_fine() -> None:
    check_texts("PGCraftCheck", ["{a} > 0"])
    check_texts("PGCraftCheck", ["{a} > 0", "x"], "c")

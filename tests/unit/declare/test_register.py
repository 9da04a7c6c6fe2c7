"""What is promised is built when somebody asks for it, and the roles of PostgREST are declared once."""

from typing import Any

import pytest
from sqlalchemy import MetaData

from pgcraft.catalog.origins import Layer
from pgcraft.errors import PGCraftValidationError
from pgcraft.models import (
    GeneratedFunction,
    GrantDefinition,
    RoleDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_role,
)
from pgcraft.models.declarations import Registry, get_declarations
from pgcraft.models.definitions import APIResource
from pgcraft.models.provenance import origin_scope
from pgcraft.models.register import promise_function, promise_trigger, promise_view
from pgcraft.models.roles import register_roles


def build_function(*facts: str) -> GeneratedFunction:
    return GeneratedFunction(schema="app", name="f", arguments="a integer", body=" ".join(facts))


def build_trigger(*facts: str) -> TriggerDefinition:
    facts_of = {"schema": "app", "relation": "t", "name": "w", "timing": "before", "function": ("app", "f")}
    return TriggerDefinition(events="insert", arguments=facts, **facts_of)  # type: ignore[arg-type]


def build_view(*facts: str) -> ViewDefinition:
    return ViewDefinition(schema="app", name="v", query=" ".join(facts))


def promise(metadata: MetaData, *facts: str) -> list[Any]:
    promise_function(metadata, "app", "f", build_function, *facts, takes="a integer")
    promise_trigger(metadata, "app", "t", "w", build_trigger, *facts)
    promise_view(metadata, "app", "v", build_view, *facts)
    declarations = get_declarations(metadata)
    keys = (("app", "f", "a integer"), ("app", "t", "w"), ("app", "v"))
    registries = (declarations.functions, declarations.triggers, declarations.views)
    return [registry.find(key) for registry, key in zip(registries, keys, strict=True)]


BUILDS = (build_function, build_trigger, build_view)


def test_a_promise_is_built_with_its_arguments_under_its_own_name() -> None:
    found = promise(MetaData(), "a", "b")
    assert [build("a", "b") for build in BUILDS] == [each.definition for each in found]


def test_the_same_promise_twice_is_one_and_another_is_refused() -> None:
    metadata = MetaData()
    assert promise(metadata, "a") == promise(metadata, "a")
    with pytest.raises(PGCraftValidationError, match="PGC120"):
        promise(metadata, "b")


def test_a_definition_is_built_once_and_where_it_was_declared() -> None:
    calls: list[str] = []

    def build(name: str) -> str:
        calls.append(name)
        return name

    registry: Registry[str] = Registry("thing")
    with origin_scope(Layer.FACTORY, "F", place=("models.py", 3)):
        registry.add_later("key", build, "value")
    declared = registry.find("key")
    assert declared is not None
    assert [] == calls
    assert ("value", "value", ["value"]) == (declared.definition, declared.definition, calls)
    assert "models.py:3" == str(declared.place)
    assert ("models.py:3",) == tuple(origin.declared_at for origin in declared.origins)


def test_a_declaration_outside_of_every_scope_stands_on_its_own_line() -> None:
    registry: Registry[str] = Registry("thing")
    registry.add("key", "value")
    declared = registry.find("key")
    assert declared is not None
    assert "test_register.py" == declared.place.file.rpartition("/")[2]
    assert declared.place.line > 0
    assert () == declared.origins


def test_a_registry_tells_what_came_since_a_mark_and_forgets_it() -> None:
    registry: Registry[str] = Registry("thing")
    registry.add("a", "A")
    mark = registry.mark()
    for key in ("b", "c"):
        registry.add(key, key.upper())
    assert ("b", "c") == registry.keys_since(mark)
    registry.forget((*registry.keys_since(mark), "unknown"))
    assert ["A"] == [item.definition for item in registry.all()]
    assert registry.find("b") is None


def test_a_registry_tells_what_stands_on_a_relation() -> None:
    registry: Registry[str] = Registry("thing")
    for key in (("app", "t", "a"), ("app", "u", "b"), ("app", "t", "c"), "other"):
        registry.add(key, "definition")
    registry.forget([("app", "t", "a")])
    assert (("app", "t", "c"),) == registry.list_on("app", "t")
    assert () == registry.list_on("app", "v")


def roles_of(metadata: MetaData) -> list[RoleDefinition]:
    return [item.definition for item in get_declarations(metadata).roles.all()]


def test_the_roles_of_postgrest_are_declared_with_what_its_resources_ask_for() -> None:
    metadata = MetaData()
    resources = get_declarations(metadata).resources
    for line, (schema, name, grants) in enumerate(
        (("api", "a", ("select",)), ("api", "b", ("select", "insert")), ("extra", "c", ("delete",))), start=1
    ):
        with origin_scope(Layer.EXTENSION, "postgrest", place=("models.py", line)):
            resources.add((schema, name), APIResource(name, schema, grants))
    register_roles(metadata)
    assert [
        RoleDefinition(name="anon"),
        RoleDefinition(
            name="authenticator", login=True, inherit=False, member_of="anon", password_variable="PGRST_DB_PASSWORD"
        ),
    ] == roles_of(metadata)
    grants = get_declarations(metadata).grants.all()
    on_schemas, on_views = grants[:2], grants[2:]
    assert [
        GrantDefinition(privileges="usage", to="anon", schema=schema, on="schema") for schema in ("api", "extra")
    ] == [item.definition for item in on_schemas]
    assert [
        GrantDefinition(privileges="select", to="anon", schema="api", name="a"),
        GrantDefinition(privileges=("select", "insert"), to="anon", schema="api", name="b"),
        GrantDefinition(privileges="delete", to="anon", schema="extra", name="c"),
    ] == [item.definition for item in on_views]
    assert ["models.py:1", "models.py:2", "models.py:3"] == [str(item.place) for item in on_views]


def test_a_role_that_the_models_declare_themselves_is_left_as_it_is() -> None:
    metadata = MetaData()
    own = RoleDefinition(name="authenticator", login=True, createdb=True)
    register_role(metadata, own)
    register_roles(metadata)
    assert [own, RoleDefinition(name="anon")] == roles_of(metadata)

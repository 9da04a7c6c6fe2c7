"""Every clause of functions, triggers, indexes, sequences and columns: said when it is meant, and only then."""

from dataclasses import fields, replace

import pytest

from pgcraft.catalog.definitions import Column, Constraint, Function, Identity, Index, Sequence, Table, Trigger
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, make_catalog
from pgcraft.render.dispatch import render_alone, render_create, render_drop
from pgcraft.render.functions import replace_function
from pgcraft.render.tables import foreign_keys
from pgcraft.render.triggers import replace_trigger

FUNCTION = Function("", "integer", "sql", "SELECT 1")
FUNCTION_CLAUSES = {
    "volatility": ("stable", "STABLE"),
    "leakproof": (True, "LEAKPROOF"),
    "strict": (True, "STRICT"),
    "security_definer": (True, "SECURITY DEFINER"),
    "parallel": ("safe", "PARALLEL SAFE"),
    "cost": (7.5, "COST 7.5"),
    "rows": (1000000.0, "ROWS 1000000"),
    "support": ("app.helper", "SUPPORT app.helper"),
    "settings": ((("work_mem", "4MB"),), "SET work_mem = '4MB'"),
}
"""By field, in the order in which they stand in the statement."""
NOT_IN_THE_STATEMENT = {"is_public", "comment", "stated", "owner"}


def function(definition: Function) -> CatalogObject:
    return CatalogObject(parse_id("function app.f()"), definition)


def test_every_fact_of_a_function_is_in_a_test_here() -> None:
    """PARALLEL was lost, and no test had one."""
    head = {"arguments", "returns", "language", "body", "is_procedure", "is_atomic", "aggregate"}
    assert {field.name for field in fields(Function)} == head | set(FUNCTION_CLAUSES) | NOT_IN_THE_STATEMENT


@pytest.mark.parametrize("fact", FUNCTION_CLAUSES)
def test_a_clause_of_a_function_is_said_when_it_is_meant(fact: str) -> None:
    value, clause = FUNCTION_CLAUSES[fact]
    text = "FUNCTION app.f()\nRETURNS integer\nLANGUAGE sql\n{}AS $$SELECT 1$$"
    meant = function(replace(FUNCTION, **{fact: value}))
    assert (f"CREATE {text.format(clause + chr(10))}",) == render_create(meant)
    assert (f"CREATE {text.format('')}",) == render_create(function(FUNCTION))
    assert f"CREATE OR REPLACE {text.format(clause + chr(10))}" == replace_function(meant)


@pytest.mark.parametrize(("fact", "value", "clause"), [("volatility", "immutable", "IMMUTABLE")])
def test_each_word_of_a_clause_is_said(fact: str, value: str, clause: str) -> None:
    assert f"\n{clause}\n" in render_create(function(replace(FUNCTION, **{fact: value})))[0]
    assert "\nPARALLEL RESTRICTED\n" in render_create(function(replace(FUNCTION, parallel="restricted")))[0]


def test_clauses_of_a_function_stand_in_one_order() -> None:
    facts = {fact: value for fact, (value, _) in FUNCTION_CLAUSES.items()}
    (text,) = render_create(function(replace(FUNCTION, **facts)))
    assert [clause for _, clause in FUNCTION_CLAUSES.values()] == text.split("\n")[3:-1]


def test_a_procedure_returns_nothing_and_is_called_so() -> None:
    item = function(Function("", "", "PL/x", "x", is_procedure=True, comment="c", is_public=False))
    assert (
        'CREATE PROCEDURE app.f()\nLANGUAGE "PL/x"\nAS $$x$$',
        "REVOKE ALL ON ROUTINE app.f() FROM PUBLIC",
        "COMMENT ON PROCEDURE app.f() IS 'c'",
    ) == render_create(item)
    assert ("DROP PROCEDURE app.f()",) == render_drop(item)


def test_an_aggregate_function_is_made_of_its_options() -> None:
    options = (("sfunc", "app.add"), ("stype", "integer"), ("finalfunc_extra", ""))
    item = function(Function("", "", "", "", parallel="safe", aggregate=options, is_public=False))
    made = "AGGREGATE app.f(*) (SFUNC = app.add, STYPE = integer, FINALFUNC_EXTRA, PARALLEL = SAFE)"
    assert (f"CREATE {made}", "REVOKE ALL ON ROUTINE app.f() FROM PUBLIC") == render_create(item)
    assert (f"CREATE OR REPLACE {made}", ("DROP AGGREGATE app.f(*)",)) == (replace_function(item), render_drop(item))


def test_a_body_that_is_sql_itself_stands_without_quotes() -> None:
    item = function(replace(FUNCTION, body="RETURN 1", is_atomic=True))
    assert ("CREATE FUNCTION app.f()\nRETURNS integer\nLANGUAGE sql\nRETURN 1",) == render_create(item)


TRIGGER = Trigger("after", ("insert",), ("app", "f"))
HEAD, TAIL = "TRIGGER w\nAFTER INSERT ON app.t\n", "FOR EACH ROW\nEXECUTE FUNCTION app.f()"
CONSTRAINT = {"is_constraint": True}
TRIGGER_CLAUSES = {
    "plain": ({}, f"CREATE {HEAD}{TAIL}"),
    "constraint": (CONSTRAINT, f"CREATE CONSTRAINT {HEAD}{TAIL}"),
    "deferrable": ({**CONSTRAINT, "deferrable": True}, f"CREATE CONSTRAINT {HEAD}DEFERRABLE\n{TAIL}"),
    "deferred": (
        {**CONSTRAINT, "deferrable": True, "initially_deferred": True},
        f"CREATE CONSTRAINT {HEAD}DEFERRABLE INITIALLY DEFERRED\n{TAIL}",
    ),
    "deferrable without being a constraint": ({"deferrable": True}, f"CREATE {HEAD}{TAIL}"),
    "tables": (
        {"old_table": "Old", "new_table": "new_rows", "for_each_row": False},
        f'CREATE {HEAD}REFERENCING OLD TABLE AS "Old" NEW TABLE AS new_rows\nFOR EACH STATEMENT\n'
        "EXECUTE FUNCTION app.f()",
    ),
    "one table": ({"new_table": "n"}, f"CREATE {HEAD}REFERENCING NEW TABLE AS n\n{TAIL}"),
    "events": (
        {"timing": "instead of", "events": ("insert", "update", "delete"), "update_columns": ("a", "B c")},
        f'CREATE TRIGGER w\nINSTEAD OF INSERT OR UPDATE OF a, "B c" OR DELETE ON app.t\n{TAIL}',
    ),
    "condition": (
        {"when": "new.a > 0", "arguments": ("x", "it's")},
        f"CREATE {HEAD}FOR EACH ROW\nWHEN (new.a > 0)\nEXECUTE FUNCTION app.f('x', 'it''s')",
    ),
}


@pytest.mark.parametrize("name", TRIGGER_CLAUSES)
def test_a_clause_of_a_trigger_is_said_when_it_is_meant(name: str) -> None:
    facts, expected = TRIGGER_CLAUSES[name]
    item = CatalogObject(parse_id("trigger w on app.t"), replace(TRIGGER, **facts))
    assert (expected,) == render_create(item)
    assert expected.replace("CREATE ", "CREATE OR REPLACE ", 1) == replace_trigger(item)


def test_a_comment_of_a_trigger_names_its_table() -> None:
    item = CatalogObject(parse_id("trigger w on app.t"), replace(TRIGGER, comment="c"))
    assert "COMMENT ON TRIGGER w ON app.t IS 'c'" == render_create(item)[1]


INDEXES = {
    "plain": ({}, "CREATE INDEX i ON app.t (a)"),
    "unique": ({"unique": True}, "CREATE UNIQUE INDEX i ON app.t (a)"),
    "method": ({"method": "gin"}, "CREATE INDEX i ON app.t USING gin (a)"),
    "include": ({"include": ("b", "C d")}, 'CREATE INDEX i ON app.t (a)\nINCLUDE (b, "C d")'),
    "nulls": ({"unique": True, "nulls_not_distinct": True}, "CREATE UNIQUE INDEX i ON app.t (a)\nNULLS NOT DISTINCT"),
    "options": ({"options": (("fillfactor", "70"),)}, "CREATE INDEX i ON app.t (a)\nWITH (fillfactor = 70)"),
    "where": ({"where": "a > 0"}, "CREATE INDEX i ON app.t (a)\nWHERE a > 0"),
    "several": ({"elements": ("a", "lower(b) DESC")}, "CREATE INDEX i ON app.t (a, lower(b) DESC)"),
}


@pytest.mark.parametrize("name", INDEXES)
def test_a_clause_of_an_index_is_said_when_it_is_meant(name: str) -> None:
    facts, expected = INDEXES[name]
    item = CatalogObject(parse_id("index i on app.t"), replace(Index(("a",)), **facts))
    assert (expected,) == render_create(item)


SEQUENCES = {
    "plain": (Sequence(), "\n    START WITH 1\n    INCREMENT BY 1\n    CACHE 1"),
    "all": (
        Sequence("smallint", 5, -2, -9, 7, 3, cycle=True),
        "\n    START WITH 5\n    INCREMENT BY -2\n    MINVALUE -9\n    MAXVALUE 7\n    CACHE 3\n    CYCLE",
    ),
    "zero": (
        Sequence(start=0, minimum=0),
        "\n    START WITH 0\n    INCREMENT BY 1\n    MINVALUE 0\n    CACHE 1",
    ),
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_options_of_a_sequence_are_said(name: str) -> None:
    definition, options = SEQUENCES[name]
    item = CatalogObject(parse_id("sequence app.s"), definition)
    assert (f"CREATE SEQUENCE app.s\n    AS {definition.type}{options}",) == render_create(item)


COLUMNS = {
    "a integer": Column(1, "integer"),
    "a serial NOT NULL": Column(1, "integer", nullable=False, is_serial=True),
    "a bigserial": Column(1, "bigint", is_serial=True),
    "a smallserial": Column(1, "smallint", is_serial=True),
    'a text COLLATE "C"': Column(1, "text", collation='"C"'),
    "a integer DEFAULT 1 NOT NULL": Column(1, "integer", nullable=False, default="1"),
    "a integer GENERATED ALWAYS AS (b + 1) STORED": Column(1, "integer", generated="b + 1"),
    "a integer GENERATED ALWAYS AS (b + 1) VIRTUAL": Column(1, "integer", generated="b + 1", is_virtual=True),
    "a integer GENERATED BY DEFAULT AS IDENTITY": Column(1, "integer", nullable=False, identity=Identity()),
    "a integer GENERATED ALWAYS AS IDENTITY (START WITH 5 CYCLE)": Column(
        1, "integer", nullable=False, identity=Identity(always=True, start=5, cycle=True)
    ),
}


@pytest.mark.parametrize("expected", COLUMNS)
def test_a_column_says_what_it_is(expected: str) -> None:
    item = CatalogObject(parse_id("column app.t.a"), COLUMNS[expected])
    assert (f"ALTER TABLE app.t ADD COLUMN {expected}",) == render_create(item)


def table(definition: Table, *parts: CatalogObject) -> tuple[str, ...]:
    item = CatalogObject(parse_id("table app.t"), definition, parts=tuple(part.id for part in parts))
    return render_create(item, make_catalog([item, *parts]))


def test_a_table_without_columns_has_parentheses_all_the_same() -> None:
    assert ("CREATE TABLE app.t ()",) == table(Table())
    assert ("CREATE TABLE app.t ()\nPARTITION BY RANGE (a)",) == table(Table(partition_by="RANGE (a)"))
    assert ("CREATE UNLOGGED TABLE app.t ()",) == table(Table(is_unlogged=True))


def test_a_table_comes_with_columns_constraints_and_what_is_said_of_them() -> None:
    column = CatalogObject(parse_id("column app.t.a"), Column(1, "integer", comment="one"))
    check = CatalogObject(
        parse_id("constraint c on app.t"), Constraint("check", ("a",), "CHECK (a > 0)", comment="two")
    )
    index = CatalogObject(parse_id("index i on app.t"), Index(("a",)))
    definition = Table("three", is_unlogged=True, options=(("fillfactor", "70"),), row_security=True)
    assert (
        "CREATE UNLOGGED TABLE app.t (\n    a integer,\n    CONSTRAINT c CHECK (a > 0)\n)\nWITH (fillfactor = 70)",
        "ALTER TABLE app.t ENABLE ROW LEVEL SECURITY",
        "COMMENT ON TABLE app.t IS 'three'",
        "COMMENT ON COLUMN app.t.a IS 'one'",
        "COMMENT ON CONSTRAINT c ON app.t IS 'two'",
    ) == table(definition, column, check, index)


SECURITY = {
    (False, False): (),
    (True, False): ("ENABLE",),
    (False, True): ("FORCE",),
    (True, True): ("ENABLE", "FORCE"),
}


@pytest.mark.parametrize(("row_security", "force"), SECURITY)
def test_row_security_of_a_table_is_switched(*, row_security: bool, force: bool) -> None:
    made = table(Table(row_security=row_security, force_row_security=force))
    words = SECURITY[row_security, force]
    assert tuple(f"ALTER TABLE app.t {word} ROW LEVEL SECURITY" for word in words) == made[1:]


SAID = {
    "column app.t.a": (Column(1, "integer", comment="c"), ["create {}", "comment on {}"]),
    "constraint c on app.t": (Constraint("check", (), "CHECK (true)", comment="c"), ["create {}", "comment on {}"]),
    "index i on app.t": (Index(("a",), comment="c"), ["create {}", "comment on {}"]),
    "trigger w on app.t": (replace(TRIGGER, comment="c"), ["create {}", "comment on {}"]),
    "sequence app.s": (Sequence(comment="c"), ["create {}", "comment on {}"]),
    "function app.f()": (
        replace(FUNCTION, is_public=False, comment="c"),
        ["create {}", "keep PUBLIC from {}", "comment on {}"],
    ),
}


@pytest.mark.parametrize("line", SAID)
def test_each_statement_says_what_it_does(line: str) -> None:
    definition, expected = SAID[line]
    statements = render_alone(CatalogObject(parse_id(line), definition), Catalog())
    assert [text.format(line) for text in expected] == [statement.comment for statement in statements]
    assert [render_drop(CatalogObject(parse_id(line), definition)), *[()] * (len(expected) - 1)] == [
        statement.reverse for statement in statements
    ]


def test_every_kind_of_part_is_dropped_by_its_own_name() -> None:
    expected = {
        "column app.t.a": (Column(1, "integer"), "ALTER TABLE app.t DROP COLUMN a"),
        "constraint c on app.t": (Constraint("check", (), "CHECK (true)"), "ALTER TABLE app.t DROP CONSTRAINT c"),
        "index i on app.t": (Index(("a",)), "DROP INDEX app.i"),
        "trigger w on app.t": (TRIGGER, "DROP TRIGGER w ON app.t"),
    }
    for line, (definition, sql) in expected.items():
        assert parse_id(line).kind in Kind
        assert (sql,) == render_drop(CatalogObject(parse_id(line), definition))


def test_foreign_keys_of_a_table_are_told_from_its_other_constraints() -> None:
    key = CatalogObject(parse_id("constraint k on app.t"), Constraint("foreign key", ("a",), "FOREIGN KEY (a) …"))
    check = CatalogObject(parse_id("constraint c on app.t"), Constraint("check", ("a",), "CHECK (a > 0)"))
    column = CatalogObject(parse_id("column app.t.a"), Column(1, "integer"))
    parts = (column, check, key)
    item = CatalogObject(parse_id("table app.t"), Table(), parts=tuple(part.id for part in parts))
    assert (key,) == foreign_keys(item, make_catalog([item, *parts]))
    assert () == foreign_keys(item, make_catalog([item]))

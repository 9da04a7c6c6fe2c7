"""What statements endanger is read from their text, whoever wrote them."""

import pytest

from pgcraft.catalog.ids import parse_id
from pgcraft.diff.dangers import find_dangers, find_subject, find_unsaid_losses
from pgcraft.render.statement import Hazard, HazardType

DANGERS = {
    "DROP TABLE app.t": ["data loss"],
    "ALTER TABLE app.t DROP COLUMN a": ["data loss"],
    "ALTER TABLE t ADD COLUMN a integer": [],
    "ALTER TABLE t ADD COLUMN a integer NOT NULL": ["may fail"],
    "ALTER TABLE t ADD a integer DEFAULT 1 NOT NULL": [],
    "ALTER TABLE t ADD a integer GENERATED ALWAYS AS IDENTITY NOT NULL": [],
    "ALTER TABLE t ALTER a TYPE int": ["data loss"],
    "ALTER TABLE ONLY t ALTER COLUMN a SET NOT NULL": ["table scan", "may fail"],
    "ALTER TABLE t ALTER a DROP NOT NULL": [],
    "CREATE INDEX i ON t (a)": ["heavy lock"],
    "CREATE UNIQUE INDEX i ON t (a)": ["heavy lock", "may fail"],
    "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)": [],
    'ALTER TABLE app.t ADD CONSTRAINT "u, v" UNIQUE (a)': ["heavy lock", "may fail"],
    "ALTER TABLE app.t ADD PRIMARY KEY (a)": ["heavy lock", "may fail"],
    "ALTER TABLE app.t ADD CONSTRAINT u UNIQUE USING INDEX i": [],
    "ALTER TABLE app.t ADD CONSTRAINT c CHECK (a > 0), ADD b text": ["table scan", "may fail"],
    "ALTER TABLE app.t ADD CHECK (a > 0) NOT VALID": [],
    "ALTER TABLE app.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (a)": ["table scan", "may fail"],
    "ALTER TABLE app.t VALIDATE CONSTRAINT c": [],
    "DELETE FROM app.t; ALTER TABLE u ALTER a TYPE int": ["data loss"] * 2,
    "GRANT SELECT ON app.t TO anon": ["access"],
    "SELECT 'DROP TABLE app.t'": [],
}


@pytest.mark.parametrize("sql", DANGERS)
def test_sql_says_what_it_endangers(sql: str) -> None:
    assert DANGERS[sql] == [hazard.type.value for hazard in find_dangers((sql,))]


def test_what_is_lost_is_named_as_a_user_names_it() -> None:
    assert [
        Hazard(HazardType.DATA_LOSS, "what table app.u holds is lost", "app.u"),
        Hazard(HazardType.DATA_LOSS, "values of column app.t.a may be cut or rounded", "app.t.a"),
    ] == list(find_dangers(("DROP TABLE app.u; ALTER TABLE app.t ALTER a TYPE int",)))
    assert parse_id("table app.u") == find_subject(("SELECT 1", "DROP TABLE app.u"))
    assert None is find_subject(("SELECT 1",))


def test_a_loss_that_is_said_is_not_said_again() -> None:
    table = parse_id("table app.t")
    (other,) = find_unsaid_losses(("DROP TABLE app.t; DROP TABLE app.u",), table)
    assert "app.u" == other.subject

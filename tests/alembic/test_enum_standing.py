"""All that uses an enumerated type stays when values are taken back or go: ours, and what others built on it."""

import pytest

from tests.alembic.conftest import HEAD, Walk

pytestmark = pytest.mark.each_server

NAME = "Kind " + "x" * 58
"""As long as PostgreSQL keeps names."""

MODELS = """
kind = Enum({values}, name="Kind x", schema="app")
Table("thing", metadata, Column("id", Integer, primary_key=True), Column("k", kind, server_default="a"),
      Column("ks", ARRAY(kind)), Column("n", Integer), CheckConstraint("k <> 'a' OR n > 0", name="some"),
      Index("partly", "k", postgresql_where=text("k = 'a'")), schema="app")
register_policy(metadata, PolicyDefinition(schema="app", table="thing", name="own", using="k = 'a'"))
register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT id, k FROM app.thing WHERE k = 'a'"))
register_function(metadata, FunctionDefinition(schema="app", name="f", returns='app."Kind x"', language="sql",
                                               body="SELECT 'a'::app.\\"Kind x\\""))
""".replace("Kind x", NAME)
DBA = """
CREATE ROLE dba; GRANT USAGE ON TYPE app."Kind x" TO dba; COMMENT ON TYPE app."Kind x" IS 'a type';
ALTER TABLE app.thing ADD CHECK (k <> 'a' OR n < 9); CREATE INDEX theirs ON app.thing (n) WHERE k = 'a';
CREATE VIEW app.counts AS SELECT k, count(*) AS n FROM app.thing WHERE k = 'a' GROUP BY k;
GRANT SELECT ON app.counts TO dba; CREATE MATERIALIZED VIEW app.kinds AS SELECT k FROM app.thing;
CREATE UNIQUE INDEX ON app.kinds (k); CREATE STATISTICS app.both ON k, n FROM app.thing;
CREATE POLICY theirs ON app.thing USING (k = 'a'); COMMENT ON POLICY own ON app.thing IS 'of ours';
CREATE FUNCTION app.rank(k app."Kind x") RETURNS integer LANGUAGE sql AS 'SELECT 1'; GRANT SELECT ON app.v TO dba;
COMMENT ON COLUMN app.thing.k IS 'a column'; ALTER TABLE app.thing ALTER COLUMN k SET STATISTICS 7;
CREATE TRIGGER watch BEFORE UPDATE ON app.thing FOR EACH ROW WHEN (OLD.k = 'a')
    EXECUTE FUNCTION suppress_redundant_updates_trigger();
""".replace("Kind x", NAME)
CHANGES = ("'b', 'c', 'a'", "'b', 'a', 'd'")
"""A value more, and one less beside another one."""


def list_lines(walk: Walk) -> list[str]:
    """Return what pg_dump says but the list of values."""
    lines = (line.strip(" ,") for line in walk.trip.dump().split("\n"))
    return sorted(line for line in lines if line and not line.startswith(("--", "\\")) and line not in _VALUES)


_VALUES = ("'a'", "'b'", "'c'", "'d'")


def test_what_uses_a_type_is_as_it_was(any_walk: Walk) -> None:
    """A function with the type barred the way back, and an index of a DBA was dropped twice."""
    any_walk.step(MODELS.format(values="'b', 'a'"))
    any_walk.database.run(DBA)
    assert any_walk.trip.pending() == ""
    before = list_lines(any_walk)
    for values in CHANGES:
        any_walk.trip.project.write("models.py", HEAD + MODELS.format(values=values))
        any_walk.trip.autogenerate()
        any_walk.trip.upgrade()
        assert before == list_lines(any_walk)
        any_walk.trip.downgrade("-1")
        assert before == list_lines(any_walk)
        any_walk.trip.upgrade()
        assert any_walk.trip.pending() == ""

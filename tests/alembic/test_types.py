"""A type that changes in whatever it is spelled with is a change, and is what the models say afterwards."""

from tests.alembic.conftest import HEAD, Walk

PAIRS = (
    ("Interval()", "Interval(second_precision=3)"),
    ("Interval()", "Interval(native=False)"),
    ("postgresql.INTERVAL()", "postgresql.INTERVAL(fields='DAY TO SECOND')"),
    ("postgresql.INTERVAL(fields='YEAR')", "postgresql.INTERVAL(fields='YEAR TO MONTH')"),
    ("postgresql.INTERVAL(fields='HOUR')", "postgresql.INTERVAL()"),
    ("postgresql.INTERVAL(fields='SECOND', precision=3)", "postgresql.INTERVAL(fields='SECOND', precision=2)"),
    ("ARRAY(Interval(second_precision=1))", "ARRAY(Interval(second_precision=2))"),
    ("ARRAY(postgresql.INTERVAL(fields='YEAR'))", "ARRAY(postgresql.INTERVAL(fields='MONTH'))"),
    ("postgresql.TIMESTAMP(precision=0)", "postgresql.TIMESTAMP()"),
    ("DateTime()", "postgresql.TIMESTAMP(timezone=True, precision=3)"),
    ("postgresql.TIME(timezone=True)", "postgresql.TIME(precision=2)"),
    ("postgresql.BIT(5)", "postgresql.BIT(5, varying=True)"),
    ("postgresql.BIT(varying=True)", "postgresql.BIT(7, varying=True)"),
    ("ARRAY(postgresql.BIT(3))", "ARRAY(postgresql.BIT(4))"),
    ("Numeric(10, 2)", "Numeric(10, 3)"),
    ("Numeric(5)", "Numeric()"),
    ("ARRAY(Numeric(6, 3))", "ARRAY(Numeric(6, 2))"),
    ("Float(24)", "Float(53)"),
    ("CHAR()", "CHAR(4)"),
    ("String(3)", "Text()"),
    ("String(7, collation='C')", "String(9, collation='C')"),
    ("ARRAY(String(4))", "ARRAY(Text)"),
    ("Enum('x', 'y', native_enum=False, length=2)", "Enum('x', 'y', native_enum=False, length=3)"),
    ("JSON()", "JSONB()"),
    ("INT4RANGE()", "postgresql.INT8RANGE()"),
    ("postgresql.MACADDR()", "postgresql.MACADDR8()"),
    ("Uuid(native_uuid=False)", "Uuid()"),
    ("postgresql.CIDR()", "postgresql.INET()"),
    ("postgresql.REGCLASS()", "postgresql.OID()"),
    ("Integer()", "postgresql.MONEY()"),
)
TYPES = """
SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = 'app.typed'::regclass AND attnum > 1 ORDER BY attnum
"""


def write(walk: Walk, types: list[str], more: str = "") -> None:
    """Write models with a column of each type."""
    columns = ", ".join(f'Column("c{index}", {type_})' for index, type_ in enumerate(types))
    models = f'Table("typed", metadata, Column("id", Integer, primary_key=True), {columns}, schema="app")'
    walk.trip.project.write("models.py", f"{HEAD}from sqlalchemy.dialects import postgresql\n{models}\n{more}")


def test_each_change_of_a_type_is_found(walk: Walk) -> None:
    """Fields of an interval and a bit string's VARYING were passed over; ``Interval`` lost what it was given."""
    bare = 'Table("bare", metadata, schema="app")'  # a revision that made one without columns was no Python
    write(walk, [before for before, _ in PAIRS], bare)
    walk.trip.autogenerate()
    walk.trip.upgrade()
    assert walk.trip.pending() == ""
    old = walk.database.rows(TYPES)
    write(walk, [after for _, after in PAIRS])
    walk.trip.autogenerate()
    walk.trip.upgrade()
    assert walk.trip.pending() == ""
    same = [PAIRS[index] for index, row in enumerate(walk.database.rows(TYPES)) if row == old[index]]
    assert [] == same
    walk.trip.downgrade("-1")
    assert old == walk.database.rows(TYPES)

"""What stands behind the name of a constraint, and what it needs."""

from collections.abc import Callable

import pytest
from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Integer, MetaData, Table, UniqueConstraint
from sqlalchemy.schema import Constraint as SAConstraint

from pgcraft.catalog.definitions import Constraint
from pgcraft.catalog.objects import CatalogObject, Kind
from pgcraft.collect import collect


def collect_one(*items: SAConstraint, metadata: MetaData | None = None) -> CatalogObject:
    made = metadata or MetaData()
    Table("t", made, Column("a", Integer), Column("b", Integer), Column("c d", Integer), *items, schema="app")
    (item,) = (each for each in collect(made).of_kind(Kind.CONSTRAINT) if each.id.parent == "t")
    return item


def key(**facts: object) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["b", "a"], ["lib.other.x", "lib.other.y"], name="k", **facts)  # type: ignore[arg-type]


KEY = "FOREIGN KEY (b, a) REFERENCES lib.other(x, y)"
TEXTS: dict[str, tuple[Callable[[], SAConstraint], str, tuple[str, ...]]] = {
    "a check": (lambda: CheckConstraint("((b > 0))", name="k"), "CHECK (b > 0)", ("b",)),
    "a check of several": (lambda: CheckConstraint('"c d" > a', name="k"), 'CHECK ("c d" > a)', ("a", "c d")),
    "a check of none": (lambda: CheckConstraint("x > 'a'", name="k"), "CHECK (x > 'a')", ()),
    "not valid": (
        lambda: CheckConstraint("a > 0", name="k", postgresql_not_valid=True),
        "CHECK (a > 0) NOT VALID",
        ("a",),
    ),
    "nulls": (
        lambda: UniqueConstraint("c d", "a", name="k", postgresql_nulls_not_distinct=True, postgresql_include=["b"]),
        'UNIQUE NULLS NOT DISTINCT ("c d", a) INCLUDE (b)',
        ("c d", "a"),
    ),
    "a key": (lambda: key(), KEY, ("b", "a")),
    "matched": (lambda: key(match="full"), f"{KEY} MATCH FULL", ("b", "a")),
    "no action": (lambda: key(onupdate="no action", ondelete="NO ACTION"), KEY, ("b", "a")),
    "actions": (
        lambda: key(onupdate="cascade", ondelete="set null (a)", deferrable=True),
        f"{KEY} ON UPDATE CASCADE ON DELETE SET NULL (a) DEFERRABLE",
        ("b", "a"),
    ),
    "a key not valid": (lambda: key(postgresql_not_valid=True), f"{KEY} NOT VALID", ("b", "a")),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_constraint_says_this_of_these_columns(name: str) -> None:
    make, text, columns = TEXTS[name]
    definition = collect_one(make()).defined_as(Constraint)
    assert (text, columns) == (definition.text, definition.columns)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (("lib.other.x", "lib.other.y"), (("lib", "other"), ("x", "y"))),
        (("other.x", "other.y"), (("public", "other"), ("x", "y"))),
    ],
)
@pytest.mark.parametrize("declared", [False, True])
def test_a_foreign_key_tells_what_it_points_to(
    targets: tuple[str, ...], expected: tuple[tuple[str, str], tuple[str, ...]], *, declared: bool
) -> None:
    metadata = MetaData()
    if declared:
        schema = "lib" if targets[0].startswith("lib") else None
        Table("other", metadata, Column("x", Integer), Column("y", Integer), schema=schema)
    item = collect_one(ForeignKeyConstraint(["a", "b"], targets, name="k"), metadata=metadata)
    definition = item.defined_as(Constraint)
    assert expected == (definition.references, definition.referenced_columns)


def test_what_is_no_foreign_key_points_to_nothing() -> None:
    definition = collect_one(CheckConstraint("a > 0", name="k")).defined_as(Constraint)
    assert (None, ()) == (definition.references, definition.referenced_columns)


def test_a_foreign_key_needs_the_unique_index_that_it_stands_on() -> None:
    metadata = MetaData()
    other = Table("other", metadata, Column("x", Integer), Column("y", Integer), schema="lib")
    Index("both", other.c.y, other.c.x, unique=True)
    Index("one", other.c.x, unique=True)
    Index("plain", other.c.x, other.c.y)
    needed = map(str, collect_one(key(), metadata=metadata).depends_on)
    assert ["schema app", "index both on lib.other", "table lib.other"] == list(needed)


def test_columns_that_are_included_are_named_or_given() -> None:
    metadata = MetaData()
    table = Table("t", metadata, Column("a", Integer), Column("c d", Integer), schema="app")
    table.append_constraint(UniqueConstraint("a", postgresql_include=[table.c["c d"]]))
    (item,) = collect(metadata).of_kind(Kind.CONSTRAINT)
    assert 'UNIQUE (a) INCLUDE ("c d")' == item.defined_as(Constraint).text


@pytest.mark.parametrize(("given", "kept"), [("why", "why"), ("", None), (None, None)])
def test_a_constraint_has_the_comment_that_it_was_given(given: str | None, kept: str | None) -> None:
    item = collect_one(CheckConstraint("a > 0", name="k", comment=given))
    assert kept == item.defined_as(Constraint).comment


def test_of_unique_constraints_that_say_the_same_the_first_named_one_is_made() -> None:
    """Which one it was hung on where they lay in memory."""
    for _ in range(20):
        keys = [UniqueConstraint("a", name=name) for name in (None, "second", "first", "third")]
        assert "second" == collect_one(*reversed(keys)).id.name

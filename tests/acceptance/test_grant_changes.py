"""From any rights on a table and its column to any others: what PostgreSQL has afterwards is what was asked for."""

from itertools import product

import pytest

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, CatalogObject
from pgcraft.catalog.privileges import drop_covered
from pgcraft.diff.changes import alter_in_place
from pgcraft.diff.compare import compare_objects
from pgcraft.introspect import read_catalog
from pgcraft.render.dispatch import render_create, render_drop
from pgcraft.render.grants import take_rights_on_relations
from tests.support.databases import Database

GRANT = parse_id("grant on table public.t to accept_reader")


def grant(whole: str, column: str) -> Grant:
    """Return the rights to select: none, plain, or with grant option, on the table and on a column of it."""
    pair = (("select", "a"),)
    return drop_covered(
        Grant(
            ("select",) if whole else (),
            ("select",) if whole == "option" else (),
            pair if column else (),
            pair if column == "option" else (),
        )
    )


@pytest.mark.usefixtures("clean_roles")
def test_from_any_rights_to_any_others_and_back(database: Database) -> None:
    """REVOKE on a table takes what the columns have, too, and the option with it."""
    states = dict.fromkeys(grant(*words) for words in product(("", "plain", "option"), repeat=2))
    with database.connect() as connection:
        connection.execute("CREATE ROLE accept_reader; CREATE TABLE t (a int, b int)")

        def read() -> Grant:
            found: Catalog = read_catalog(connection)
            item = found.find(GRANT)
            return item.defined_as(Grant) if item else Grant()

        for old, new in product(states, repeat=2):
            current, wanted = CatalogObject(GRANT, old), CatalogObject(GRANT, new)
            change = alter_in_place(compare_objects(current, wanted), wanted)
            assert change is not None
            assert change.down is not None
            for expected, statements in ((old, render_create(current)), (new, change.up), (old, change.down)):
                for sql in statements:
                    connection.execute(sql.encode())
                assert expected == read(), (old, new, statements)
            for sql in render_drop(current):
                connection.execute(sql.encode())
            assert Grant() == read()


def test_rights_on_more_sequences_than_a_function_has_arguments_are_taken_at_once(database18: Database) -> None:
    """A role that comes beside a hundred tables with numbers of their own."""
    columns = [parse_id(f"column public.t.a{number}") for number in range(101)]
    database18.run(f"CREATE TABLE t ({', '.join(f'{column.name} smallserial' for column in columns)})")
    database18.run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO public")
    database18.run(take_rights_on_relations([], columns, ["PUBLIC"]))
    granted = "SELECT seqrelid FROM pg_sequence WHERE has_sequence_privilege('public', seqrelid, 'USAGE')"
    assert [] == database18.rows(granted)

"""What is asked of every factory: each operation does one thing at a site, checks the values, and says what came of it.

A word of an outcome is one of ``stored``, ``changed``, ``removed``, ``unchanged`` and ``refused: condition``, with the
number of rows that the history gained where there is one.
"""

from collections.abc import Callable
from typing import Any

from pgcraft.identifiers import quote_name
from tests.factories.site import Row, Site

Operation = Callable[[Site], str]


def insert(site: Site) -> str:
    given = {site.names.code: "B", site.names.name: "new", site.names.quantity: 7}
    outcome = site.attempt(lambda: site.insert(given))
    assert given.items() <= _get(site, "B").items()
    return outcome


def partial_insert(site: Site) -> str:
    outcome = site.attempt(lambda: site.insert({site.names.code: "B"}))
    assert _get(site, "B")[site.names.name] is None
    return outcome


def update(site: Site) -> str:
    key = site.sow()
    outcome = site.attempt(lambda: site.update(key, {site.names.name: "second", site.names.quantity: 6}))
    expected = {site.names.code: "A", site.names.name: "second", site.names.quantity: 6, site.names.secret: "kept"}
    assert "refused" in outcome or expected.items() <= site.rows()[key].items()
    return outcome


def no_op_update(site: Site) -> str:
    key = site.sow()
    return site.attempt(lambda: site.update(key, {site.names.name: "first", site.names.quantity: 5}))


def set_null(site: Site) -> str:
    key = site.sow()
    outcome = site.attempt(lambda: site.update(key, {site.names.name: None}))
    assert "refused" in outcome or site.rows()[key][site.names.name] is None
    return outcome


def delete(site: Site) -> str:
    key = site.sow()
    return site.attempt(lambda: site.delete(key))


def default_omitted(site: Site) -> str:
    outcome = site.attempt(lambda: site.insert({site.names.code: "B"}))
    row = _get(site, "B")
    assert (row[site.names.quantity], row[site.names.secret]) == (1, "kept")
    return f"{outcome}, the default"


def explicit_null(site: Site) -> str:
    taken = site.attempt(lambda: site.insert({site.names.code: "B", site.names.quantity: None}))
    assert _get(site, "B")[site.names.quantity] is None
    refused = site.attempt(lambda: site.insert({site.names.code: None}))
    return f"{taken}, NULL; NOT NULL {refused}"


def computed(site: Site) -> str:
    outcome = site.attempt(lambda: site.insert({site.names.code: "B", site.names.quantity: 21}))
    assert _get(site, "B")[site.names.double] == 42
    given = site.attempt(lambda: site.insert({site.names.code: "C", site.names.double: 99}))
    assert "refused" in given or _get(site, "C")[site.names.double] == 2
    return f"{outcome}, computed; a value given {given if 'refused' in given else 'is ignored'}"


def check(site: Site) -> str:
    key = site.sow()
    first = site.attempt(lambda: site.insert({site.names.code: "B", site.names.quantity: -1}))
    second = site.attempt(lambda: site.update(key, {site.names.quantity: -1}))
    return _either(first, second)


def unique(site: Site) -> str:
    key = site.sow()
    outcome = site.attempt(lambda: site.insert({site.names.code: "A"}))
    change = site.attempt(lambda: site.update(key, {site.names.code: "B"}))
    if "refused" not in change:
        assert "stored" in site.attempt(lambda: site.insert({site.names.code: "A"}))
        return f"{outcome}; free again after a change"
    return outcome


def foreign_key_out(site: Site) -> str:
    owner = site.look("SELECT max(id) AS id FROM shop.owner")[0]["id"]
    taken = site.attempt(lambda: site.insert({site.names.code: "B", site.names.owner: owner}))
    assert _get(site, "B")[site.names.owner] == owner
    return f"{taken}; unknown {site.attempt(lambda: site.insert({site.names.code: 'C', site.names.owner: -1}))}"


def foreign_key_in(site: Site) -> str:
    key = site.sow()
    notes = f'shop."{site.kind}_note"'
    site.look(f"INSERT INTO {notes} (item_id) VALUES (%s) RETURNING id", key)
    unknown = site.attempt(lambda: site.look(f"INSERT INTO {notes} (item_id) VALUES (-1) RETURNING id"))
    gone = site.attempt(lambda: site.delete(key))
    left = site.look(f"SELECT count(*) AS number FROM {notes}")[0]["number"]
    assert left == (1 if "refused" in gone else 0)
    return f"unknown {unknown}; delete {gone}" + ("" if left else ", cascades")


def returning(site: Site) -> str:
    (made,) = site.insert({site.names.code: "B", site.names.quantity: 4}, returning=" RETURNING *")
    _assert_shown(made, _get(site, "B"))
    changed = site.attempt(lambda: _update_returning(site, made))
    return f"real values; update {changed}"


def _update_returning(site: Site, made: Row) -> None:
    key = made[site.names.key]
    (row,) = site.update(key, {site.names.quantity: 9}, returning=" RETURNING *")
    assert (row[site.names.quantity], row[site.names.double]) == (9, 18)
    _assert_shown(row, site.rows()[key])


def hidden_column(site: Site) -> str:
    key = site.sow(**{site.names.secret: "mine"})
    shown = site.run(f"SELECT * FROM {site.relation} WHERE {quote_name(site.names.key)} = %s", key)[0]
    outcome = site.attempt(lambda: site.update(key, {site.names.name: "second"}))
    assert site.rows()[key][site.names.secret] == "mine"
    return f"{outcome}, {'shown' if site.names.secret in shown else 'hidden and kept'}"


def whole_life(site: Site) -> str:
    given = {site.names.code: "B", site.names.name: "one", site.names.quantity: 2}
    words = [site.attempt(lambda: site.insert(given))]
    row = _get(site, "B")
    assert given.items() <= row.items()
    assert row[site.names.double] == 4
    key = row[site.names.key]
    words.append(site.attempt(lambda: site.update(key, {site.names.name: "two"})))
    words.append(site.attempt(lambda: site.delete(key)))
    return "; ".join(words)


def _get(site: Site, code: str) -> Row:
    (row,) = (row for row in site.rows().values() if row[site.names.code] == code)
    return row


def _assert_shown(row: Row, stored: Row) -> None:
    expected: dict[str, Any] = {name: stored[name] for name in row}
    assert row == expected


def _either(first: str, second: str) -> str:
    return first if first == second else f"insert {first}; update {second}"


OPERATIONS: dict[str, Operation] = {
    "insert": insert,
    "partial insert": partial_insert,
    "update": update,
    "no-op update": no_op_update,
    "set NULL": set_null,
    "delete": delete,
    "default omitted": default_omitted,
    "explicit NULL": explicit_null,
    "computed": computed,
    "check": check,
    "unique": unique,
    "FK out": foreign_key_out,
    "FK in": foreign_key_in,
    "RETURNING": returning,
    "hidden column": hidden_column,
    "custom key": whole_life,
    "reserved and mixed-case names": whole_life,
    "63-byte names": whole_life,
}
"""Each under its name in the table of docs/factories.md; the last three take place under the naming of that name."""

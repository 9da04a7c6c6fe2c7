"""Resources of every factory and their attributes under other names: API, plugins, values and history come along."""

from pathlib import Path

from pgcraft.identifiers import quote_name
from tests.alembic.conftest import HEAD, Walk

AUDIT = Path(__file__).parents[2] / "examples" / "extensions" / "audit"
MODELS = (
    f"""
import sys

sys.path.insert(0, {str(AUDIT)!r})
from pgcraft_audit import AuditExtension

config.use(AuditExtension())
"""
    + """
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftLedger
from pgcraft.plugins.soft_delete import SoftDeletePlugin
from pgcraft.plugins.updated_at import UpdatedAtPlugin

def attribute(name, type_, *items, **options):
    new = NAMES.get(name, name)
    return Column(new, type_, *items, **({"info": renamed_from(name)} if new != name else {}), **options)

PGCraftSimple("place", "app", metadata, config=config, schema_items=[Column("name", String)])
for kind in (PGCraftSimple, PGCraftAppendOnly, PGCraftEAV, PGCraftLedger):
    names = {each: NAMES.get(each, each) for each in ("a", "b", "place_id")}
    items = [
        attribute("it's 100% %(n)s", Integer), attribute("a", String), attribute("b", Integer, server_default="3"),
        attribute("twice", Integer, Computed(text(names["b"] + " * 2"), persisted=True)),
        PGCraftCheck("{" + names["b"] + "} > 0", "positive"), PGCraftIndex(None, "{" + names["a"] + "}"),
    ]
    if kind is not PGCraftLedger:
        items += [attribute("place_id", Integer), PGCraftFK({"{" + names["place_id"] + "}": "place.id"})]
    plugins = [UpdatedAtPlugin(), SoftDeletePlugin()] if kind is PGCraftSimple else []
    name = kind.__name__.lower()
    made = kind(f"{name}_{RESOURCE}", "app", metadata, items, config=config, extra_plugins=plugins,
                renamed_from=f"{name}_things" if NAMES else None)
    PostgRESTView(made, grants=["select", *made.writes])
"""
)
NAMES = {"it's 100% %(n)s": 'quo"te:d', "a": "b", "b": "c", "place_id": "site_id"}
OLD = "NAMES = {}\nRESOURCE = 'things'\n" + MODELS
NEW = f"NAMES = {{**{NAMES!r}, 'twice': 'double'}}\nRESOURCE = 'stuff'\n" + MODELS
FILLED = """
INSERT INTO app.place (name) VALUES ('here');
INSERT INTO app.pgcrafteav_things ("it's 100% %(n)s", a, b, place_id) VALUES (1, 'x', 2, 1), (NULL, 'z', 9, NULL);
UPDATE app.pgcrafteav_things SET a = 'y', b = 5 WHERE b = 2;
INSERT INTO app.pgcraftappendonly_things (a, b, place_id) VALUES ('x', 2, 1);
UPDATE app.pgcraftappendonly_things SET a = 'y';
"""


def read(walk: Walk, resource: str, *columns: str) -> list[tuple[object, ...]]:
    return walk.database.rows(f"SELECT {', '.join(map(quote_name, columns))} FROM app.{resource} ORDER BY 3")


def read_history(walk: Walk, resource: str) -> list[tuple[object, ...]]:
    return walk.database.rows(f"SELECT attribute, value, valid_to IS NULL FROM app.{resource}_history ORDER BY 1, 2")


def test_values_and_rows_come_along(walk: Walk) -> None:
    """Values of attributes stayed under the old name, where nothing read them; names may move along a chain."""
    walk.trip.project.write("models.py", HEAD + OLD)
    walk.trip.autogenerate()
    walk.trip.upgrade()
    walk.database.run(FILLED)
    expected, history = read(walk, "pgcrafteav_things", *NAMES, "twice"), read_history(walk, "pgcrafteav_things")
    assert [(1, "y", 5, 1, 10), (None, "z", 9, None, 18)] == expected
    revision = walk.step(NEW)
    assert not [word for word in ("drop_column", "drop_table", "create_table") if word in revision]
    assert expected == read(walk, "pgcrafteav_stuff", *NAMES.values(), "double")
    renamed = [(NAMES[str(name)], *rest) for name, *rest in history]
    assert sorted(renamed) == sorted(read_history(walk, "pgcrafteav_stuff"))
    walk.database.run("UPDATE app.pgcrafteav_stuff SET c = 6 WHERE b = 'y'")
    walk.trip.downgrade("-1")
    assert [(1, "y", 6, 1, 12), expected[1]] == read(walk, "pgcrafteav_things", *NAMES, "twice")
    assert len(history) + 1 == len(read_history(walk, "pgcrafteav_things"))

"""What the tabs say of an object, without a terminal."""

from dataclasses import replace
from pathlib import Path

from pgcraft.catalog.definitions import Column, Grant
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.render.statement import Hazard, HazardType, Lock, LockMode, Statement
from pgcraft.service.api_types import ApiColumn, ApiPreview, ApiResource
from pgcraft.service.grouping import Grouping
from pgcraft.service.types import HistoryEntry, Impact, Operation, Proof, ProofStep
from pgcraft_tui.present.api import NO_API, find_views, indent_json, present_api
from pgcraft_tui.present.changes import find_operations, present_changes
from pgcraft_tui.present.choice import Choice
from pgcraft_tui.present.ddl import present_ddl
from pgcraft_tui.present.facts import format_command
from pgcraft_tui.present.grants import present_grants
from pgcraft_tui.present.history import NO_HISTORY, present_history
from pgcraft_tui.present.marks import Mark, compare_loads, count_marks, mark_operations
from pgcraft_tui.present.origins import find_node_place, format_made_by, present_origins
from pgcraft_tui.present.outline import Node, build_outline
from pgcraft_tui.present.page import Line, Page, format_page
from pgcraft_tui.present.problems import present_error
from pgcraft_tui.present.relations import present_relations
from pgcraft_tui.present.revising import format_revision_command, present_operation, present_proof
from pgcraft_tui.present.tabs import Tab
from pgcraft_tui.present.tree_state import Trail
from tests.tui.catalogs import ANON, API, FUNCTION, ID_COLUMN, NAME_COLUMN, TABLE, TRIGGER, VIEW, VIEW_GRANT, make_shop

CATALOG = make_shop()


def node_of(object_id: ObjectId, catalog=CATALOG, grouping: Grouping = Grouping.SCHEMA) -> Node:
    node = build_outline(catalog, grouping).find_object(object_id)
    assert node is not None
    return node


def lines_of(page: Page) -> list[str]:
    """Return what stands on the screen, without blanks at the ends of lines."""
    return [line.rstrip() for line in format_page(page).splitlines()]


def links_of(page: Page) -> list[object]:
    return [part.link for part in page if isinstance(part, Line) and part.link is not None]


def test_relations_lead_both_ways_and_count_parts_as_the_objects_own():
    page = present_relations(CATALOG, node_of(TABLE))
    assert lines_of(page) == [
        "Depends on 1",
        "  schema  inventory",
        "",
        "Used by 2",
        "  view      api.products",
        "  function  api.api_products_insert()",
    ]
    assert ObjectId(Kind.SCHEMA, None, "inventory") in links_of(page)
    assert {VIEW, FUNCTION} <= set(links_of(page))


def test_relations_say_so_when_there_are_none():
    lone = make_catalog([CatalogObject(ObjectId(Kind.SCHEMA, None, "s"), CATALOG.by_id[API].definition)])
    page = present_relations(lone, node_of(ObjectId(Kind.SCHEMA, None, "s"), lone))
    assert lines_of(page) == ["Depends on", "  nothing", "", "Used by", "  nobody"]


def test_grants_are_a_matrix_with_a_word_in_each_cell():
    assert lines_of(present_grants(CATALOG, node_of(VIEW))) == [
        "api.products",
        "  role  select  insert  update  delete",
        "  anon  yes     yes     –       –",
    ]


def test_grants_of_columns_and_of_passing_on_are_explained():
    grant = Grant(("select",), ("select",), (("update", "name"), ("update", "price")))
    catalog = make_catalog([*CATALOG.objects, replace(CATALOG.by_id[VIEW_GRANT], definition=grant)])
    assert lines_of(present_grants(catalog, node_of(VIEW, catalog))) == [
        "api.products",
        "  role  select  insert  update  delete",
        "  anon  yes *   –       some    –",
        "  * anon may pass it on",
        "  some: anon may update name, price",
    ]


def test_grants_of_a_role_are_what_it_can_reach():
    page = present_grants(CATALOG, node_of(ANON))
    assert links_of(page) == [API, VIEW]
    assert lines_of(page) == [
        "What anon can reach",
        "",
        "schema api",
        "  usage: granted",
        "",
        "view api.products",
        "  select, insert: granted",
        "  reads table inventory.products as its owner",
        "  runs on insert function api.api_products_insert() as anon",
    ]


def test_grants_of_a_schema_hold_those_of_all_in_it():
    assert lines_of(present_grants(CATALOG, node_of(API))) == [
        "api",
        "  role  usage",
        "  anon  yes",
        "",
        "api.products",
        "  role  select  insert  update  delete",
        "  anon  yes     yes     –       –",
    ]


def test_grants_say_when_nobody_was_granted_anything():
    (line,) = lines_of(present_grants(CATALOG, node_of(TABLE)))
    assert line == "no role was granted anything here; only the owner may use it"


def test_origin_reads_from_who_made_it_to_who_last_changed_it():
    page = present_origins(CATALOG, node_of(ID_COLUMN))
    assert lines_of(page) == [
        "From who made it to who last changed it",
        '1  factory  PGCraftSimple("products")  models.py:12',
        "2  plugin   SerialPKPlugin             no file known",
    ]
    assert [Place("models.py", 12, 'PGCraftSimple("products")')] == links_of(page)


def test_origin_names_the_parts_that_others_made():
    assert lines_of(present_origins(CATALOG, node_of(TABLE)))[-2:] == [
        "Parts with an origin of their own",
        "column  id  plugin SerialPKPlugin",
    ]


def test_origin_of_a_group_counts_what_each_declaration_made():
    root = build_outline(CATALOG, Grouping.EXTENSION).roots[0]
    assert lines_of(present_origins(CATALOG, root)) == [
        "Declarations that made what is below, with the number of objects",
        "   1  postgrest",
        '   6  PostgRESTView("products")  models.py:120',
    ]


def test_the_place_of_a_group_is_the_one_all_its_objects_share():
    by_factory = build_outline(CATALOG, Grouping.FACTORY)
    factory = next(root for root in by_factory.roots if root.detail.startswith("PGCraftSimple"))
    place = find_node_place(CATALOG, factory)
    assert place is not None
    assert (place.file, place.line) == ("models.py", 12)
    assert find_node_place(CATALOG, build_outline(CATALOG, Grouping.EXTENSION).roots[0]) is None


def test_made_by_is_one_line():
    assert (
        format_made_by(CATALOG.by_id[VIEW]) == 'made by PostgRESTView("products") · extension postgrest · models.py:120'
    )


def test_the_ddl_of_an_object_begins_with_its_own_statement():
    statements = [
        Statement("CREATE FUNCTION f()", "create function", (), FUNCTION),
        Statement("CREATE VIEW api.products AS\nSELECT 1", "create view", (), VIEW),
    ]
    text = format_page(present_ddl(CATALOG, node_of(VIEW), statements))
    assert text.startswith("CREATE VIEW api.products AS\nSELECT 1;\n\nCREATE FUNCTION f();")
    assert "made by PostgRESTView" in text


def test_the_ddl_of_a_group_keeps_the_run_order():
    statements = [
        Statement("CREATE FUNCTION f()", "create function", (), FUNCTION),
        Statement("CREATE VIEW v", "create view", (), VIEW),
    ]
    root = build_outline(CATALOG, Grouping.EXTENSION).roots[0]
    assert format_page(present_ddl(CATALOG, root, statements)) == "CREATE FUNCTION f();\n\nCREATE VIEW v;\n"


def test_api_says_how_to_make_one_where_there_is_none():
    assert NO_API in format_page(present_api((), node_of(TABLE)))


def test_api_views_are_found_from_the_table_behind_them():
    resources = [ApiResource(VIEW, TABLE, ("select",), "anon")]
    assert find_views(resources, node_of(TABLE)) == (VIEW,)
    assert find_views(resources, node_of(API)) == (VIEW,)
    assert find_views(resources, node_of(NAME_COLUMN)) == ()


def test_api_says_of_each_column_whether_it_can_be_written_and_why_not():
    preview = ApiPreview(
        VIEW,
        "/products",
        "",
        (("anon", ("GET", "HEAD", "POST")),),
        (ApiColumn("id", "integer", False, "computed"), ApiColumn("name", "text", True, nullable=False)),
        (("List", "curl -s http://localhost:3000/products"),),
    )
    lines = lines_of(present_api((preview,), node_of(VIEW)))
    assert lines[:4] == ["endpoint  /products", "", "Methods per role", "  anon  GET HEAD POST"]
    assert lines[-6:] == [
        "Columns 2",
        "  id    integer  read only: computed",
        "  name  text     writable, required",
        "",
        "List",
        "curl -s http://localhost:3000/products",
    ]


def test_changes_show_hazards_sql_and_its_undoing():
    drop = Operation(
        "k",
        "drop",
        ObjectId(Kind.COLUMN, "inventory", "sku", "products"),
        "drop column inventory.products.sku",
        ("ALTER TABLE inventory.products DROP COLUMN sku",),
        ("ALTER TABLE inventory.products ADD COLUMN sku text",),
        (Hazard(HazardType.DATA_LOSS, "every value of sku is lost"),),
    )
    found = find_operations([drop], node_of(TABLE))
    assert (drop,) == found
    assert lines_of(present_changes(found)) == [
        "- drop column inventory.products.sku",
        "  ! data loss: every value of sku is lost",
        "ALTER TABLE inventory.products DROP COLUMN sku;",
        "-- undone by",
        "ALTER TABLE inventory.products ADD COLUMN sku text;",
    ]
    assert find_operations([drop], node_of(VIEW)) == ()


def test_what_an_operation_locks_is_shown_with_it_and_with_the_proof():
    lock = Lock(LockMode.ACCESS_EXCLUSIVE, TABLE)
    alter = Operation("k", "alter", TABLE, "alter it", ("ALTER",), ("BACK",), locks=(lock,))
    documented = "* ACCESS EXCLUSIVE lock on table inventory.products (not measured)"
    assert f"  {documented}" in lines_of(present_changes((alter,)))
    assert documented in lines_of(present_operation(alter, Choice((alter,))))
    measured = Impact("k", "ALTER", (replace(lock, is_measured=True),), scanned=(TABLE,))
    proof = Proof((ProofStep("upgrade", held=True, seconds=0.1),), (measured,))
    seen = [
        "* ACCESS EXCLUSIVE lock on table inventory.products",
        "* reads every row of table inventory.products under ACCESS EXCLUSIVE",
    ]
    assert seen == lines_of(present_operation(alter, Choice((alter,)), proof))[1:3]
    assert ["Measured while it was proven", "", "alter it", *seen] == lines_of(present_proof(proof, (alter,)))[-5:]


def test_marks_of_operations_and_of_reloads():
    create = Operation("a", "create", VIEW, "", (), ())
    drop = Operation("b", "drop", VIEW, "", (), ())
    assert mark_operations([drop, create]) == {VIEW: Mark.CHANGED}
    assert mark_operations([create]) == {VIEW: Mark.ADDED}
    changed = replace(CATALOG.by_id[NAME_COLUMN], definition=Column(2, "varchar(9)"))
    after = make_catalog([*(item for item in CATALOG.objects if item.id != TRIGGER), changed])
    assert compare_loads(CATALOG, after) == {NAME_COLUMN: Mark.CHANGED, TRIGGER: Mark.REMOVED}
    assert count_marks(compare_loads(CATALOG, after)) == "1 changed, 1 removed"
    assert compare_loads(None, after) == {}


def test_a_moved_declaration_is_no_change():
    moved = make_catalog(
        replace(item, origins=tuple(replace(origin, line=origin.line + 1) for origin in item.origins))
        for item in CATALOG.objects
    )
    assert compare_loads(CATALOG, moved) == {}


def test_the_command_is_quoted_for_a_shell():
    strange = ObjectId(Kind.TABLE, "s", "it's $(here)")
    catalog = make_catalog([*CATALOG.objects, replace(CATALOG.by_id[TABLE], id=strange, parts=(), depends_on=())])
    assert format_command(Tab.DDL, node_of(strange, catalog)) == """pgcraft ddl 's.it'"'"'s $(here)'"""
    assert format_command(Tab.DDL, node_of(VIEW).parent) == "pgcraft ddl api"
    assert format_command(Tab.DDL, None) == ""


def test_the_command_of_a_revision_says_what_the_project_does_not():
    assert "pgcraft revision -m 'a b' --leave-out app.t" == format_revision_command("a b", ["app.t"])
    assert "pgcraft revision -m a --online" == format_revision_command("a", (), is_online=True)
    assert "pgcraft revision -m a --no-online" == format_revision_command("a", (), is_online=False)


def test_an_error_shows_the_line_that_is_to_blame():
    error = PGCraftValidationError(
        "PGC104",
        'check "positive" names column "ammount"',
        place=Place("models.py", 3, "PGCraftCheck"),
        remedy='did you mean "amount"?',
        detail="Traceback …",
    )
    source = "one\ntwo\nthree\nfour\n"
    short = format_page(present_error(error, lambda _: source))
    assert "▸    3 │ three" in short
    assert 'did you mean "amount"?' in short
    assert "Traceback" not in short
    assert "Traceback …" in format_page(present_error(error, lambda _: source, with_detail=True))


def test_an_error_whose_line_is_beyond_the_file_shows_none():
    error = PGCraftValidationError("PGC104", "x", place=Place("models.py", 99))
    assert "│" not in format_page(present_error(error, lambda _: "one\n"))


def test_back_and_forward_forget_what_lay_ahead_of_a_new_visit():
    trail = Trail()
    assert trail.go_back(("here",)) is None
    trail.leave(("a",))
    trail.leave(("b",))
    assert trail.go_back(("c",)) == ("b",)
    assert trail.go_forward(("b",)) == ("c",)
    assert trail.go_back(("c",)) == ("b",)
    trail.leave(("b",))
    assert not trail.has_later


def test_history_groups_what_was_done_by_revision(tmp_path: Path):
    file = tmp_path / "migrations" / "versions" / "abc_first.py"
    entries = [
        HistoryEntry("abc", "first", "op.create_table", file, 12),
        HistoryEntry("abc", "first", "op.create_index", file, 30),
        HistoryEntry("def", "second", "op.add_column", tmp_path / "def.py", 9),
    ]
    page = present_history(entries, tmp_path)
    assert links_of(page)[0] == Place("migrations/versions/abc_first.py", 12, "abc")
    assert lines_of(page) == [
        "abc  first",
        "  migrations/versions/abc_first.py",
        "  op.create_table  line 12",
        "  op.create_index  line 30",
        "",
        "def  second",
        "  def.py",
        "  op.add_column  line 9",
    ]
    assert format_page(present_history((), tmp_path)).strip() == NO_HISTORY


def test_json_is_indented_and_every_number_stays_as_written():
    assert indent_json('[{"a":1.00, \n "b" : [], "c":{"d":"x, [y]: \\"z\\""}}]') == (
        '[\n  {\n    "a": 1.00,\n    "b": [],\n    "c": {\n      "d": "x, [y]: \\"z\\""\n    }\n  }\n]'
    )

"""Diagrams: what is drawn, which part of it, and the same in every language."""

import random
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, UniqueConstraint, select

from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, Kind, ObjectId, escape_text
from pgcraft.collect import collect
from pgcraft.errors import PGCraftConfigError
from pgcraft.export.erd.draw import Drawn, choose, draw
from pgcraft.export.erd.layout import lay_out
from pgcraft.export.erd.model import Box, Diagram, Edge, Field
from pgcraft.models import (
    FunctionDefinition,
    GrantDefinition,
    PolicyDefinition,
    RoleDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_function,
    register_grant,
    register_policy,
    register_role,
    register_trigger,
    register_view,
)
from pgcraft.service.erd import ERD_FORMATS, ErdRequest, format_diagram, make_diagram

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = 'a"b<c>&\\d\n\x1b'


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    metadata = MetaData()
    Table("people", metadata, Column("id", Integer, primary_key=True), Column("name", String, unique=True), schema="a")
    pets = Table(
        "pets",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("owner", ForeignKey("a.people.id"), nullable=False),
        Column("rival", ForeignKey("b.pets.id")),
        Column("chip", ForeignKey("a.people.name"), unique=True),
        Column("x", Integer),
        Column("y", Integer),
        UniqueConstraint("x", "y"),
        schema="b",
    )
    Table("alone", metadata, Column("id", Integer, primary_key=True), Column(HOSTILE, Integer), schema="c")
    register_view(metadata, ViewDefinition(schema="b", name="shown", query=select(pets.c.id)))
    register_policy(metadata, PolicyDefinition(schema="a", table="people", name="own", using="id > 0"))
    register_role(metadata, RoleDefinition(name="reader"))
    register_grant(metadata, GrantDefinition(privileges=("select",), to="reader", schema="a", name="people"))
    made = FunctionDefinition(schema="a", name="f", returns="trigger", language="plpgsql", body="BEGIN RETURN NEW; END")
    register_function(metadata, made)
    trigger = TriggerDefinition(
        schema="a", relation="people", name="audit", timing="before", events=("update",), function=("a", "f")
    )
    register_trigger(metadata, trigger)
    return collect(metadata)


def find_box(diagram: Diagram, title: str) -> Box:
    return next(box for box in diagram.boxes if box.title == title)


def test_a_box_has_its_columns_with_their_keys(catalog: Catalog) -> None:
    pets = find_box(draw(catalog), "b.pets")
    assert Field("id", "integer", ("PK",), is_required=True) == pets.fields[0]
    assert Field("owner", "integer", ("FK",), is_required=True) == pets.fields[1]
    assert Field("chip", "character varying", ("FK", "UK")) == pets.fields[3]
    assert () == pets.fields[4].marks
    only = find_box(draw(catalog, Drawn(keys_only=True)), "b.pets")
    assert ["id", "owner", "rival", "chip"] == [field.name for field in only.fields]


def test_a_line_says_how_many_point_to_how_many(catalog: Catalog) -> None:
    edges = {edge.columns: edge for edge in draw(catalog).edges if edge.kind == "key"}
    assert (False, True) == (edges["owner",].is_unique, edges["owner",].is_required)
    assert (True, False) == (edges["chip",].is_unique, edges["chip",].is_required)
    assert edges["rival",].start == edges["rival",].end
    assert ("id",) == edges["owner",].referenced


def test_views_triggers_grants_and_row_security_are_drawn_on_request(catalog: Catalog) -> None:
    bare = draw(catalog, Drawn())
    assert {"a.people", "b.pets", "c.alone"} == {box.title for box in bare.boxes}
    assert all(not box.notes for box in bare.boxes)
    full = draw(catalog, Drawn(views=True, triggers=True, grants=True))
    assert ("row security", "before update: audit", "reader: select") == find_box(full, "a.people").notes
    assert ("view",) == find_box(full, "b.shown").notes
    assert [("b.shown", "b.pets")] == [
        (f"{edge.start.schema}.{edge.start.name}", f"{edge.end.schema}.{edge.end.name}")
        for edge in full.edges
        if edge.kind == "reads"
    ]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (ErdRequest(schemas=("a", "b")), {"a.people", "b.pets"}),
        (ErdRequest(schemas=("[bc]*",)), {"b.pets", "c.alone"}),
        (ErdRequest(names=("people",), depth=0), {"a.people"}),
        (ErdRequest(names=("people",)), {"a.people", "b.pets"}),
        (ErdRequest(names=("people",), drawn=Drawn(views=True)), {"a.people", "b.pets"}),
        (ErdRequest(names=("people",), depth=2, drawn=Drawn(views=True)), {"a.people", "b.pets", "b.shown"}),
        (ErdRequest(names=("people",), schemas=("b",)), {"b.pets"}),
        (ErdRequest(names=("column a.people.name", "c.alone"), depth=0), {"a.people", "c.alone"}),
    ],
)
def test_a_part_is_chosen_by_schema_and_by_neighbours(
    catalog: Catalog, request_: ErdRequest, expected: set[str]
) -> None:
    diagram = make_diagram(catalog, request_)
    assert expected == {box.title for box in diagram.boxes}
    there = {box.id for box in diagram.boxes}
    assert all({edge.start, edge.end} <= there for edge in diagram.edges)


@pytest.mark.parametrize(
    "request_", [ErdRequest(schemas=("nix",)), ErdRequest(names=("shown",), depth=0), ErdRequest(names=("nix",))]
)
def test_what_is_not_there_is_told(catalog: Catalog, request_: ErdRequest) -> None:
    """A view is none of what is drawn where views are not."""
    with pytest.raises(PGCraftConfigError, match="PGC005"):
        make_diagram(catalog, request_)


def test_the_text_has_a_frame_for_each_and_says_where_keys_lead(catalog: Catalog) -> None:
    diagram = choose(draw(catalog, Drawn(views=True, triggers=True)), schemas=("a", "b"))
    text = format_diagram(diagram, "text")
    assert text.startswith(
        """\
┌─ a.people ──────────────────┐
│ id    integer            PK │
│ name  character varying  UK │
├─────────────────────────────┤
│ before update: audit        │
└─────────────────────────────┘

┌─ b.pets ──"""
    )
    assert "│ owner  integer            FK not null  → a.people(id)" in text
    assert "│ reads b.pets" in text


def test_frames_are_straight_where_letters_are_wide_or_stand_on_others() -> None:
    metadata = MetaData()
    Table("notes", metadata, Column("日本", Integer), Column("e\u0301e", Integer), schema="c")
    text = format_diagram(draw(collect(metadata)), "text")
    assert "│ 日本  integer │\n│ e\u0301e    integer │" in text


@pytest.mark.parametrize("format_", ERD_FORMATS)
def test_hostile_names_stay_what_they_are(catalog: Catalog, format_: str) -> None:
    """No name ends a line, a string or an element, and the same diagram is the same text."""
    diagram = draw(catalog)
    text = format_diagram(diagram, format_)  # type: ignore[arg-type]
    assert text == format_diagram(draw(catalog), format_)  # type: ignore[arg-type]
    assert "\x1b" not in text
    if format_ == "svg":
        titles = [title.text for title in ET.fromstring(text).iter(f"{SVG}title")]
        assert {str(box.id) for box in diagram.boxes} <= set(titles)
        shown = [each.text or "" for each in ET.fromstring(text).iter(f"{SVG}text")]
        assert any(escape_text(HOSTILE) == each for each in shown), shown  # a backslash was doubled twice
    if format_ == "dot":
        assert 'a"b<c>' not in text
        assert "a&quot;b&lt;c&gt;&amp;" in text


def test_the_picture_has_a_line_for_each_edge(catalog: Catalog) -> None:
    diagram = draw(catalog)
    picture = ET.fromstring(format_diagram(diagram, "svg"))
    lines = [each for each in picture.iter(f"{SVG}path") if each.get("d", "").count("C") == 1]
    assert len(diagram.edges) == len(lines)
    assert 1 == sum("reads" in each.get("class", "") for each in lines)


def test_the_graph_for_graphviz_names_ports_that_are_there(catalog: Catalog) -> None:
    text = format_diagram(draw(catalog), "dot")
    lines = [line for line in text.splitlines() if " -> " in line]
    ports = {part.split('"')[0] for part in text.split('port="')[1:]}
    named = {word.split(":")[1] for line in lines for word in line.replace(";", "").split() if word.count('":c') == 1}
    assert named
    assert named <= {f"{port}" for port in ports}


def make_random(seed: int) -> Diagram:
    rng = random.Random(seed)
    ids = [ObjectId(Kind.TABLE, "s", f"t{at}") for at in range(rng.randrange(1, 30))]
    boxes = tuple(Box(each, tuple(Field("c", "int") for _ in range(rng.randrange(5)))) for each in ids)
    edges = tuple(Edge(rng.choice(ids), rng.choice(ids), "key") for _ in range(rng.randrange(40)))
    return Diagram(boxes, edges)


@pytest.mark.parametrize("seed", range(20))
def test_every_box_is_placed_once_and_none_covers_another(seed: int) -> None:
    """Rings, keys to oneself and boxes without any line, too."""
    diagram = make_random(seed)
    layout = lay_out(diagram, lambda box: (50.0, 10.0 + 5 * len(box.fields)), (20.0, 5.0))
    assert sorted(box.id for box in diagram.boxes) == sorted(each.box.id for each in layout.placed)
    for at, one in enumerate(layout.placed):
        assert one.x >= 0 <= one.y
        assert one.x + one.width <= layout.width
        assert one.y + one.height <= layout.height
        for two in layout.placed[:at]:
            is_beside = one.x + one.width <= two.x or two.x + two.width <= one.x
            assert is_beside or one.y + one.height <= two.y or two.y + two.height <= one.y


def test_what_is_pointed_to_stands_left_of_what_points(catalog: Catalog) -> None:
    ranks = {each.box.title: each.rank for each in lay_out(draw(catalog), lambda _: (9.0, 9.0), (1.0, 1.0)).placed}
    assert ranks["a.people"] < ranks["b.pets"] < ranks["b.shown"]
    assert parse_id("table c.alone").name == "alone"

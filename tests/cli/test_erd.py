"""`pgcraft erd` as it is typed."""

from xml.etree import ElementTree as ET

from tests.cli.conftest import Shell


def test_erd_draws_in_every_language_the_part_that_is_wanted(project: Shell):
    """To stdout, or into a file, which is not replaced unasked."""
    text = project("erd")
    assert (0, "") == (text.status, text.stderr)
    assert text.stdout.startswith("┌─ inventory.products ─")
    assert "api.products" not in text.stdout
    assert "anon: select" in project("erd", "--views", "--grants", "--schema", "api").stdout
    assert project("erd", "--format", "mermaid").stdout.startswith("erDiagram\n")
    assert project("erd", "--format", "dot").stdout.startswith("digraph erd {\n")
    drawn = project("erd", "products", "--format", "svg", "-o", "erd.svg")
    assert (0, "wrote erd.svg\n") == (drawn.status, drawn.stdout)
    assert ET.parse(project.root / "erd.svg").getroot().tag.endswith("svg")
    assert (2, "PGC020") == ((again := project("erd", "-o", "erd.svg")).status, again.stderr[:6])
    boxes = project("erd", "--keys", "--json").json["diagram"]["boxes"]
    assert [["id"]] == [[field["name"] for field in box["fields"]] for box in boxes]


def test_what_is_not_there_is_told(project: Shell):
    done = project("erd", "--schema", "nix")
    assert (2, "PGC005") == (done.status, done.stderr[:6])

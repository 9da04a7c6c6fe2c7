"""`pgcraft why` as it is typed."""

from tests.cli.conftest import Shell


def test_why_tells_whose_what_for_who_may_and_since_when(project: Shell):
    """A section each; before the first revision there are none."""
    first = project("why", "api.products")
    assert (0, "") == (first.status, first.stderr)
    assert "revisions" not in first.stdout
    project("revision", "-m", "it's first", "--no-prove")
    told = project("why", "api.products")
    assert (0, "") == (told.status, told.stderr)
    assert 'made by\n  factory PostgRESTView("products")  models.py:' in told.stdout
    assert "depends on\n  schema api\n  table inventory.products\n" in told.stdout
    assert (
        "rights\n  anon\n    select: granted\n    by grant on view api.products to anon: PostgRESTView(" in told.stdout
    )
    assert "revisions\n  " in told.stdout
    assert '"it\'s first"  create view  migrations/versions/' in told.stdout
    answer = project("why", "column products.price", "--json").json
    assert ["table inventory.products"] == [each["id"]["id"] for each in answer["reasons"]]
    assert ["op.create_table"] == [each["action"] for each in answer["history"]]


def test_what_is_not_there_is_told(project: Shell):
    done = project("why", "api.product")
    assert (2, "PGC005") == (done.status, done.stderr[:6])
    assert 'did you mean "api.products"?' in done.stderr

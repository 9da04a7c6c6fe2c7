"""A whole history is tried revision by revision with rows, against the models, in one go and by files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pgcraft.devdb.server.servers import Server
from pgcraft.errors import PGCraftPlanError
from pgcraft.service.project import find_project
from pgcraft.service.proving_types import HistoryProof
from pgcraft.service.proving_words import describe_step, summarize_proof
from pgcraft.service.workbench import Workbench
from tests.tui.driving import make_demo

MODELS = """
from sqlalchemy import *
from pgcraft.config import PGCraftConfig

config = PGCraftConfig()
metadata = MetaData()
Table("inv", metadata, Column("id", Integer, primary_key=True), Column("no", Text){more}, schema="app")
"""
FIRST = """
    op.execute("CREATE SCHEMA app")
    op.execute("CREATE TABLE app.inv (id serial, no text, CONSTRAINT inv_pkey PRIMARY KEY (id))")
"""
FIRST_DOWN = '    op.execute("DROP SCHEMA app CASCADE")\n'
ADD = '    op.execute("ALTER TABLE app.inv ADD nr integer")\n'
DROP = '    op.execute("ALTER TABLE app.inv DROP nr")\n'

Prove = Callable[..., HistoryProof]


def revision(name: str, follows: str, up: str, down: str) -> str:
    return (
        f'"""{name}"""\nfrom alembic import op\nrevision = "{name}"\ndown_revision = {follows}\n\n\n'
        f"def upgrade():\n{up or '    pass'}\n\n\ndef downgrade():\n{down or '    pass'}\n"
    )


@pytest.fixture
def prove(tmp_path: Path, server: Server) -> Prove:
    """Write models and revisions, and prove them."""

    def run(
        up: str = ADD, down: str = DROP, *, more: str = ', Column("nr", Integer)', start: str = "", **others: str
    ) -> HistoryProof:
        root = make_demo(tmp_path / "demo", models=MODELS.replace("{more}", more))
        files = {
            "first": revision("first", "None", FIRST, FIRST_DOWN),
            "second": revision("second", '"first"', up, down),
        }
        for name, text in {**files, **others}.items():
            (root / "migrations" / "versions" / f"{name}.py").write_text(text)
        with Workbench(find_project(root, dev_url=server.base_url)) as workbench:
            return workbench.prove_history(start)

    return run


def test_a_history_that_holds_goes_every_way_and_ends_at_the_models(prove: Prove) -> None:
    """Branches, their merge and a second head are revisions like all others; rows of made-up tables go with them."""
    other = revision(
        "other",
        '"first"',
        '    op.execute("CREATE VIEW app.v AS SELECT no FROM app.inv")',
        '    op.execute("DROP VIEW app.v")',
    )
    gone = revision(
        "gone",
        '("second", "other")',
        '    op.execute("DROP VIEW app.v")',
        '    op.execute("CREATE VIEW app.v AS SELECT no FROM app.inv")',
    )
    loose = revision("loose", '"gone"', '    op.execute("CREATE SCHEMA x")', '    op.execute("DROP SCHEMA x")')
    third = revision("third", '"gone"', '    op.execute("CREATE SCHEMA y")', '    op.execute("DROP SCHEMA y")')
    proof = prove(other=other, gone=gone, loose=loose, third=third)
    assert proof.held, list(describe_step(proof.steps[-1]))
    assert 6 == proof.revisions
    names = [f"{step.revision} {step.way}" if step.revision else step.name for step in proof.steps]
    tried = [names[at] for at in range(0, 18, 3)]
    assert "first up" == tried[0]
    assert "gone up" == tried[3]
    assert {"second up", "other up"} == {*tried[1:3]}
    assert ["first up", "first down", "first up again"] == names[:3]
    assert [
        "the same as the models",
        "downgrade from the heads to base",
        "upgrade from base to the heads",
        "upgrade from base to the heads by file",
        "downgrade from the heads to base by file",
    ] == names[18:]
    assert summarize_proof(proof).startswith("6 revisions hold on PostgreSQL ")


FAULTS = {
    "left behind": (ADD, "", "down", "not as before it: column app.inv.nr is there", "undo all that its upgrade does"),
    "no way back": (ADD, "    raise NotImplementedError", "down", "NotImplementedError", "--from second"),
    "rows in silence": (
        ADD + '    op.execute("DO $do$ BEGIN UPDATE app.inv SET no = NULL; END $do$")',
        DROP,
        "up",
        "column app.inv.no does not hold what it held",
        "the revision must say it",
    ),
    "no row could have it": (
        '    op.execute("ALTER TABLE app.inv ADD nr integer NOT NULL")',
        DROP,
        "up",
        "fails where app.inv has a row",
        "server_default",
    ),
    "refused": ('    op.execute("ALTER TABLE app.nix ADD nr integer")', DROP, "up", 'relation "app.nix"', "mend"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_the_revision_that_does_not_hold_is_named_with_why_where_and_the_remedy(prove: Prove, case: str) -> None:
    """Nothing is tried behind it."""
    up, down, way, what, remedy = FAULTS[case]
    proof = prove(up, down)
    failed = proof.failed
    assert failed is proof.steps[-1]
    assert ("second", way) == (failed.revision, failed.way)
    assert what in failed.what
    assert remedy in failed.remedy
    assert failed.place is not None
    assert ("migrations/versions/second.py", True) == (failed.place.file, failed.place.line > 0)
    assert summarize_proof(proof).endswith(f": second, {way}")


def test_what_the_models_have_beyond_the_history_is_told(prove: Prove) -> None:
    proof = prove(more="")
    assert "the same as the models" == proof.steps[-1].name
    assert "nr" in proof.steps[-1].what
    assert "pgcraft revision" in proof.steps[-1].remedy


def test_revisions_up_to_a_start_run_up_alone(prove: Prove) -> None:
    """Where there is no way back, what follows can still be proven; an unknown start is told."""
    bad = revision("first", "None", FIRST, "    raise NotImplementedError")
    proof = prove(start="first", first=bad)
    assert proof.held, proof.failed
    assert 1 == proof.revisions
    assert "downgrade from the heads to first" in [step.name for step in proof.steps]
    with pytest.raises(PGCraftPlanError, match="PGC412"):
        prove(start="nix")


def test_rows_that_a_step_cannot_take_are_told(prove: Prove) -> None:
    """Made-up rows may be others than the user's: the step is tried again without them, and it is said."""
    proof = prove(
        ADD + '    op.execute("ALTER TABLE app.inv ALTER no SET NOT NULL")',
        DROP + '    op.execute("ALTER TABLE app.inv ALTER no DROP NOT NULL")',
        more=', Column("nr", Integer)',
    )
    assert "fails where there are such rows" in next(step.what for step in proof.steps if step.revision == "second")

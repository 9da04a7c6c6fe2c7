"""Whatever is left out of a revision, what is left of it can be applied, taken back and applied again."""

from pathlib import Path

import pytest

from pgcraft.service.types import Operation
from pgcraft_tui.present.choice import Choice
from tests.tui.driving import MODELS, make_demo, open_workbench

PRICE = '        Column("price", Numeric(10, 2), nullable=False),\n'


def by_title(operations: tuple[Operation, ...]) -> dict[str, Operation]:
    return {operation.title: operation for operation in operations}


def list_needs(operations: tuple[Operation, ...], title: str) -> set[str]:
    titles = {operation.key: operation.title for operation in operations}
    return {titles[key] for key in by_title(operations)[title].needs}


@pytest.mark.slow
def test_each_choice_can_be_proven(tmp_path: Path):
    root = make_demo(tmp_path / "demo")
    with open_workbench(root) as workbench:
        workbench.load()
        workbench.write_revision(workbench.draft_revision("first"))
        (root / "models.py").write_text(MODELS.replace(PRICE, '        Column("note", String),\n'))
        operations = workbench.diff().operations
        choices = {Choice(operations).toggle(operation.key) for operation in operations}
        assert len(choices) > 2
        for choice in choices:
            if choice.taken:
                draft = workbench.draft_revision("some", leave_out=choice.left_out_keys)
                steps = workbench.prove_revision(draft).steps
                assert all(step.held for step in steps), (choice.left_out_keys, steps)


def test_views_and_functions_need_the_columns_of_their_table(tmp_path: Path):
    root = make_demo(tmp_path / "demo")
    with open_workbench(root) as workbench:
        workbench.load()
        workbench.write_revision(workbench.draft_revision("first"))
        (root / "models.py").write_text(MODELS.replace(PRICE, PRICE + '        Column("note", String),\n'))
        added = workbench.diff().operations
        for title in ("replace view api.products", "replace function api.api_products_insert()"):
            assert list_needs(added, title) == {"create column inventory.products.note"}
        (root / "models.py").write_text(MODELS.replace(PRICE, ""))
        dropped = workbench.diff().operations
        assert {"drop view api.products", "create view api.products"} <= list_needs(
            dropped, "drop column inventory.products.price"
        )

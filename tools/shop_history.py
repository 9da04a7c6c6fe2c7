"""Writes the shop's revisions anew, in the three steps in which its models could have grown.

For a change of the SQL that pgcraft itself makes, while nothing is released: later the shop gets a new revision, as any
project does. Run it as ``python -m tools.shop_history``.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SHOP = Path("examples/shop")
VERSIONS = "migrations/versions"


def cut(text: str, start: str, end: str = "") -> str:
    """Take out what stands from one mark up to another, or to the end."""
    begin = text.index(start)
    return text[:begin] + (text[text.index(end, begin) :] if end else "")


def grow(models: str) -> tuple[tuple[str, str], ...]:
    """Return the message and the models of each step; the last ones are whole."""
    plain_customers = 'PostgRESTView(source=customers, grants=["select", "insert", "update", "delete"])\n\n'
    without_statistics = cut(cut(models, "# -- Statistics", "# -- API"), "PostgRESTView(source=product_sales")
    joined, rest = "_stats = customer_order_stats", "PostgRESTView(source=orders"
    with_sales = cut(without_statistics, joined, rest).replace(rest, plain_customers + rest)
    inventory = cut(cut(with_sales, "# -- Sales", "# -- API"), "PostgRESTView(source=customers")
    return (
        ("products and stock", inventory),
        ("customers and orders", with_sales),
        ("order statistics", models),
    )


def main() -> int:
    """Make the revisions in a copy, then put them in the place of the old ones."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "shop"
        shutil.copytree(SHOP, copy, ignore=shutil.ignore_patterns("__pycache__", "versions"))
        (copy / VERSIONS).mkdir()
        for message, models in grow((SHOP / "models.py").read_text(encoding="utf-8")):
            (copy / "models.py").write_text(models, encoding="utf-8")
            subprocess.run([Path(sys.executable).parent / "pgcraft", "revision", "-m", message], cwd=copy, check=True)
        shutil.rmtree(SHOP / VERSIONS)
        shutil.copytree(copy / VERSIONS, SHOP / VERSIONS, ignore=shutil.ignore_patterns("__pycache__"))
    return 0


if __name__ == "__main__":
    sys.exit(main())

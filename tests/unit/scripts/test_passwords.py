"""What a revision says to set a password: offline it sets none, and reads none."""

from io import StringIO

import pytest
from alembic.autogenerate.api import AutogenContext
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from pgcraft.alembic.operations.password import RolePasswordOp, render_password_operation
from pgcraft.catalog.ids import parse_id

ROLE = parse_id("role authenticator")


def render(*, is_downgrade: bool = False) -> tuple[list[str], set[str]]:
    context = AutogenContext(MigrationContext.configure(dialect_name="postgresql"))
    return render_password_operation(
        context, RolePasswordOp(ROLE, "SECRET", is_downgrade=is_downgrade)
    ), context.imports


@pytest.mark.parametrize("password", ["geheim", ""])
def test_nothing_is_set_and_nothing_is_told_offline(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of SQL is handed on, and kept."""
    monkeypatch.setenv("SECRET", password)
    written = StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written})
    (source,), imports = render()
    exec("import sqlalchemy as sa\n" + "\n".join(sorted(imports)) + "\n" + source, {"op": Operations(context)})
    assert "" == written.getvalue()


def test_the_way_down_sets_nothing() -> None:
    """The role goes with what made it."""
    assert [] == render(is_downgrade=True)[0]
    made = RolePasswordOp(ROLE, "SECRET")
    assert (ROLE, "SECRET", True) == (made.reverse().role_id, made.reverse().variable, made.reverse().is_downgrade)
    assert not made.reverse().reverse().is_downgrade
    assert ("pgcraft password", "role authenticator") == made.to_diff_tuple()


def test_what_it_needs_is_imported() -> None:
    (source,), imports = render()
    assert {"import base64", "import hashlib", "import hmac", "import os", "import stringprep"} < imports
    assert "from textwrap import dedent" in imports
    assert source.splitlines()[1].startswith("# pgcraft: ") or source.splitlines()[0].startswith("# pgcraft: ")
    assert "os.environ.get('SECRET')" in source

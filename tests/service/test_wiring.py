"""`check` and `doctor` ask through the user's `env.py`, as Alembic does, and say what it leaves out."""

import json
import re

import pytest

from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.projects import ENV_PY, Project
from tests.support.roundtrip import RoundTrip

MODELS = """
import os
from sqlalchemy import Column, Integer, MetaData
from pgcraft import pgcraft_build_naming_conventions
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple

config = PGCraftConfig().use(PostgRESTExtension())
metadata = MetaData(naming_convention=pgcraft_build_naming_conventions())
things = PGCraftSimple("things", "app", metadata, [Column("n", Integer)], config=config)
PostgRESTView(things)
"""
CONFIGURE = 'pgcraft_configure_metadata(models.metadata, getattr(models, "config", None))\n'
DIRECTIVES = "process_revision_directives=pgcraft_process_revision_directives,\n"
ONLINE, OFFLINE = f"            include_schemas=True,\n            {DIRECTIVES}", f"        {DIRECTIVES}"
OTHER = "from sqlalchemy import MetaData\nmodels.metadata = MetaData()\npgcraft_configure_metadata(models.metadata)\n"
FILTER = "            include_object=lambda item, name, *_: name != 'things',\n"
VERSIONS = "            version_table='history',\n"
PLUGINS = "            autogenerate_plugins=['alembic.autogenerate.*', '~alembic.autogenerate.pgcraft'],\n"

HOOK_AND_MODELS = "pgcraft_alembic_hook()\n\nimport models  # noqa: E402\n"

CASES = {
    # What is changed in env.py: what is told, and what check says of it.
    "unconfigured": (CONFIGURE, "", "target_metadata is not configured", 1),
    "no hook": ("\npgcraft_alembic_hook()\n", "\n", "compares tables alone", 1),
    "late hook": (HOOK_AND_MODELS, "import models\n\npgcraft_alembic_hook()\n", "comes after the models", 0),
    "plugin left out": (ONLINE, PLUGINS + ONLINE, "compares tables alone", 1),
    "other metadata": (CONFIGURE, OTHER, "Alembic does not see ", 1),
    "other config": (
        CONFIGURE,
        "models.config.extensions.clear()\n" + CONFIGURE,
        "",
        3,
    ),
    "no directives online": (
        ONLINE,
        "            include_schemas=True,\n",
        "lacks our process_revision_directives where it runs online",
        0,
    ),
    "no directives offline": (OFFLINE, "", "lacks our process_revision_directives where it runs offline", 0),
    "filtered": (ONLINE, FILTER + ONLINE, "", 0),
    "other version table": (
        ONLINE,
        VERSIONS + ONLINE,
        "version_table is 'history' online and 'alembic_version' offline",
        1,
    ),
    "extension off": (
        "import models",
        "os.environ['PGCRAFT_DISABLED_EXTENSIONS'] = 'postgrest'\nimport models",
        "Alembic does not see",
        1,
    ),
    "never offline": (
        "if context.is_offline_mode():\n",
        "if context.is_offline_mode():\n    raise ValueError('online only')\n",
        "it does not run offline",
        0,
    ),
}


def make(project: ProjectFactory, database: Database, *, old: str = "", new: str = "") -> Project:
    """A project at head, of which then `env.py` changes."""
    made = project(MODELS, database=database)
    trip = RoundTrip(made, database)
    trip.autogenerate()
    trip.upgrade()
    assert old in ENV_PY
    made.write("migrations/env.py", ENV_PY.replace(old, new, 1) if old else ENV_PY)
    return made


@pytest.mark.parametrize("case", CASES)
def test_whatever_env_does_check_says_what_alembic_says_or_tells(
    project: ProjectFactory, database18: Database, clean_roles18: None, case: str
) -> None:
    """Left out of `env.py`, `pgcraft_configure_metadata` let `alembic check` drop both roles, and `check` said 0."""
    old, new, told, status = CASES[case]
    made = make(project, database18, old=old, new=new)
    checked, theirs = made.pgcraft("check", check=False), made.alembic("check", check=False)
    assert status == checked.status, checked.output
    assert told in checked.output
    assert checked.status or not theirs.status, theirs.output
    if theirs.status and checked.status == 1:
        titles = re.search(r"(\d+) change", checked.stdout)
        assert titles or "leaves something out" in checked.stdout
    doctor = made.pgcraft("doctor", check=False).output
    assert told in doctor
    assert ("PROBLEM" in doctor) == bool(status)


def test_the_roles_that_alembic_would_drop_are_named(
    project: ProjectFactory, database18: Database, clean_roles18: None
) -> None:
    made = make(project, database18, old=CONFIGURE)
    assert "role anon is dropped with 2 grants\n" in made.pgcraft("check", check=False).stdout
    assert "role anon" in made.alembic("check", check=False).output


def test_what_filters_hide_is_named(project: ProjectFactory, database18: Database, clean_roles18: None) -> None:
    """Alembic sees nothing to do, and neither does `check`; why, is told."""
    made = make(project, database18, old=ONLINE, new=f"{FILTER}            compare_type=False,\n{ONLINE}")
    changed = MODELS.replace('[Column("n", Integer)]', '[Column("n", BigInteger), Column("m", Integer)]')
    made.write("models.py", changed.replace("import Column", "import BigInteger, Column"))
    checked = made.pgcraft("check", check=False)
    assert made.alembic("check", check=False).status == 0 or checked.status == 1
    assert "its include_object and compare_type keep Alembic from seeing: " in checked.output
    assert "things.n" in checked.output


def test_tables_of_another_metadata_are_a_note(
    project: ProjectFactory, database18: Database, clean_roles18: None
) -> None:
    """Alembic takes a list of them, and the second may be another library's."""
    more = "[models.metadata, MetaData()]\nTable('users', target[1], Column('id', Integer, primary_key=True))\n"
    env = ENV_PY.replace(
        CONFIGURE, f"{CONFIGURE}from sqlalchemy import Column, Integer, MetaData, Table\ntarget = {more}"
    )
    made = project(
        MODELS, database=database18, env_py=env.replace("target_metadata=models.metadata", "target_metadata=target")
    )
    made.autogenerate()
    made.alembic("upgrade", "head")
    checked = made.pgcraft("check")
    assert "Alembic sees table public.users" in checked.output
    assert made.alembic("check").status == 0


def test_what_was_compared_with_what_is_named(
    project: ProjectFactory, database18: Database, clean_roles18: None
) -> None:
    """`--url` to an empty database said "no changes", as if that had been read."""
    made = make(project, database18)
    said = made.pgcraft("check", "--url", database18.url).stdout
    assert re.search(
        r"compared: models\.py by way of migrations/env\.py, and 1 revision up to \w+, replayed on a fresh database of "
        r"the server named, PostgreSQL 18",
        said,
    )
    assert "compared: models.py by way of" in made.pgcraft("diff").stdout
    assert "compared: models.py by way of" in made.pgcraft("revision", "-m", "x").stdout
    assert "models.py by way of" in json.loads(made.pgcraft("check", "--json").stdout)["compared"]

"""The models that the seeds print, each as a whole ``models.py``; fragments get the setup they speak of."""

import re

from tests.seeds.printed import read_completion, read_example

PRELUDE = """\
from sqlalchemy import Column, Integer, MetaData, String

from pgcraft.config import PGCraftConfig
from pgcraft.factory import PGCraftSimple
from pgcraft import pgcraft_build_naming_conventions

metadata = MetaData(
    naming_convention=pgcraft_build_naming_conventions(),
)
"""

USE_EXTENSION = """\
config = PGCraftConfig()
config.use({extension}())

products = PGCraftSimple(
    "products", "inventory", metadata,
    config=config,
    schema_items=[Column("name", String, nullable=False), Column("price", Integer)],
)
"""


def setup_of(name: str) -> str:
    """Return an example without its closing ``PostgRESTView(…)``: the "config setup as above"."""
    return read_example(name).rpartition("\nPostgRESTView(")[0] + "\n"


def pass_config() -> str:
    """Return the quick start with its factory; the printed ``...`` stands for the user's items."""
    factory = read_example("extensions/pass_config.py")
    assert factory.count("...") == 1
    items = factory.replace("...", '[Column("name", String, nullable=False)]')
    return PRELUDE + read_example("extensions/quick_start.py") + items


def nanoid() -> str:
    """Return the NanoID example with an implementation in place of the comment that stands for one."""
    example = read_example("extensions/nanoid.py")
    assert example.count("# ... plugin implementation ...") == 1
    implementation = "run = NanoIDImplementation.run; produced_keys = NanoIDImplementation.produced_keys"
    return read_completion("nanoid") + example.replace("# ... plugin implementation ...", implementation)


def raw_references() -> str:
    """Return a table with the printed key to ``public.organizations``, which only the database knows."""
    key = read_example("cookbook/raw_references.py").strip()
    table = f'PGCraftSimple("orders", "public", metadata, [Column("org_id", Integer, nullable=False), {key}])\n'
    return PRELUDE + "from pgcraft.fk import PGCraftFK\n" + table


def with_extension(example: str, extension: str) -> str:
    """Return a table whose config uses a printed extension; the prelude first, as the page's other examples have it."""
    return PRELUDE + example + USE_EXTENSION.format(extension=extension)


def seed_models() -> dict[str, str]:
    """Return every model of the seeds by name."""
    return {
        "products": read_example("cookbook/products.py"),
        "users": read_example("cookbook/users.py"),
        "indices": read_example("cookbook/indices.py"),
        "foreign_keys": read_example("cookbook/foreign_keys.py"),
        "pass_config": pass_config(),
        "nanoid": with_extension(nanoid(), "NanoIDExtension"),
        "audit": with_extension(read_completion("shadow") + read_example("extensions/audit.py"), "AuditExtension"),
        "subsystem": with_extension(read_example("extensions/subsystem.py"), "PostgRESTExtension"),
        "minimal": read_example("extensions/minimal.py"),
        "grants": setup_of("extensions/minimal.py") + read_example("extensions/grants.py"),
        "schema": read_example("extensions/minimal.py") + read_example("extensions/schema.py"),
        "columns": read_example("extensions/columns.py"),
        "exclude_columns": setup_of("extensions/columns.py") + read_example("extensions/exclude_columns.py"),
        "statistics": read_example("extensions/statistics.py"),
        "computed": read_example("extensions/computed.py"),
    }


def in_public(models: str) -> str:
    """Return the models with their tables in schema ``public``."""
    return models.replace('"inventory"', '"public"')


def without_naming_convention(models: str) -> str:
    """Return the models with a plain ``MetaData()``."""
    plain, count = re.subn(r"MetaData\(\n.*?\n\)\n", "MetaData()\n", models, flags=re.DOTALL)
    assert count == 1
    return plain

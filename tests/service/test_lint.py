"""What looks odd about a schema is said once, with its place and a way out."""

import pytest

from pgcraft.service.lint import lint
from tests.service.conftest import OpenWorkbench

HEAD = """\
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, UniqueConstraint
from pgcraft.models import FunctionDefinition, register_function
metadata = MetaData()
Table("parents", metadata, Column("id", Integer, primary_key=True), schema="s")
"""
CHILD = 'Table("children", metadata, Column("id", Integer, primary_key=True), {}, schema="s")\n'
DEFINER = (
    'register_function(metadata, FunctionDefinition(schema="s", name="f", returns="integer", language="sql",'
    ' body="SELECT 1", security_definer=True, settings={}))\n'
)


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        (CHILD.format('Column("p", ForeignKey("s.parents.id"))'), ["a foreign key on p without an index"]),
        (CHILD.format('Column("p", ForeignKey("s.parents.id"), index=True)'), []),
        (CHILD.format('Column("p", ForeignKey("s.parents.id"), nullable=False), UniqueConstraint("p", "id")'), []),
        (
            CHILD.format('Column("p", ForeignKey("s.parents.id"), nullable=False), UniqueConstraint("id", "p")'),
            ["a foreign key on p without an index"],
        ),
        ('Table("loose", metadata, Column("a", Integer), schema="s")\n', ["table s.loose has no primary key"]),
        (CHILD.format('Column("a", String, unique=True)'), ["a unique key on a, and a may be NULL"]),
        (CHILD.format('Column("a", String, unique=True, nullable=False)'), []),
        (
            CHILD.format('Column("a", String), UniqueConstraint("a", postgresql_nulls_not_distinct=True)'),
            [],
        ),
        (
            'register_function(metadata, FunctionDefinition(schema="s", name="f", returns="trigger", body="BEGIN END"))\n',
            ["function s.f() is a trigger function that no trigger calls"],
        ),
        (DEFINER.format("()"), []),
        (DEFINER.format('(("search_path", "app, pg_temp"),)'), []),
        (
            DEFINER.format('(("search_path", ""),)'),
            ["function s.f() is SECURITY DEFINER with search_path = '': who may make temporary objects"],
        ),
        (
            DEFINER.format('(("search_path", "pg_temp, app"),)'),
            ["function s.f() is SECURITY DEFINER with search_path = pg_temp, app"],
        ),
        (DEFINER.format('(("search_path", ""),)').replace("definer=True", "definer=False"), []),
    ],
)
def test_each_rule_speaks_where_it_should_and_nowhere_else(
    open_workbench: OpenWorkbench, models: str, expected: list[str]
):
    findings = lint(open_workbench(HEAD + models).load())
    assert len(expected) == len(findings), findings
    assert all(text in finding.message for text, finding in zip(expected, findings, strict=True))
    assert all(finding.remedy for finding in findings)


def test_what_nobody_may_use_in_an_api_schema_is_found(open_workbench: OpenWorkbench):
    models = (
        "from sqlalchemy import Column, MetaData, String\n"
        "from pgcraft.config import PGCraftConfig\n"
        "from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView\n"
        "from pgcraft.factory import PGCraftSimple\n"
        "from pgcraft.views.view import PGCraftView\n"
        "config = PGCraftConfig().use(PostgRESTExtension())\n"
        "metadata = MetaData()\n"
        "things = PGCraftSimple('things', 'public', metadata, [Column('name', String)], config=config)\n"
        "PostgRESTView(things)\n"
        "PGCraftView('idle', 'api', metadata, things.table.select())\n"
    )
    (finding,) = lint(open_workbench(models).load())
    assert finding.message.startswith("view api.idle is in an API schema, and nobody may use it (models.py:")

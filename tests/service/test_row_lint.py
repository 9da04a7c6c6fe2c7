"""Doctor tells where a filter is open to writes or to leaks, and what shows rows past a policy."""

import pytest

from pgcraft.service.lint.access import find_bypasses, find_open_filters
from tests.service.conftest import OpenWorkbench

HEAD = """\
from sqlalchemy import Column, MetaData, String, select
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple
from pgcraft.models import PolicyDefinition, register_policy
from pgcraft.views import PGCraftMaterializedView, PGCraftView
config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
metadata = MetaData()
docs = PGCraftSimple("docs", "app", metadata, [Column("name", String)], config=config)
"""
POLICY = (
    'register_policy(metadata, PolicyDefinition(schema="app", table="docs", name="own", using="name = current_user"))\n'
)
FILTER = 'PostgRESTView(docs, grants={}, query=lambda q, t: q.where(t.c.name != "x"){})\n'


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        (
            FILTER.format('["select", "insert", "update"]', ""),
            ["an insert or update may make one", "a function in a reader"],
        ),
        (FILTER.format('["select", "delete"]', ""), ["a function in a reader's condition"]),
        (FILTER.format('["select", "insert"]', ", check_option=True"), ["a function in a reader's condition"]),
        (FILTER.format('["select", "insert"]', ", check_option=True, security_barrier=True"), []),
        ('PostgRESTView(docs, grants=["select", "insert"])\n', []),
    ],
)
def test_an_open_filter_is_told(open_workbench: OpenWorkbench, models: str, expected: list[str]) -> None:
    findings = list(find_open_filters(open_workbench(HEAD + models).load()))
    assert len(expected) == len(findings), findings
    assert all(text in finding.message for text, finding in zip(expected, findings, strict=True))
    assert all("models.py:" in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ("PostgRESTView(docs)\n", []),
        (POLICY + "PostgRESTView(docs)\n", []),
        (POLICY + "PostgRESTView(docs, bypass_row_security=True)\n", ["view api.docs"]),
        (
            POLICY + 'v = PGCraftView("v", "app", metadata, select(docs.table.c.name))\n'
            'PGCraftMaterializedView("m", "app", metadata, select(v.table.c.name), bypass_row_security=True)\n',
            ["materialized view app.m"],
        ),
    ],
)
def test_a_bypass_is_told(open_workbench: OpenWorkbench, models: str, expected: list[str]) -> None:
    findings = list(find_bypasses(open_workbench(HEAD + models).load()))
    assert len(expected) == len(findings), findings
    assert all(finding.message.startswith(text) for text, finding in zip(expected, findings, strict=True))
    assert all("past the policies of table app.docs" in finding.message for finding in findings)

"""docs/lint.md and the source agree on the rules."""

import re

from pgcraft.service.lint_rules import RULES
from tests.docs.blocks import ROOT

ROW = re.compile(r"^\| (PGL\d{3}) \| (note|advice) \| ([^|]+) \|$", re.MULTILINE)


def test_the_page_lists_every_rule_as_it_is() -> None:
    """A rule that the reader looks up in vain."""
    rules = [(code, "advice" if rule.is_advice else "note", rule.title) for code, rule in RULES.items()]
    assert rules == ROW.findall((ROOT / "docs/lint.md").read_text(encoding="utf-8"))

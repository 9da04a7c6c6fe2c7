"""What lint finds, and by which rules, as text."""

from collections.abc import Iterable, Iterator

from pgcraft.cli.output import hide_controls
from pgcraft.service.findings import Finding
from pgcraft.service.lint_rules import RULES


def narrow(findings: Iterable[Finding], text: str | None, *, with_advice: bool) -> tuple[Finding, ...]:
    """Return the findings about objects whose names hold a text."""
    return tuple(
        each for each in findings if (with_advice or each.level != "advice") and (not text or text in str(each.target))
    )


def describe_findings(findings: Iterable[Finding]) -> str:
    """Return each finding with its place, its remedy and its reason, and how many there are."""
    found = tuple(findings)
    return hide_controls("\n".join(_describe(found)) + "\n")


def list_rules() -> tuple[dict[str, str], ...]:
    """Return what is known of each rule."""
    return tuple(
        {"code": code, "level": "advice" if rule.is_advice else "note", "title": rule.title, "why": rule.why}
        for code, rule in RULES.items()
    )


def describe_rules(rules: Iterable[dict[str, str]]) -> str:
    """Return the rules, one a line."""
    return "".join(f"{rule['code']}  {rule['level']:<6}  {rule['title']}\n" for rule in rules)


def _describe(found: tuple[Finding, ...]) -> Iterator[str]:
    for each in found:
        yield f"{each.code} {each.level}: {each.message}"
        if each.place is not None:
            yield f"  at {each.place}"
        yield f"  {each.remedy}"
        yield f"  why: {each.why}"
        yield ""
    advice = sum(each.level == "advice" for each in found)
    notes = len(found) - advice
    yield f"{notes} note{'' if notes == 1 else 's'}, {advice} piece{'' if advice == 1 else 's'} of advice"

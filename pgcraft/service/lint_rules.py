"""The rules of lint by their codes: what each finds, and where PostgreSQL's documentation says why.

Apart from `pgcraft.service.lint`, so that a project's settings are read without the rules themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pgcraft.service.findings import Finding, LintChoice

_MANUAL = "https://www.postgresql.org/docs/current/"
ALL = "ALL"


@dataclass(frozen=True)
class Rule:
    """What is known of a rule.

    Attributes:
        page: of PostgreSQL's manual.
        is_advice: what it finds works, and another would have done it otherwise; else it will hurt.
    """

    title: str
    page: str
    is_advice: bool = False

    @property
    def why(self) -> str:
        """The address of the page."""
        return _MANUAL + self.page


RULES: dict[str, Rule] = {
    "PGL101": Rule("table without a primary key", "ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS"),
    "PGL102": Rule(
        "unique key over a column that may be NULL", "ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS"
    ),
    "PGL103": Rule("foreign key of another type than what it points to", "ddl-constraints.html#DDL-CONSTRAINTS-FK"),
    "PGL104": Rule("ON … SET NULL on a column that is NOT NULL", "ddl-constraints.html#DDL-CONSTRAINTS-FK"),
    "PGL111": Rule("counting key of integer or smallint", "datatype-numeric.html#DATATYPE-INT", is_advice=True),
    "PGL112": Rule("serial column", "ddl-identity-columns.html", is_advice=True),
    "PGL113": Rule(
        "timestamp without time zone", "datatype-datetime.html#DATATYPE-DATETIME-INPUT-TIME-STAMPS", is_advice=True
    ),
    "PGL114": Rule("char(n)", "datatype-character.html", is_advice=True),
    "PGL115": Rule("varchar(n)", "datatype-character.html", is_advice=True),
    "PGL116": Rule("json, money or time with time zone", "datatype.html", is_advice=True),
    "PGL201": Rule("foreign key without an index", "ddl-constraints.html#DDL-CONSTRAINTS-FK"),
    "PGL202": Rule("two equal indexes", "sql-createindex.html"),
    "PGL203": Rule("index that begins another one", "indexes-multicolumn.html"),
    "PGL204": Rule("column of a policy without an index", "ddl-rowsecurity.html"),
    "PGL301": Rule("relation of an API schema that nobody may use", "sql-grant.html"),
    "PGL302": Rule("view or function past the policies", "sql-createview.html#SQL-CREATEVIEW-SECURITY"),
    "PGL303": Rule("filtering view that takes what it does not show", "sql-createview.html"),
    "PGL304": Rule("filtering view without a barrier", "rules-privileges.html"),
    "PGL305": Rule("rows that anyone may change", "ddl-rowsecurity.html", is_advice=True),
    "PGL306": Rule("API table without row security", "ddl-rowsecurity.html", is_advice=True),
    "PGL311": Rule("policy on a table without row security", "ddl-rowsecurity.html"),
    "PGL312": Rule("row security without a policy", "ddl-rowsecurity.html", is_advice=True),
    "PGL313": Rule("policy that lets everybody write every row", "sql-createpolicy.html"),
    "PGL314": Rule("policy that calls a function for every row", "xfunc-volatility.html"),
    "PGL315": Rule("several permissive policies for one command", "sql-createpolicy.html", is_advice=True),
    "PGL401": Rule("trigger function that no trigger calls", "plpgsql-trigger.html"),
    "PGL402": Rule(
        "SECURITY DEFINER with a search_path that callers reach", "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY"
    ),
    "PGL403": Rule("SECURITY DEFINER that everyone may call", "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY"),
    "PGL501": Rule("name that must be quoted", "sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS", is_advice=True),
}
"""By code: tables and columns 1xx, indexes 2xx, access 3xx, functions 4xx, names 5xx."""


def find_unknown(choice: LintChoice) -> str:
    """Return the first code of a choice that is that of no rule, nor the beginning of one; empty where all are."""
    codes = (_split(entry)[0] for entry in (*choice.select, *choice.ignore))
    return next((code or '""' for code in codes if not code or not any(map(_starts(code), RULES))), "")


def is_wanted(finding: Finding, choice: LintChoice) -> bool:
    """Whether a finding of lint is selected, and not ignored."""
    is_selected = not choice.select or any(_is_meant(finding, entry) for entry in choice.select)
    return is_selected and not any(_is_meant(finding, entry) for entry in choice.ignore)


def _is_meant(finding: Finding, entry: str) -> bool:
    code, pattern = _split(entry)
    target = finding.target
    name = target.dotted if target else ""
    return _starts(code)(finding.code) and (not pattern or fnmatchcase(name, pattern))


def _split(entry: str) -> tuple[str, str]:
    code, _, pattern = entry.partition(":")
    return code, pattern


def _starts(code: str) -> Callable[[str], bool]:
    return lambda rule: code == ALL or rule.startswith(code)

"""The table of docs/factories.md: what every operation does at every factory, measured."""

from pathlib import Path

from tests.factories.building import FACTORIES
from tests.factories.operations import OPERATIONS
from tests.factories.site import ROUTES, open_site
from tests.factories.subject import NAMINGS, declare_subjects
from tests.support.databases import Database

PAGE = Path(__file__).parents[2] / "docs/factories.md"
START, END = "<!-- outcomes: written by `make docs` -->", "<!-- end of outcomes -->"
Outcomes = dict[tuple[str, str], dict[str, str]]
"""The outcome by operation and factory, then by route."""


def measure_outcomes(database: Database) -> Outcomes:
    """Make the resources in an empty database, and carry every operation out at each."""
    declare_subjects().create(database)
    return {
        (name, kind): {route: _carry_out(database, name, kind, route) for route in ROUTES}
        for name in OPERATIONS
        for kind in FACTORIES
    }


def render_table(outcomes: Outcomes) -> str:
    """Return the table, an operation a line and a factory a column."""
    head = f"| | {' | '.join(FACTORIES)} |\n|{'---|' * (len(FACTORIES) + 1)}"
    lines = [
        f"| {name} | " + " | ".join(_render_cell(outcomes[name, kind]) for kind in FACTORIES) + " |"
        for name in OPERATIONS
    ]
    return "\n".join([head, *lines])


def render_page(page: str, outcomes: Outcomes) -> str:
    """Return the page with its table made anew; what stands outside of the two marks stays."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n\n{render_table(outcomes)}\n\n{END}{after}"


def _carry_out(database: Database, name: str, kind: str, route: str) -> str:
    with open_site(database, kind, route, name if name in NAMINGS else "plain") as site:
        return OPERATIONS[name](site)


def _render_cell(by_route: dict[str, str]) -> str:
    if len(set(by_route.values())) == 1:
        return by_route[ROUTES[0]]
    return "; ".join(f"{route}: {outcome}" for route, outcome in by_route.items())

"""The table of docs/factories.md, from a run of every operation on a server of its own."""

from pgcraft.devdb.server.servers import start_server
from tests.factories.outcomes import PAGE, measure_outcomes, render_page
from tests.support.databases import fresh_database


def write_page() -> None:
    """Measure, and write the table into the page."""
    with start_server() as server, fresh_database(server, "docs") as database:
        outcomes = measure_outcomes(database)
    PAGE.write_text(render_page(PAGE.read_text(encoding="utf-8"), outcomes), encoding="utf-8")

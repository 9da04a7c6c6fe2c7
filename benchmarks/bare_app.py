"""A Textual application with the widgets of the workbench's main screen, and nothing behind them."""

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Footer, Input, Static, Tab, Tabs, Tree

TABS = ("DDL", "API", "Grants", "Relations", "Origin", "Change", "History")


class BareApp(App[None]):
    """A header line, a tree with its filter, tabs over a page, a command line, a footer."""

    CSS = (
        "#objects { width: 40%; border: round $primary; } #preview { border: round $primary; } Input { display: none; }"
    )
    BINDINGS = [("slash", "none", "filter"), ("o", "none", "jump"), ("q", "quit", "quit")]

    def compose(self) -> ComposeResult:
        yield Static("shop - models.py")
        with Horizontal():
            with Vertical(id="objects"):
                yield Input()
                yield Tree("Objects")
            with Vertical(id="preview"):
                yield Tabs(*(Tab(name) for name in TABS))
                with VerticalScroll():
                    yield Static("nothing yet")
        yield Static("$ pgcraft ddl")
        yield Footer()


if __name__ == "__main__":
    BareApp().run()

"""The line between header and panes: the models on the screen are older than the files."""

from pgcraft_tui.present.page import Span, Tone
from pgcraft_tui.session import Session


def present_banner(session: Session) -> tuple[Span, ...]:
    """Say since when what is shown is stale, and why; empty while it is current."""
    if session.stale_since is None:
        return ()
    since = Span(f"stale since {session.stale_since:%H:%M:%S}", Tone.BAD)
    if session.error is None:
        return (since, Span("  the load was stopped; R loads again", Tone.DIM))
    return (
        since,
        Span("  ! shows why: ", Tone.DIM),
        Span(f"{session.error.code} {session.error.what}"),
    )

"""Pictures of screens as SVG files, compared by syrupy: fixed size, theme and text, so that only looks can differ."""

import re

from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from pgcraft_tui.application import WorkbenchApp

_IDS = re.compile(r"terminal-\d+")
_SECONDS = re.compile(r"\b\d\.\d(?=(?: |&#160;)s\b)")
_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


class SvgExtension(SingleFileSnapshotExtension):
    """One SVG file a picture, in text, beside the test."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT


def take_picture(app: WorkbenchApp) -> str:
    """Return the screen as SVG, without ids and times that differ by run, and the fonts that come from elsewhere."""
    svg = app.export_screenshot(title="pgcraft", simplify=True)
    return _SECONDS.sub("0.0", _FONTS.sub("", _IDS.sub("terminal", svg)))


def compare_picture(app: WorkbenchApp, snapshot: SnapshotAssertion) -> None:
    """Compare the screen with the test's picture; ``--snapshot-update`` takes it anew."""
    assert take_picture(app) == snapshot(extension_class=SvgExtension)

"""How the workbench looks: the style sheets and the themes."""

from pathlib import Path

STYLES = Path(__file__).parent
"""Where the sheets stand, wherever the screen that names one does."""

"""The environment variables of whoever runs the tests, of which no outcome may hang: a test sets what it needs."""

import os

SWITCHES = {f"PGCRAFT_{name}" for name in ("EVERY_SERVER", "EVERY_TERMINAL", "POSTGREST", "REQUIRE_POSTGREST")}
SWITCHES |= {f"PGCRAFT_{name}" for name in ("EXAMPLES", "PAIRS", "WRITERS", "WRITE_SECONDS")}
"""Those that say which tests are run, and how much of some."""
PREFIXES = ("PG", "PGCRAFT_", "TEXTUAL", "ALEMBIC_", "DATABASE_URL")
NAMES = {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS", "COLUMNS", "LINES", "EDITOR", "VISUAL", "PAGER"}


def forget_surroundings() -> None:
    """Take all of them away, for this process and those that it starts."""
    for name in set(os.environ) - SWITCHES:
        if name in NAMES or name.startswith(PREFIXES):
            del os.environ[name]
    os.environ["PGCRAFT_SQUAWK"] = ""  # it stands beside Python here, and says something of every revision

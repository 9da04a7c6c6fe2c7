"""Writes the first revision of several projects in one process: ``python -m tests.support.revise FOLDER …``.

Its hash seed is the process's, so a test sets PYTHONHASHSEED; DATABASE_URL names an empty database.
"""

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

from tests.support.projects import Project
from tests.support.roundtrip import lend_process

REVISION = "5eed"


def main() -> None:
    """Make the revision of every folder under one id."""
    environment = {"DATABASE_URL": os.environ["DATABASE_URL"]}
    for folder in sys.argv[1:]:
        with lend_process(Project(Path(folder), environment)):
            command.revision(Config("alembic.ini"), "first", autogenerate=True, rev_id=REVISION)


if __name__ == "__main__":
    main()

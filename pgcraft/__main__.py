"""``python -m pgcraft`` is ``pgcraft``, where the program is not on the PATH or another Python is meant."""

import sys
from pathlib import Path


def run() -> None:
    """Run the program; ``-m`` looks for modules in the current folder first, and those there are the user's."""
    if not sys.flags.safe_path and Path(sys.path[0]) != Path(__file__).resolve().parents[1]:
        del sys.path[0]
    from pgcraft.cli.main import main

    main()


if __name__ == "__main__":
    run()

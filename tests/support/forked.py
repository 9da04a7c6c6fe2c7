"""Our command line as a program of its own that forks its children: ``python tests/support/forked.py tui``.

For programs that run where no `subprocess` of ours starts them, such as in a terminal; see `forking`.
"""

import sys

import forking

from pgcraft.cli.main import main

if __name__ == "__main__":
    sys.path.pop(0)  # this folder
    with forking.forking():
        main()

"""Running a command that an extension of the models' config brings: in a process of its own, in the user's terminal."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from pgcraft.errors import PGCraftError
from pgcraft.service.codec import encode
from pgcraft.service.protocol import read_message
from pgcraft.service.types import Project


def run_command(project: Project, arguments: Sequence[str]) -> int:
    """Run a command with the terminal's own streams and give its exit status; 64 when no extension knows it.

    Raises:
        PGCraftError: the models cannot be imported.
    """
    errors, their_errors = os.pipe()
    their_project, projects = os.pipe()
    theirs = (their_project, their_errors)
    try:
        command = [sys.executable, "-P", "-m", "pgcraft.worker.commands", *map(str, theirs)]
        process = subprocess.Popen([*command, *arguments], pass_fds=theirs)
    finally:
        for pipe in theirs:
            os.close(pipe)
    with os.fdopen(projects, "wb") as writer:  # not an argument: everyone may read those, and the URL's password
        writer.write(json.dumps(encode(project)).encode())
    with os.fdopen(errors, "rb") as reader, process:
        line = reader.read()
        if line and isinstance(error := read_message(line), PGCraftError):
            raise error
        return process.wait()

"""The writes of the workbench, each also in a process that dies in its middle: ``python -m … ROOT WHAT CODE``."""

import sys
from pathlib import Path

from pgcraft.errors import PGCraftError
from pgcraft.service.project import find_project
from pgcraft.service.types import ExportRequest
from pgcraft.service.workbench import Workbench
from pgcraft_tui.host.saved_state import SavedState, write_state

WRITES = ("revision", "export", "switch", "state")


def write(root: Path, what: str, before: object = None) -> None:
    """Do one of the writes; `before` is called when everything is ready for it."""
    prepare = before if callable(before) else lambda: None
    with Workbench(find_project(root)) as workbench:
        loaded = workbench.load()
        assert loaded.extensions
        match what:
            case "revision":
                draft = workbench.draft_revision("first")
                prepare()
                workbench.write_revision(draft)
            case "export":
                files = workbench.export(ExportRequest("schema"))
                prepare()
                workbench.write_export(files, root / "sql" / "schema.sql")
            case "switch":
                preview = workbench.preview_switch("postgrest", enable=False)
                prepare()
                workbench.apply_switch(preview)
            case _:
                prepare()
                if not write_state(root / "state.json", SavedState(theme="textual-light")):
                    raise PGCraftError("PGC021", "the state was not written")


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], lambda: exec(sys.argv[3], {}))

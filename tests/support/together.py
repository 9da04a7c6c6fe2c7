"""Which files run in one process: what their cases cost together is little more than what those of one file cost."""

from typing import Any

TOGETHER = (
    ("columns", "counting", "defaults", "generated"),
    ("access", "functions", "triggers", "views"),
    ("tables", "types", "partitions", "inheritance", "together"),
    ("column_types", "indexes", "keys"),
    ("constraints", "extensions", "renames", "factory_renames", "online"),
)
"""Files of ``tests/changes``, by what their cases are about; any other file runs by itself."""
_FIRST = {f"tests/changes/test_{name}.py": f"tests/changes/test_{names[0]}.py" for names in TOGETHER for name in names}


def find_first(nodeid: str) -> str:
    """Return the first of the files that run with that of a test."""
    file = nodeid.partition("::")[0]
    return _FIRST.get(file, file)


def make_scheduler(config: Any, log: Any) -> object | None:
    """Return what gives whole files to the workers, those that run together to one; None where tests are given singly."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return find_first(nodeid)

    return Together(config, log)

"""Alembic's tests, which only its source distribution holds: of the version that is installed, in the cache."""

import importlib.metadata
import subprocess
import sys
import tarfile
from pathlib import Path


def fetch_source(cache: Path) -> Path:
    """Return the folder of Alembic's source; pip fetches it where it is not there yet."""
    name = f"alembic-{importlib.metadata.version('alembic')}"
    folder = cache / name
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        wanted = name.replace("-", "==")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "alembic"]
        subprocess.run([*pip, "--dest", cache, wanted], check=True)
        with tarfile.open(cache / f"{name}.tar.gz") as archive:
            archive.extractall(cache, filter="data")
    return folder

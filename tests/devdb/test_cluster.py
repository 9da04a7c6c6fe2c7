"""Pristine clusters are kept for the next start, and those of former releases go."""

import os
import time
from pathlib import Path

from pgcraft.devdb.server.cluster import KEPT_DAYS, keep_pristine
from pgcraft.devdb.server.directories import make_run_directory


def test_clusters_that_nobody_used_for_long_go_when_a_new_one_is_kept(tmp_path: Path) -> None:
    """Every release of the server left 40 MB in the user's cache for ever."""
    run = make_run_directory(tmp_path)
    run.data.mkdir()
    cache = tmp_path / "cache"
    old, recent, stranger = cache / "cluster-17.1-aa", cache / "cluster-18.1-bb", cache / "notes"
    for folder in (old, recent, stranger):
        folder.mkdir(parents=True)
    long_ago = time.time() - (KEPT_DAYS + 1) * 24 * 60 * 60
    for folder in (old, stranger):
        os.utime(folder, (long_ago, long_ago))
    keep_pristine(run, cache / "cluster-18.6-cc")
    os.close(run.lock)
    assert ["cluster-18.1-bb", "cluster-18.6-cc", "notes"] == sorted(path.name for path in cache.iterdir())

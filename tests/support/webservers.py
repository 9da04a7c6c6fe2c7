"""Waiting for a web server that a test started."""

import subprocess
import urllib.error
import urllib.request

import pytest

from tests.support.patience import PATIENCE_S, wait_until


def wait_for_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the address answers, with whatever status below 500; fails with the process's output."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def answers() -> bool:
        try:
            with opener.open(url, timeout=PATIENCE_S):
                return True
        except urllib.error.HTTPError as error:
            error.close()
            return error.code < 500
        except OSError:
            return False

    wait_until(lambda: answers() or process.poll() is not None)
    if process.poll() is None and answers():
        return
    process.kill()
    pytest.fail(f"no answer from {url}: {process.communicate()[0].decode()}")

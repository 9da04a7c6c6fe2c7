"""Waiting for a web server that a test started."""

import subprocess
import time
import urllib.error
import urllib.request

import pytest

TIMEOUT_S = 30.0


def wait_for_answer(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the address answers, with whatever status below 500; fails with the process's output."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with opener.open(url, timeout=5):
                return
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.05)
    process.terminate()
    try:
        output, _ = process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
    pytest.fail(f"no answer from {url}: {output.decode()}")

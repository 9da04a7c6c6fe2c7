"""``textual serve "pgcraft tui"``: the workbench in a browser, on loopback."""

import importlib.util
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.patience import PATIENCE_S, list_living
from tests.support.ports import find_free_port
from tests.support.webservers import wait_for_answer
from tests.tui.driving import make_demo

has_server = importlib.util.find_spec("textual_serve") is not None
if has_server:
    from tests.support.chromium import CHROMIUM, open_page
else:
    CHROMIUM = None

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not has_server, reason="textual-serve is not installed"),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]

SERVE = "import sys; from textual_serve.server import Server; Server(sys.argv[1], host='127.0.0.1', port=int(sys.argv[2])).serve()"
RECORD = """
window.received = "";
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(...all) {
    super(...all);
    this.addEventListener("message", async (event) => {
      const data = event.data;
      window.received += typeof data === "string" ? data : new TextDecoder().decode(
        data instanceof Blob ? await data.arrayBuffer() : data);
    });
  }
};
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, psutil.Process]]:
    root = make_demo(tmp_path / "demo")
    port = find_free_port()
    program = shlex.join([str(Path(sys.executable).with_name("pgcraft")), "tui", str(root)])
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, program, str(port)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        wait_for_answer(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}/", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


async def test_the_workbench_works_in_a_browser(served: tuple[str, psutil.Process]):
    address, server = served
    listening = {each.laddr.ip for each in server.net_connections() if each.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}
    async with open_page(RECORD) as page:
        await page.call("Page.navigate", url=address)
        await page.wait_for("document.body.classList.contains('-first-byte')")
        await page.wait_for("window.received.includes('Objects')")
        await page.wait_for("window.received.includes('inventory')")
        offspring = server.children(recursive=True)
        assert offspring
        await page.evaluate("document.querySelector('textarea').focus()")
        await page.press("x")
        await page.wait_for("window.received.includes('Extensions')")
        await page.press("q")
        await page.wait_for("document.body.classList.contains('-closed')")
    assert list_living(offspring) == []

"""A headless Chromium, driven by its own protocol over one WebSocket."""

import asyncio
import json
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.support.patience import PATIENCE_S

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_LISTENING = re.compile(r"DevTools listening on (ws://\S+)")
_OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--window-size=1200,800",
    # Nothing but this machine: a page that wants a font from elsewhere does not wait for it.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class Page:
    """A page of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, session: str = "") -> None:
        self._socket = socket
        self._session = session
        self._count = 0

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Call a method of the protocol and give its result."""
        self._count += 1
        request: dict[str, object] = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            request["sessionId"] = self._session
        await self._socket.send_json(request)
        while True:
            answer = json.loads((await self._socket.receive(timeout=PATIENCE_S)).data)
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return dict(answer["result"])

    async def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        result = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    async def wait_for(self, expression: str) -> None:
        """Wait until an expression is true in the page."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self.evaluate(expression):
                await asyncio.sleep(0.05)

    async def press(self, key: str) -> None:
        """Press a letter."""
        code = ord(key.upper())
        common = {"key": key, "code": f"Key{key.upper()}", "windowsVirtualKeyCode": code}
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=key, **common)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **common)


@asynccontextmanager
async def open_page(script: str) -> AsyncIterator[Page]:
    """Return an empty page in which a script runs before those of whatever is loaded."""
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = [*_OPTIONS, f"--user-data-dir={profile}", *(["--no-sandbox"] if os.getuid() == 0 else [])]
        browser = await asyncio.create_subprocess_exec(
            CHROMIUM, *options, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        try:
            async with aiohttp.ClientSession() as client, client.ws_connect(await _find_address(browser)) as socket:
                whole = Page(socket)
                target = await whole.call("Target.createTarget", url="about:blank")
                opened = await whole.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
                page = Page(socket, opened["sessionId"])
                await page.call("Page.enable")
                await page.call("Page.addScriptToEvaluateOnNewDocument", source=script)
                yield page
        finally:
            browser.kill()
            await browser.communicate()


async def _find_address(browser: asyncio.subprocess.Process) -> str:
    assert browser.stderr is not None
    printed = ""
    async with asyncio.timeout(PATIENCE_S):
        while line := (await browser.stderr.readline()).decode():
            printed += line
            if found := _LISTENING.search(line):
                return found[1]
    raise AssertionError(f"the browser ended: {printed}")

"""A real browser without a window, driven over a pipe by the DevTools protocol."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--remote-debugging-pipe", "--disable-dev-shm-usage", "--no-proxy-server"),
)


class Tab:
    """One tab: goes to addresses, runs scripts of the test's own, keeps what the browser complained of."""

    def __init__(self, into, out):
        self._into, self._out = into, out
        self._number, self._rest = 0, b""
        self._session = None
        self.requests, self.complaints = [], []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self._ask(f"{domain}.enable")

    def go(self, address):
        self._ask("Page.navigate", url=address)
        self.settle()

    def settle(self):
        """Wait until a page stands that leads nowhere by itself."""
        for _again in range(200):
            time.sleep(0.05)
            ready = "document.readyState == 'complete' && !document.querySelector('meta[http-equiv=refresh]')"
            if self.run(ready):
                return
        raise AssertionError(self.text)

    def run(self, script):
        return self._ask("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    @property
    def text(self):
        return self.run("document.body.innerText")

    @property
    def path(self):
        return self.run("location.pathname")

    def click(self, selector):
        self.run(f"document.querySelector({json.dumps(selector)}).click()")
        self.settle()

    def picture(self, width=1100, height=1400):
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        return base64.b64decode(self._ask("Page.captureScreenshot", format="png")["data"])

    def _ask(self, method, **params):
        self._number += 1
        asked = {"id": self._number, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._into, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._told()
            if told.get("id") == self._number:
                assert "error" not in told, told["error"]
                return told["result"]

    def _told(self):
        while b"\0" not in self._rest:
            chunk = os.read(self._out, 1 << 20)
            assert chunk, "the browser is gone"
            self._rest += chunk
        line, self._rest = self._rest.split(b"\0", 1)
        told = json.loads(line)
        if told.get("method") == "Network.requestWillBeSent":
            self.requests.append(told["params"]["request"]["url"])
        if told.get("method") == "Log.entryAdded":
            self.complaints.append(told["params"]["entry"]["text"])
        if told.get("method") in {"Runtime.exceptionThrown", "Page.javascriptDialogOpening"}:
            self.complaints.append(str(told["params"]))
        return told


@contextmanager
def tab(home):
    """A browser with a fresh profile in a folder; ended when the block ends."""
    command_read, command_write = os.pipe()
    answer_read, answer_write = os.pipe()

    def hand_over():
        # The protocol wants them as 3 and 4; copies first, for either may be in the other's place.
        reading, writing = os.dup(command_read), os.dup(answer_write)
        os.dup2(reading, 3)
        os.dup2(writing, 4)

    process = subprocess.Popen(
        [BROWSER, *_QUIET, f"--user-data-dir={home / 'profile'}"],
        env={**os.environ, "HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        close_fds=False,
        preexec_fn=hand_over,  # noqa: PLW1509 - it only copies two descriptors
        start_new_session=True,
    )
    os.close(command_read)
    os.close(answer_write)
    try:
        yield Tab(command_write, answer_read)
    finally:
        os.close(command_write)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
        os.close(answer_read)

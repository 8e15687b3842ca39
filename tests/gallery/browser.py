"""A real browser without a window, spoken to over two pipes in Chrome's DevTools protocol."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--force-color-profile=srgb", "--disable-dev-shm-usage",
)  # fmt: skip
PATIENCE = 60.0  # seconds in which an answer must come
QUIET = 0.2  # seconds in which a page may still say something


def browser_path() -> str | None:
    """The browser that is installed; None if there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Starts the browser that is installed, and ends it with all that it has started."""
    path = browser_path()
    assert path is not None
    to_read, to_write = os.pipe(), os.pipe()
    with TemporaryDirectory() as folder:

        def pipes() -> None:
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_read[0], to_write[1])]  # in nobody's way
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        process = subprocess.Popen(
            [path, *ARGUMENTS, f"--user-data-dir={folder}", "about:blank"],
            preexec_fn=pipes, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        os.close(to_read[0])
        os.close(to_write[1])
        browser = Browser(to_read[1], to_write[0])
        try:
            yield browser
            browser.ask("Browser.close")
        finally:
            os.close(to_read[1])
            os.close(to_write[0])
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Browser:
    """One tab.

    Args:
        write: file descriptor that the browser reads.
        read: file descriptor that it writes.

    Attributes:
        said: what the page wrote to the console, and errors.
        fetched: addresses that it asked for, except pictures that are data.
        own: whether what it does is its own; False where a test makes it misbehave.
    """

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read, self._last, self._rest = write, read, 0, b""
        self.said: list[str] = []
        self.fetched: list[str] = []
        self.own = True
        self._loaded: set[str] = set()
        self._tab: str | None = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._tab = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        self.ask("Page.setLifecycleEventsEnabled", enabled=True)

    def open(
        self,
        page: Path,
        fragment: str = "",
        *,
        size: tuple[int, int] = (1200, 900),
        dark: bool = False,
        settle: bool = True,
    ) -> None:
        """Opens a page of this machine and waits until it has drawn what it draws first."""
        width, height = size
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self._load("about:blank")
        self.said, self.fetched = [], []
        self._load(page.absolute().as_uri() + fragment)
        if settle:
            self.settle()

    def _load(self, address: str) -> None:
        """Goes to an address and waits until that very document, not the one before it, is loaded."""
        answer = self.ask("Page.navigate", url=address)
        assert "errorText" not in answer, answer
        while answer["loaderId"] not in self._loaded:
            self._listen(PATIENCE)

    def settle(self) -> None:
        """Waits until the page has drawn what it was asked for."""
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")

    def value(self, code: str) -> Any:
        """The value of some code in the page."""
        answer = self.ask("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, code: str) -> None:
        """Waits until some code in the page is true."""
        end = time.monotonic() + PATIENCE
        while not self.value(code):
            assert time.monotonic() < end, f"never came true: {code}"

    def press(self, key: str) -> None:
        """Presses a key, such as "a", " " or "ArrowRight"."""
        text = key if len(key) == 1 else ""
        codes = {" ": 32, "ArrowLeft": 37, "ArrowRight": 39, "Tab": 9, "Home": 36, "End": 35, "Enter": 13}
        for kind in ("keyDown" if text else "rawKeyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=codes[key], **more)
        self.settle()

    def move(self, x: float, y: float) -> None:
        """Moves the mouse to a place of the window."""
        self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        self.settle()

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """Saves a picture of the window, or of the whole page, as PNG."""
        answer = self.ask("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))

    def finish(self) -> None:
        """Hears what the page may still have to say."""
        end = time.monotonic() + QUIET
        while (left := end - time.monotonic()) > 0:
            self._listen(left, needed=False)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Sends a command and returns its answer."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._tab is not None and not method.startswith(("Target.", "Browser.")):
            message["sessionId"] = self._tab
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._listen(PATIENCE)
            if answer is not None and answer.get("id") == self._last:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def _listen(self, seconds: float, *, needed: bool = True) -> dict[str, Any] | None:
        """The next message; events are kept."""
        end = time.monotonic() + seconds
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(end - time.monotonic(), 0))
            if not ready:
                assert not needed, "the browser does not answer"
                return None
            data = os.read(self._read, 1 << 20)
            assert data, "the browser has ended"
            self._rest += data
        text, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        about = message.get("params", {})
        match message.get("method"):
            case "Runtime.consoleAPICalled":
                self.said.append(json.dumps(about["args"]))
            case "Runtime.exceptionThrown":
                self.said.append(json.dumps(about["exceptionDetails"]))
            case "Log.entryAdded":
                self.said.append(about["entry"]["text"])
            case "Network.requestWillBeSent":
                if not about["request"]["url"].startswith("data:"):
                    self.fetched.append(about["request"]["url"])
            case "Page.lifecycleEvent":
                if about["name"] == "load":
                    self._loaded.add(about["loaderId"])
        return message

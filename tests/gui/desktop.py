"""A screen that nobody sees, and MyPaint on it: what a hand with mouse and keyboard can do, and an eye can see."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image

from dreambrush.arrays import Pixels
from tests.mypaint.artist import ZEROED

PATIENCE = 60  # seconds, for a machine that is busy with other tests, too
SCREEN = (1500, 950)
PAUSE = 0.02  # seconds between two of its movements
NEARBY = 40  # pixels
REST = 1.1  # seconds
PATCH = 64  # pixels of the picture that are looked for on the screen

Point = tuple[int, int]
Found = TypeVar("Found")


def wait_for(what: str, look: Callable[[], Found | None]) -> Found:
    """Looks again and again until there is something; fails with a sentence if there never is."""
    end = time.monotonic() + PATIENCE
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() > end:
            pytest.fail(f"After {PATIENCE} seconds there is no {what}.")
        time.sleep(0.1)


class Screen:
    """A display of Xvfb's, with the picture in a file.

    Args:
        folder: scratch, for that file and for the settings of all programs on the screen.
        photographs: folder for photographs; if something fails, the last one is "failed.png".
    """

    def __init__(self, folder: Path, photographs: Path) -> None:
        for program in ("Xvfb", "xdotool"):
            if shutil.which(program) is None:
                pytest.fail(f"MyPaint is here but {program} is not: apt-get install xvfb xdotool librsvg2-common")
        self._picture, self._photographs = folder / "Xvfb_screen0", photographs
        home = folder / "home"
        home.mkdir()
        folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
        read, write = os.pipe()
        size = "{}x{}x24".format(*SCREEN)
        words = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp", "-fbdir", str(folder)]
        self._server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()  # of a display that was free
        if not number:
            pytest.fail("Xvfb does not start.")
        self.environment = {
            **{"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "DISPLAY": f":{number}", "HOME": str(home)},
            **{"NO_AT_BRIDGE": "1", "GSETTINGS_BACKEND": "memory"},  # there is no D-Bus to talk to
            **ZEROED,
            **folders,
        }

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            self.photograph("failed")
        self._server.terminate()
        self._server.wait(PATIENCE)

    def seen(self) -> Pixels:
        """What the screen shows, (h, w, 3) uint8: the file is in the format of xwd."""
        data = self._picture.read_bytes()
        header = struct.unpack(">25I", data[:100])
        start, width, height, line, colours = header[0], header[4], header[5], header[12], header[19]
        pixels = np.frombuffer(data, np.uint8, line * height, start + 12 * colours).reshape(height, line)
        return pixels[:, : 4 * width].reshape(height, width, 4)[..., 2::-1].copy()

    def photograph(self, name: str) -> None:
        """Saves what the screen shows."""
        self._photographs.mkdir(parents=True, exist_ok=True)
        Image.fromarray(self.seen()).save(self._photographs / f"{name}.png")

    def find(self, picture: Pixels) -> Point | None:
        """Where the left upper corner of a picture (h, w, 3) is, of which the centre can be seen; or None."""
        from skimage.feature import match_template  # takes a second to import, which the other tests need not pay

        top, left = (picture.shape[0] - PATCH) // 2, (picture.shape[1] - PATCH) // 2
        patch = picture[top : top + PATCH, left : left + PATCH]
        likeness = match_template(self.seen().mean(-1), patch.mean(-1))  # type: ignore[no-untyped-call]
        y, x = np.unravel_index(likeness.argmax(), likeness.shape)
        # Noise and the mouse pointer are over it.
        return (int(x) - left, int(y) - top) if likeness[y, x] > 0.9 else None

    def do(self, *words: object) -> str:
        """What xdotool says to a command."""
        done = subprocess.run(
            ["xdotool", *map(str, words)], env=self.environment, capture_output=True, text=True, timeout=PATIENCE
        )
        return done.stdout


class Window:
    """MyPaint, with a picture open.

    Args:
        screen: to be opened on; no other window may be there.
        path: of the picture.
        shown: what it looks like, (h, w, 3) uint8.
    """

    def __init__(self, screen: Screen, path: Path, shown: Pixels) -> None:
        self.screen, self.path = screen, path
        screen.do("mousemove", 0, 0)  # lest the pointer be over the picture
        self._log = path.with_suffix(".log").open("ab")
        self._program = subprocess.Popen(
            ["mypaint", str(path)], env=screen.environment, stdout=self._log, stderr=self._log, cwd=path.parent
        )
        self._window = wait_for(f"window of MyPaint (see {self._log.name})", self._appeared)
        wait_for("picture in MyPaint's window", lambda: self._at_rest(shown))
        screen.do("windowfocus", "--sync", self._window.split()[0])
        screen.do("key", "l", "sleep", "0.5")  # the list of layers, which moves the picture
        self.corner = wait_for("picture in MyPaint's window", lambda: self._at_rest(shown))

    def __enter__(self) -> Window:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._program.terminate()
        self._program.wait(PATIENCE)
        self._log.close()

    def _appeared(self) -> str | None:
        if self._program.poll() is not None:
            log = Path(self._log.name).read_text(errors="replace").splitlines()
            pytest.fail("MyPaint has given up:\n" + "\n".join(log[-5:]))
        return self.screen.do("search", "--onlyvisible", "--name", self.path.name).strip() or None

    def _at_rest(self, shown: Pixels) -> Point | None:
        first = self.screen.find(shown)
        time.sleep(0.3)
        return first if first is not None and self.screen.find(shown) == first else None

    def press(self, key: str, at: Point) -> None:
        """Presses a key with the mouse over a pixel of the picture."""
        self._move([at])
        self.screen.do("key", key, "sleep", "0.3")

    def paint(self, points: Sequence[Point]) -> None:
        """A stroke with the mouse over pixels of the picture.

        MyPaint keeps back the last movements of a mouse until others follow.  So this hand trembles before the stroke,
        lest that begin where the mouse came from, and after it, lest it go on where the mouse goes to.
        """
        self._move([points[0], *_trembling(points[0])])
        self.screen.do("mousedown", "1")
        self._move(points)
        self.screen.do("mouseup", "1")
        self._move(_trembling(points[-1]))

    def approach(self, to: Point) -> None:
        """Moves the mouse to a pixel in short steps."""
        at = self._at()
        steps = max(int(max(abs(to[axis] - at[axis]) for axis in (0, 1))) // NEARBY, 1)
        self._move([tuple(round(at[k] + (to[k] - at[k]) * step / steps) for k in (0, 1)) for step in range(1, steps)])  # type: ignore[misc]

    def rest(self, at: Point) -> None:
        """Waits until MyPaint takes what is painted next for another stroke.

        Touches that follow each other within a second are one stroke to it (libmypaint, mypaint_brush_stroke_to).
        """
        time.sleep(REST)
        self._move(_trembling(at))

    def _move(self, points: Iterable[Point]) -> None:
        """Moves the mouse over pixels of the picture.

        In steps: for a jump MyPaint would believe it another device.
        """
        at = self._at()
        words: list[object] = []
        for point in points:
            words += ["mousemove_relative", "--", point[0] - at[0], point[1] - at[1], "sleep", PAUSE]
            at = point
        self.screen.do(*words)

    def _at(self) -> Point:
        """The pixel of the picture that the mouse is over."""
        place = dict(line.split("=") for line in self.screen.do("getmouselocation", "--shell").split())
        return int(place["X"]) - self.corner[0], int(place["Y"]) - self.corner[1]

    def save(self) -> None:
        """Ctrl+S; returns when the file is there."""
        before = self.path.stat().st_mtime_ns

        def saved() -> bool | None:
            return (self.path.stat().st_mtime_ns != before and zipfile.is_zipfile(self.path)) or None

        self.screen.do("key", "ctrl+s")
        wait_for("saved file", saved)


def _trembling(at: Point) -> list[Point]:
    return [(at[0] + step, at[1]) for step in (1, 0, 1, 0)]

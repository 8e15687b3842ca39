"""Every test of the command line runs it in an empty folder with a small picture in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

from dreambrush.cli import run


class Outcome(NamedTuple):
    """What a command gave back."""

    code: int
    stdout: str
    stderr: str


Command = Callable[..., Outcome]
QUICK = {"DREAMBRUSH_FOCUS": "none", "DREAMBRUSH_EDGES": "0", "DREAMBRUSH_SIMPLIFY": "0"}


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs dreambrush with the words given, in a folder of its own that holds photo.png.

    It does not look for subjects unless a test asks for it (``as_usual``): the network takes most of a small painting.
    """
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for variable in [name for name in os.environ if name.startswith("DREAMBRUSH_")]:
        monkeypatch.delenv(variable)
    for variable, value in QUICK.items():
        monkeypatch.setenv(variable, value)
    draw("photo.png")

    def call(*words: str) -> Outcome:
        code = run(words)
        return Outcome(code, *capsys.readouterr())

    return call


@pytest.fixture
def as_usual(command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The same with nothing set in the environment."""
    for variable in QUICK:
        monkeypatch.delenv(variable)
    return command


def draw(path: str) -> None:
    """A small picture of light falling from the left."""
    y, x = np.mgrid[0:36, 0:48]
    pixels = np.stack([255 - 4 * x, 200 - 3 * y, 60 + 3 * x], axis=2).astype(np.uint8)
    Image.fromarray(pixels).save(path)

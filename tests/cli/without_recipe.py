"""Files from which no strokes can be painted again, and what commands that want strokes say of them."""

from __future__ import annotations

import os
from pathlib import Path

from tests.cli.conftest import Command
from tests.mypaint.ora_files import OraFile, noise

Row = tuple[tuple[str, ...], int, str]
"""Words after the command, its exit code, and what it says."""

WITHOUT_RECIPE: list[Row] = [
    (("none.ora",), 10, "There is no file at 'none.ora'"),
    (("photo.png",), 10, "is not OpenRaster"),
    (("hers.ora",), 9, "holds no strokes by dreambrush"),
    (("none.json",), 9, "cannot be read"),
    (("broken.json",), 9, "not JSON"),
    ((), 2, "FILE.ora|STROKES.json"),
]


def write_files_without_recipe() -> None:
    """Those that WITHOUT_RECIPE names, as far as they are there."""
    ora = OraFile(300, 200)
    ora.layer(noise(1, 40, 50))
    ora.save(Path("hers.ora"))
    Path("broken.json").write_text("{")


def check_refused(command: Command, words: tuple[str, ...], code: int, message: str) -> None:
    """It says so, and no file changes."""
    before = {file: Path(file).read_bytes() for file in os.listdir()}
    outcome = command(*words)
    assert outcome.code == code and message in outcome.stderr, outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert {file: Path(file).read_bytes() for file in os.listdir()} == before

"""What docs/api.md shows runs as it stands there, and prints what it says."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from typing import Any

import pytest

import dreambrush

PAGE = Path(__file__).parents[1] / "docs" / "api.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", PAGE.read_text("utf-8"), re.M | re.S)


def test_every_block_runs_and_prints_what_stands_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "none"))  # whatever brushes are installed
    known: dict[str, Any] = {"__name__": "api"}
    for code, printed in BLOCKS:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, str(PAGE), "exec"), known)
        assert out.getvalue() == printed, code
    assert {"large.ora", "painting.ora", "painting.png", "strokes.json"} <= set(os.listdir(tmp_path))


def test_no_block_is_passed_over() -> None:
    fences = re.findall(r"^```(\w+)$", PAGE.read_text("utf-8"), re.M)
    assert set(fences) == {"python", "text"}
    assert fences.count("python") == len(BLOCKS) > 5
    assert fences.count("text") == sum(bool(printed) for _, printed in BLOCKS)


def test_every_public_name_is_listed() -> None:
    listed = PAGE.read_text("utf-8").partition("|---|---|\n")[2].partition("\n\n")[0]
    names = {name for row in listed.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert names == set(dreambrush.__all__) - {"__version__"}


def test_the_first_example_has_ten_lines() -> None:
    assert len([line for line in BLOCKS[0][0].splitlines() if line.strip()]) <= 10

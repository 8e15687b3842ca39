from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.effort_plot import arrange, read_rows
from dreambrush.errors import UsageError

ROOT = Path(__file__).parents[2]


def row(picture: str, strokes: int, cpu: float, mse: float, **more: object) -> dict[str, Any]:
    about = {"picture": picture, "width": 256, "height": 200, "strokes": strokes, "mse": mse}
    return {**about, "total": {"cpu": cpu, "wall": cpu}, **more}


ROWS = [
    row("coffee", 200, 9, 0.1, effort=2),
    row("coffee", 200, 4, 0.3, effort=1),
    row("coffee", 200, 5, 0.2, effort=1),
    row("coffee", 200, 7, 0.4, painter="geometrizejs"),
    row("coffee", 1000, 70, 0.05, painter="primitive"),
    row("coffee", 500, 1, 0.1, effort=1),
    row("chelsea", 200, 1, 0.1, effort=1),
    row("coffee", 200, 1, 0.1),
    {**row("coffee", 200, 1, 0.1, effort=3), "width": 512},
]


def test_efforts_are_curves_and_the_last_row_counts() -> None:
    curves, marks = arrange(ROWS, ["coffee"], [200, 1000], 256, "mse")
    assert curves == {"coffee, 200 strokes": ([5, 9], [0.2, 0.1]), "coffee, 1000 strokes": ([], [])}
    assert marks["coffee, 200 strokes"] == [(5, 0.2, "1"), (9, 0.1, "2"), (7, 0.4, "geometrizejs")]
    assert marks["coffee, 1000 strokes"] == [(70, 0.05, "primitive")]


def test_rows_without_that_error_are_refused() -> None:
    with pytest.raises(UsageError, match="lpips"):
        arrange(ROWS, ["coffee"], [200], 256, "lpips")


def test_lines_that_are_no_objects_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text("painting ...\n" + json.dumps(ROWS[0]) + "\n\n")
    assert read_rows([file, file]) == [ROWS[0], ROWS[0]]
    file.write_text('{"half": ')
    with pytest.raises(UsageError, match=r"rows\.jsonl"):
        read_rows([file])


def test_the_script_draws_a_picture_and_explains_what_is_missing(tmp_path: Path) -> None:
    file, plot = tmp_path / "rows.jsonl", tmp_path / "plot.png"
    file.write_text("\n".join(json.dumps(each) for each in ROWS))
    command = [sys.executable, "-m", "benchmarks.effort_plot", str(file), "--output", str(plot)]
    subprocess.run(command, check=True, cwd=ROOT)
    assert np.ptp(np.asarray(Image.open(plot))) > 0
    failed = subprocess.run([*command, "--size", "64"], capture_output=True, text=True, cwd=ROOT)
    assert failed.returncode == 1 and "64 px" in failed.stderr and "Traceback" not in failed.stderr

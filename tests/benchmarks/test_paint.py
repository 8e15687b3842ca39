"""The benchmark of paintings, started as its users start it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def benchmark(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.paint", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """An opaque picture and a transparent one, in a folder."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    y, x = np.mgrid[0:40, 0:64]
    pixels = np.stack([4 * x, 255 - 6 * y, 90 + 0 * x, 255 * (x < 40)], 2).astype(np.uint8)
    Image.fromarray(pixels[..., :3]).save(folder / "a.png")
    Image.fromarray(pixels).save(folder / "b.png")
    return folder


def test_a_row_for_every_painting(pictures: Path, tmp_path: Path) -> None:
    rows_file, output = tmp_path / "new" / "rows.jsonl", tmp_path / "out"
    options = ("--size", 64, "--strokes", 30, "--effort", 1, "--brush", "oil", "ink", "--layers", 2)
    done = benchmark(pictures, *options, "--output", output, "--json", rows_file)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows_file.read_text() == done.stdout
    assert [(row["picture"], row["effort"]) for row in rows] == [("a", 1), ("b", 1)]
    for row in rows:
        assert (row["width"], row["height"], row["strokes"], row["brush"]) == (64, 40, 30, "oil+ink")
        assert row["transfer_gap"] == pytest.approx((row["mse"] - row["dreamed_mse"]) / row["mse"], abs=0.01)
        assert [stage["name"] for stage in row["stages"]] == ["Block-in", "Details"]
        assert sum(stage["strokes"] for stage in row["stages"]) == 30
        assert row["looks"]["length_by_width"] > 1 and 0 <= row["looks"]["angle"] <= 90
        assert row["total"]["cpu"] >= sum(work["cpu"] for work in row["seconds_by_work"].values()) - 0.05
        assert row["total_by_replay"]["cpu"] > 1 and 40 < row["peak_memory_mb"] < 1000
        assert (output / row["file"]).is_file()
        # a.png is opaque, b.png transparent
        picture = np.asarray(Image.open((output / row["file"]).with_suffix(".png")))
        assert picture.shape == ((40, 64, 3) if row["picture"] == "a" else (40, 64, 4))
        assert row["replay_is_the_same"] is (True if row["picture"] == "a" else None)
    mse = float(np.mean(((picture_of(output, rows[0]) - picture_of(pictures, {"file": "a.png"})) / 255) ** 2))
    assert rows[0]["mse"] == pytest.approx(mse, abs=1e-5)


def picture_of(folder: Path, row: dict[str, Any]) -> np.ndarray:
    return np.asarray(Image.open((folder / row["file"]).with_suffix(".png")), np.float64)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nobody",), "There is neither a file nor a picture of scikit-image named 'nobody'."),
        (("--brush", "oyl"), "Did you mean oil?"),
        (("benchmarks",), "There are no pictures in the folder"),
    ],
)
def test_what_is_wrong_is_one_line(words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    done = benchmark(*words, "--output", tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert message in done.stderr and len(done.stderr.splitlines()) == 1

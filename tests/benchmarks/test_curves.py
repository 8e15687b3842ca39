from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.curves import INKS, SIZE, draw_curves, smooth


@pytest.mark.parametrize("logarithmic", [False, True])
def test_curves_go_from_left_to_right_and_up(tmp_path: Path, logarithmic: bool) -> None:
    rising, falling = ([0, 1, 2], [0.1, 0.2, 0.9]), ([0, 2], [0.9, 0.1])
    draw_curves({"a": rising, "b": falling}, tmp_path / "c.png", "title", "steps", logarithmic=logarithmic)
    pixels = np.asarray(Image.open(tmp_path / "c.png"))
    assert pixels.shape == (SIZE[1], SIZE[0], 3)
    ink = [int(INKS[0][i : i + 2], 16) for i in (1, 3, 5)]
    row, column = np.nonzero((pixels[:, :640] == ink).all(-1))
    assert np.ptp(column) > 400 and np.ptp(row) > 250
    assert row[column.argmax()] < row[column.argmin()]


def test_a_flat_curve_can_be_drawn(tmp_path: Path) -> None:
    draw_curves({"a": ([3], [0.5])}, tmp_path / "c.png", "title", "steps")
    assert (tmp_path / "c.png").stat().st_size > 0


def test_marks_lie_where_logarithms_put_them(tmp_path: Path) -> None:
    marks = {"b": [(1.0, 0.001, "1"), (10.0, 0.01, "2"), (100.0, 0.1, "3")]}
    draw_curves(
        {"a": ([], []), "b": ([], [])},
        tmp_path / "c.png",
        "t",
        "s",
        logarithmic=True,
        logarithmic_across=True,
        marks=marks,
    )
    pixels = np.asarray(Image.open(tmp_path / "c.png"))[:, :640]
    ink = [int(INKS[1][i : i + 2], 16) for i in (1, 3, 5)]
    solid = (pixels == ink).all(-1)
    whole = np.lib.stride_tricks.sliding_window_view(solid, (5, 5)).all((2, 3))
    row, column = np.nonzero(whole)
    middles = np.array([[part.mean() for part in np.array_split(np.sort(axis), 3)] for axis in (row, column)])
    assert np.ptp(middles, axis=1) == pytest.approx([380, 540], abs=10)
    assert middles[:, 1] == pytest.approx(middles.mean(1), abs=2)


def test_smoothing_takes_means() -> None:
    assert smooth([1, 3, 5, 7, 100], 2) == [2, 6]

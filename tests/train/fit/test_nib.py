from __future__ import annotations

import numpy as np
import pytest

from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.fit.nib import measure_nib


@pytest.mark.parametrize("name", ["oil", "bristle", "knife"])  # round, ragged, and turned by the stroke's direction
def test_most_nibs_are_round(name: str) -> None:
    assert np.array_equal(measure_nib(read_myb(find_brush(name).path)), np.eye(2, dtype=np.float32))


@pytest.mark.parametrize(("angle", "ratio"), [(0.0, 3.0), (45.0, 4.0), (120.0, 2.0)])
def test_a_nib_held_at_an_angle_is_found(angle: float, ratio: float) -> None:
    ink = read_myb(find_brush("ink").path)
    nib = measure_nib(ink.with_values(elliptical_dab_angle=angle, elliptical_dab_ratio=ratio))
    assert np.isclose(np.linalg.det(nib), 1, atol=1e-3) and np.allclose(nib, nib.T, atol=1e-6)
    stretch, axes = np.linalg.eigh(nib)
    assert stretch[1] / stretch[0] == pytest.approx(ratio, rel=0.2)
    long_side = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    assert abs(axes[:, 0] @ long_side) > 0.98  # is shortened
    assert nib.dtype == np.float32


def test_a_brush_without_paint_counts_as_round() -> None:
    oil = read_myb(find_brush("oil").path)
    assert np.array_equal(measure_nib(oil.with_values(opaque=0.0)), np.eye(2, dtype=np.float32))

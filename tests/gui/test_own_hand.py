"""Thirty strokes of a mouse in the real MyPaint are recovered from its file: their widths, directions and lengths.

The true path is that of the mouse.  The true width is the diameter of the brush's dabs at the pressure that MyPaint
takes for a mouse, 0.5.  Which way the mouse went cannot be known, so directions count modulo half a turn.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dreambrush.bezier import path_length
from dreambrush.reference.recovery import recovered_strokes
from tests.gui.own_hand import SWATCHES, paint_in_mypaint, palette, script
from tests.mypaint.recorded_strokes import needs_mypaint

pytestmark = pytest.mark.slow

PHOTOGRAPHS = Path(__file__).parents[2] / "out" / "gui"


@needs_mypaint
def test_strokes_of_a_mouse_are_recovered(tmp_path: Path) -> None:
    path, strokes = tmp_path / "own-hand.ora", script()
    palette(path)
    paint_in_mypaint(tmp_path, PHOTOGRAPHS, strokes, path)

    found = recovered_strokes(path)
    assert found.recorded == len(SWATCHES) + len(strokes)
    assert found.line[-1] + 1 == found.recorded, "a stroke has come apart"
    width, angle, length, pressure = (np.zeros(len(strokes)) for _ in range(4))
    rows = found.strokes.rows()
    for index, stroke in enumerate(strokes):
        mine = found.number == len(SWATCHES) + index
        true, path_of = np.array(stroke.points, float), found.strokes.path[mine]
        width[index] = found.width[mine].mean() / stroke.width - 1
        (ax, ay), (bx, by) = path_of[-1, 2] - path_of[0, 0], true[-1] - true[0]
        angle[index] = np.degrees(np.arcsin(np.abs(ax * by - ay * bx) / np.hypot(ax, ay) / np.hypot(bx, by)))
        length[index] = path_length(rows[mine]).sum() / np.hypot(*np.diff(true, axis=0).T).sum() - 1
        pressure[index] = found.strokes.pressure[mine].mean()
        name, size = SWATCHES[stroke.swatch]
        assert {found.strokes.brushes[brush] for brush in found.strokes.brush[mine]} == {name}
        assert found.strokes.radius[mine] == pytest.approx(size, rel=0.001)
    # Measured: widths 0.9 % (11 % at worst), directions 0.3 (2.2) degrees, lengths 1.7 % (5.9 %), pressures 0.01.
    assert np.abs(width).max() < 0.15 and np.median(np.abs(width)) < 0.04
    assert angle.max() < 6 and np.median(angle) < 1.5
    assert np.abs(length).max() < 0.15 and np.median(np.abs(length)) < 0.05
    assert np.abs(pressure - 0.5).max() < 0.1

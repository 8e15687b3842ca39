"""Whether a dream knows how far paint gets from a stroke's path: what lies beyond is never dreamt."""

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.dream.dream import Dream
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.lay.layer_canvas import LayerCanvas, Tool

SIDE, RADIUS = 256, 40.0  # pixels
VISIBLE = 8  # of 255: alpha from which on paint counts


@pytest.mark.parametrize("name", ["oil", "knife"])  # firm ones, whose paint ends in a clear edge
def test_the_reach_is_where_real_paint_ends(name: str) -> None:
    brush, sheet = find_brush(name), LayerCanvas(SIDE, SIDE)
    middle = SIDE / 2
    path = np.array([[64, middle], [middle, middle], [192, middle]], np.float32)
    sheet.paint(Tool(read_myb(brush.path)), path, np.ones(2, np.float32), RADIUS, np.zeros(3, np.float32), 0)
    rows = np.flatnonzero((sheet.canvas.read8()[..., 3] >= VISIBLE).any(1))
    farthest = max(middle - rows.min(), rows.max() + 1 - middle) / RADIUS
    assert farthest == pytest.approx(Dream(brush.dream_folder()).reach, rel=0.04)  # a pixel is 0.025

"""The thickness of paint, of real strokes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.events import stroke_events
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.relief.height import HeightField

SIZE = 240, 160
BRUSHES = [read_myb(find_brush(name).path) for name in ("bristle", "knife", "blender")]
ACROSS, DOWN = ((40, 80), (120, 80), (200, 80)), ((120, 30), (120, 80), (120, 130))
WHITE, BLACK = (1.0, 1.0, 1.0), (0.02, 0.02, 0.02)


def field(**how: Any) -> HeightField:
    made = HeightField(SIZE, BRUSHES, **how)
    made.scale = 1.0  # as in a large painting, of which this is a part
    return made


def lay(on: HeightField, path: Any = ACROSS, brush: int = 0, colour: Any = WHITE, radius: float = 60.0) -> Any:
    points, pressure = np.array(path, np.float32), np.array([0.9, 0.9], np.float32)
    events = stroke_events(points, pressure, radius)
    return on.lay(brush, points, pressure, radius, np.array(colour, np.float32), events)


def roughness(height: Float32) -> tuple[float, float]:
    """Mean steps from pixel to pixel within the middle of a stroke to the right: along it, and across it."""
    inner = height[70:90, 80:170]
    return float(np.abs(np.diff(inner, axis=1)).mean()), float(np.abs(np.diff(inner, axis=0)).mean())


@pytest.mark.parametrize("brush", [0, 1])
def test_ridges_run_along_the_stroke(brush: int) -> None:
    painted = field()
    lay(painted, brush=brush, radius=60 if brush == 0 else 30)
    along, across = roughness(painted.height)
    assert across > (1.5 if brush == 0 else 3) * along  # 2.2 and 6


def test_a_later_stroke_lies_above_and_cuts_into_the_earlier() -> None:
    painted = field()
    lay(painted)
    before = painted.height.copy()
    x, y, width, height = lay(painted, DOWN, brush=1, radius=20)
    outside = np.ones(before.shape, bool)
    outside[y : y + height, x : x + width] = False
    assert np.array_equal(painted.height[outside], before[outside])
    crossing = np.s_[74:86, 112:128]
    assert painted.height[crossing].mean() > before[crossing].mean()
    # The ridges of the lower stroke are pressed flat where the knife went.
    step = [np.abs(np.diff(each[crossing], axis=0)).mean() for each in (before, painted.height)]
    assert step[1] < 0.6 * step[0]


def test_lights_are_fat_and_shadows_and_faces_thin() -> None:
    plain, dark, thin = field(), field(), field(thin=[(120, 80, 110, 90)])
    lay(plain), lay(dark, colour=BLACK), lay(thin)
    middle = np.s_[60:100, 90:150]
    assert dark.height[middle].mean() < 0.5 * plain.height[middle].mean()
    assert thin.height[middle].mean() < 0.5 * plain.height[middle].mean()
    assert plain.tone[80, 120] > 0.9 > 0.2 > dark.tone[80, 120]


def test_a_blender_levels_and_adds_nothing() -> None:
    painted = field()
    lay(painted)
    _, before = roughness(painted.height)
    thickness = painted.height[70:90, 80:170].mean()
    lay(painted, brush=2, radius=40)
    assert roughness(painted.height)[1] < 0.5 * before
    assert painted.height[70:90, 80:170].mean() == pytest.approx(thickness, rel=0.3)


def test_strokes_that_leave_nothing() -> None:
    painted = field(thin=[(-500, -500, 3, 3), (1000, 80, 2, 2)])
    lay(painted, ((-900, -900), (-800, -900), (-700, -900)))
    assert not painted.height.any()


def test_a_painting_is_the_same_each_time() -> None:
    first, second = field(seed=3), field(seed=3)
    for each in (first, second):
        lay(each), lay(each, DOWN)
    assert np.array_equal(first.height, second.height) and np.array_equal(first.tone, second.tone)

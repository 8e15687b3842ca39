"""Strokes drawn for a brush that has no controller, and what a painter makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dreambrush.arrays import Float32
from dreambrush.bezier import CONTROL, PRESSURES, RADIUS, path_length
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.propose.blending import (
    LIGHTEST,
    NARROWEST,
    SHORTEST,
    WIDEST,
    best_of_each_place,
    blending_strokes,
    room_for_one,
)
from dreambrush.painter.run import paint


def test_strokes_lie_everywhere_and_suit_their_room() -> None:
    strokes = blending_strokes(60, 100, 24, 5000, np.random.default_rng(0))
    room = room_for_one(60, 100, 24)
    assert room == pytest.approx((60 * 100 / 24) ** 0.5)
    assert (strokes[:, RADIUS] >= 0.999 * NARROWEST * room).all()
    assert (strokes[:, RADIUS] <= 1.001 * WIDEST * room).all()
    assert (strokes[:, PRESSURES] >= LIGHTEST).all()
    assert (strokes[:, PRESSURES] <= 1).all()
    assert (path_length(strokes) >= 0.99 * SHORTEST * strokes[:, RADIUS]).all()
    right, below = (strokes[:, CONTROL] > (50, 30)).T
    assert all(1000 < (quarter & half).sum() < 1500 for quarter in (right, ~right) for half in (below, ~below))


def test_one_stroke_of_each_place_is_left() -> None:
    strokes = np.zeros((5, 9), np.float32)
    strokes[:, CONTROL] = (1, 1), (2, 2), (12, 1), (-1, 1), (1, 12)
    best = best_of_each_place(strokes, np.array([1, 2, 3, 0.5, -1], np.float32), 10.0)
    assert best.tolist() == [2, 1, 3]  # the last gains nothing


def glow(side: int = 96) -> Float32:
    """A picture without an edge: light that fades towards the corners."""
    down, across = (np.mgrid[0:side, 0:side] / side).astype(np.float32)
    light = np.exp(-((np.hypot(across - 0.45, down - 0.5) / 0.45) ** 2))[..., None]
    picture = (1 - light) * np.array([0.12, 0.1, 0.14]) + light * np.array([0.85, 0.7, 0.55])
    return np.asarray(picture, np.float32)


def roughness(picture: NDArray[Any]) -> float:
    """Mean difference between neighbouring pixels beyond what the glow has by itself."""
    steps = [np.abs(np.diff(picture - glow(len(picture)), axis=axis)).mean() for axis in (0, 1)]
    return float(np.mean(steps))


@pytest.mark.slow
def test_a_blender_smooths_what_has_no_edges() -> None:
    brushes = [find_brush("oil"), find_brush("blender")]
    alone, blended = paint(glow(), brushes[:1], 100), paint(glow(), brushes, 100)
    assert 10 <= (blended.strokes.brush == 1).sum() <= 60  # 24 here
    assert not (blended.strokes.brush[:20] == 1).any()  # only late
    rough = [roughness(painting.merged[..., :3] / 255) for painting in (alone, blended)]
    assert rough[1] < 0.85 * rough[0]
    assert blended.mse < 1.1 * alone.mse

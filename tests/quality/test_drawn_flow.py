"""Strokes follow drawn lines on the real canvas, and far from the lines a painting is much as it was.

Bounds are far from what was measured when this was written, which is in brackets.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageDraw

from dreambrush.arrays import Float32
from dreambrush.bezier import point_at
from dreambrush.cli.paint.settings import liked_by
from dreambrush.cli.shared.named import BRUSH_SETS
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting
from dreambrush.painter.run import paint
from dreambrush.painter.see.drawn_flow import flow_of_lines

pytestmark = pytest.mark.slow

SIDE, STROKES, SEEDS = 192, 500, (0, 1)
NEAR, FAR = 0.03, 0.28  # of the side: distance from a line
RADIUS = 0.25  # of the side, of the circle


class Followed(NamedTuple):
    """Of a painting.

    Attributes:
        near: mean angle in degrees between strokes near the lines and the lines, by the strokes' lengths.
        far: the same far from them.
        error: mean squared error.
    """

    near: float
    far: float
    error: float


def picture_of(name: str) -> Float32:
    image = Image.fromarray(getattr(skimage.data, name)()).convert("RGB")
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.asarray(image, np.float32) / np.float32(255)


def lines(kind: str, width: int, height: int) -> Float32:
    """A diagonal from lower left to upper right, or a circle in the middle."""
    drawn = Image.new("L", (width, height))
    draw = ImageDraw.Draw(drawn)
    if kind == "diagonal":
        draw.line((0, height, width, 0), fill=255, width=3)
    else:
        radius, x, y = RADIUS * max(width, height), width / 2, height / 2
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=255, width=3)
    return np.asarray(drawn, np.float32) / np.float32(255)


def followed(name: str, kind: str, hand: float, *, led: bool) -> Followed:
    """What becomes of the strokes of a picture; means over seeds."""
    picture, liked = picture_of(name), liked_by(hand, None)
    height, width = picture.shape[:2]
    flow = flow_of_lines(lines(kind, width, height)) if led else None
    asked = {each: liked[each] for each in ("edges", "simplify", "temperature")}
    options = PaintOptions(effort=1, hand=hand, toned=hand > 0, flow=flow, **asked)
    brushes = [find_brush(brush) for brush in BRUSH_SETS["painter"]]
    return Followed(
        *np.mean(
            [_measured(picture, kind, paint(picture, brushes, STROKES, seed, options=options)) for seed in SEEDS], 0
        )
    )


def _measured(picture: Float32, kind: str, painting: Painting) -> tuple[float, float, float]:
    height, width = picture.shape[:2]
    path = painting.strokes.path
    t = np.linspace(0, 1, 7, dtype=np.float32)[:, None]
    start, control, end = (path[:, None, point] for point in range(3))
    nodes = point_at(start, control, end, t)
    steps, at = np.diff(nodes, axis=1), 0.5 * (nodes[:, 1:] + nodes[:, :-1]) - (width / 2, height / 2)
    if kind == "diagonal":
        along = np.full(at.shape[:2], np.arctan2(-height, width))
        away = np.abs(at @ (height, width)) / np.hypot(width, height)
    else:
        along = np.arctan2(at[..., 1], at[..., 0]) + np.pi / 2
        away = np.abs(np.hypot(at[..., 0], at[..., 1]) - RADIUS * max(width, height))
    turn = np.arctan2(steps[..., 1], steps[..., 0]) - along
    angle = np.degrees(np.abs((turn + np.pi / 2) % np.pi - np.pi / 2))
    length = np.hypot(steps[..., 0], steps[..., 1])
    near, far = away < NEAR * max(width, height), away > FAR * max(width, height)
    beside, beyond = (float((angle * length)[each].sum() / length[each].sum()) for each in (near, far))
    return beside, beyond, painting.mse


@pytest.mark.parametrize("name", ["astronaut", "coffee"])
@pytest.mark.parametrize(("kind", "hand"), [("diagonal", 0.0), ("diagonal", 0.5), ("circle", 1.0)])
def test_strokes_follow_lines_and_the_subject_stays(name: str, kind: str, hand: float) -> None:
    free, led = (followed(name, kind, hand, led=each) for each in (False, True))
    assert led.near < 0.5 * free.near, "4 to 10 degrees with lines, 23 to 55 without"
    assert abs(led.far - free.far) < 15, "up to 7 degrees"
    assert led.error < 1.6 * free.error, "up to 1.3 times, where a line crosses all of the subject"

"""The relief of a painting of a face, by figures.

Bounds are far from what was found when this was written, which is in brackets.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.arrays import Pixels
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.strokes import Strokes

pytestmark = pytest.mark.slow

SIDE, STROKES, RELIEF = 256, 320, 0.6


class Thick(NamedTuple):
    """A painting with a relief.

    Attributes:
        strokes: as they were laid.
        change: (h, w) by how many levels the relief changes grey paint.
        gain: mean of what it changes in the painting, in levels.
        face: x and y of the middle of the face, and half of its width and height.
    """

    strokes: Strokes
    change: Pixels
    gain: float
    face: tuple[float, float, float, float]


@cache
def thick() -> Thick:
    photograph = Image.fromarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]
    picture = np.asarray(photograph.resize((SIDE, SIDE), Image.Resampling.LANCZOS), np.float32) / np.float32(255)
    brushes = [find_brush("bristle"), find_brush("knife")]
    options = PaintOptions(effort=1, hand=0.7, narrowest=4, relief=RELIEF)
    painting = paint(picture, brushes, STROKES, 0, options=options)
    *below, relief = painting.layers
    assert painting.relief is not None
    plain = merge_layers(below, painting.background).astype(int)
    grey = merge_layers([relief], np.full(3, 128, np.uint8)).astype(int).mean(2) - 128
    return Thick(painting.strokes, grey, float((painting.merged - plain).mean()), painting.relief.thin[0])


def test_the_picture_stays_as_light_as_it_was() -> None:
    assert abs(thick().gain) < 2.5  # 1.1 levels of 255
    assert np.abs(thick().change).mean() > 2  # 4.3; the relief is there


def test_the_face_has_less_of_it_than_the_rest() -> None:
    x, y, wide, high = thick().face
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    far = np.hypot((columns - x) / wide, (rows - y) / high)
    inside, outside = (float(np.abs(thick().change[where]).mean()) for where in (far < 0.8, far > 1.3))
    assert inside < 0.75 * outside  # 0.53


def test_ridges_run_along_the_last_strokes() -> None:
    """Where nothing lies above a long stroke, the light changes faster across it than along it."""
    strokes, change = thick().strokes, thick().change
    start, _, end = strokes.path.transpose(1, 0, 2)
    ahead = end - start
    length = np.hypot(*ahead.T)
    long = np.flatnonzero(length > 3 * strokes.radius)[-25:]
    steps = []
    for each in long:
        ahead_of_it = ahead[each] / length[each]
        aside = np.array([-ahead_of_it[1], ahead_of_it[0]])
        middle = strokes.path[each].T @ (0.25, 0.5, 0.25)
        at, along, across = (
            (middle + np.linspace(-0.2, 0.2, 9)[:, None] * length[each] * ahead_of_it + shift).round().astype(int)
            for shift in (0, 2 * ahead_of_it, 2 * aside)
        )
        places = np.concatenate([at, along, across])
        if places.min() >= 0 and places.max() < SIDE:
            light = [change[spots[:, 1], spots[:, 0]] for spots in (at, along, across)]
            steps.append([np.abs(light[1] - light[0]).mean(), np.abs(light[2] - light[0]).mean()])
    along_them, across_them = np.mean(steps, 0)
    assert across_them > 1.5 * along_them  # 2.3

"""Whether ``--edges`` loses edges where they do not matter and makes them firm where they do, on the real canvas.

The places are rectangles that a person chose: what one looks at, and what lies behind it.  Bounds are at least five
spreads of these means over seeds away from what they were when this was written; they are in brackets.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.arrays import Float32, Mask
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.measure.edge_softness import HARD, LOST, measure_edges
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint

pytestmark = pytest.mark.slow  # a minute on a core

SIDE, STROKES, SEEDS = 192, 500, 2
Box = tuple[float, float, float, float]  # left, top, right and bottom, as shares of the picture
# By picture: what one looks at (a head; a cup), and what lies behind it (a rocket and a flag; a table).
PLACES: dict[str, tuple[tuple[Box, ...], tuple[Box, ...]]] = {
    "astronaut": (((0.27, 0.03, 0.53, 0.38),), ((0.6, 0, 1, 0.5), (0, 0, 0.15, 0.9))),
    "coffee": (((0.25, 0.03, 0.65, 0.9),), ((0.8, 0, 1, 1), (0, 0, 0.15, 1))),
}


class Seen(NamedTuple):
    """Means over all pictures and seeds."""

    error: float
    agreement: float  # of softness
    lost: float  # share of contour length, as are all below
    hard_before: float  # in what one looks at
    hard_behind: float
    lost_behind: float


def within(picture: Float32, boxes: tuple[Box, ...]) -> Mask:
    """Which pixels (h, w) lie in boxes."""
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), bool)
    for left, top, right, bottom in boxes:
        mask[int(top * height) : int(bottom * height), int(left * width) : int(right * width)] = True
    return mask


def seen_at(dial: float) -> Seen:
    every = []
    for name, places in PLACES.items():
        image = Image.fromarray(getattr(skimage.data, name)())
        image.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
        picture = np.asarray(image, np.float32) / np.float32(255)
        for seed in range(SEEDS):
            options = PaintOptions(effort=1, hand=0.3, edges=dial)
            painting = paint(picture, find_brush("oil"), STROKES, seed, options=options)
            merged = painting.merged.astype(np.float32) / np.float32(255)
            whole = measure_edges(picture, merged)
            before, behind = (measure_edges(picture, merged, within(picture, boxes)).painting for boxes in places)
            every.append(
                Seen(painting.mse, whole.agreement, whole.painting[LOST], before[HARD], behind[HARD], behind[LOST])
            )
    return Seen(*np.mean(every, 0).tolist())


@pytest.fixture(scope="module")
def plain() -> Seen:
    return seen_at(0.0)


@pytest.fixture(scope="module")
def painterly() -> Seen:
    return seen_at(1.0)


def test_by_default_edges_are_as_the_picture_has_them(plain: Seen) -> None:
    assert plain.agreement > 0.45, plain  # (0.55)
    assert plain.lost < 0.11, plain  # (0.08)


def test_edges_are_lost_behind_what_one_looks_at(plain: Seen, painterly: Seen) -> None:
    assert painterly.lost_behind > plain.lost_behind + 0.1, (plain, painterly)  # (0.14)
    assert painterly.hard_behind < plain.hard_behind - 0.08, (plain, painterly)  # (0.15)


def test_edges_that_matter_become_no_softer(plain: Seen, painterly: Seen) -> None:
    assert painterly.hard_before > plain.hard_before, (plain, painterly)  # (by 0.11)
    assert painterly.hard_before > painterly.hard_behind + 0.15, painterly  # (0.28)


def test_the_picture_is_still_the_picture(plain: Seen, painterly: Seen) -> None:
    assert plain.error < painterly.error < 2 * plain.error, (plain, painterly)  # (1.2 times)


def test_the_dial_goes_evenly(plain: Seen, painterly: Seen) -> None:
    half = seen_at(0.5)
    assert half.error < painterly.error, (plain, half, painterly)  # (0.83 of it)
    assert plain.lost_behind + 0.01 < half.lost_behind < painterly.lost_behind, (
        plain,
        half,
        painterly,
    )  # (0.10, 0.14, 0.23)

"""What a free hand does to a picture, on the real canvas: it cares for the subject, and loses what does not matter.

Bounds are far from what these means were when this was written, which is in brackets: at least five spreads over seeds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.cli.paint.settings import liked_by
from dreambrush.cli.shared.named import BRUSH_SETS
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.measure.edge_softness import LOST, measure_edges
from dreambrush.painter.measure.stroke_metrics import measure_strokes
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.plan.hand import DEFAULT, EXACT, FREE
from dreambrush.painter.run import paint
from dreambrush.painter.see.subject import find_subject

pytestmark = pytest.mark.slow

SIDE, STROKES = 192, 500
PICTURES = ("astronaut", "coffee")


class Look(NamedTuple):
    """Means over the pictures.

    Attributes:
        error: mean squared error.
        care: error in the subject, as a share of that elsewhere.
        crowd: strokes for each pixel of the subject, against those for each pixel elsewhere.
        length: median of the strokes' length in widths.
        lost: share of contour length that is lost.
    """

    error: float
    care: float
    crowd: float
    length: float
    lost: float


def look_of(picture: Float32, hand: float) -> Look:
    """What the command line would paint of a picture (h, w, 3), sRGB 0..1."""
    subject, liked = find_subject(picture), liked_by(hand, None)
    assert subject is not None
    options = PaintOptions(
        effort=1,
        hand=hand,
        edges=liked["edges"],
        simplify=liked["simplify"],
        temperature=liked["temperature"],
        toned=liked["ground"] == "toned",
        focus=subject if liked["focus"] == "auto" else None,
    )
    painting = paint(picture, [find_brush(name) for name in BRUSH_SETS["painter"]], STROKES, options=options)
    merged = painting.merged.astype(np.float32) / np.float32(255)
    error, within = np.square(merged - picture).mean(-1), subject > 0.5
    height, width = within.shape
    ends = painting.strokes.path[:, [0, 2]].mean(1)
    x, y = (np.clip(ends[:, axis], 0, most - 1).astype(int) for axis, most in ((0, width), (1, height)))
    inside, area = float(within[y, x].mean()), float(within.mean())
    return Look(
        painting.mse,
        float(error[within].mean() / error[~within].mean()),
        inside / area * (1 - area) / (1 - inside),
        measure_strokes(picture, painting.strokes).length_by_width,
        measure_edges(picture, merged).painting[LOST],
    )


@pytest.fixture(scope="module")
def looks() -> dict[float, Look]:
    found: dict[float, list[Look]] = {EXACT: [], DEFAULT: [], FREE: []}
    for name in PICTURES:
        image = Image.fromarray(getattr(skimage.data, name)())
        image.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
        picture = np.asarray(image, np.float32) / np.float32(255)
        for hand, each in found.items():
            each.append(look_of(picture, hand))
    return {hand: Look(*np.mean(each, 0).tolist()) for hand, each in found.items()}


def test_the_subject_gets_more_strokes_and_less_error(looks: dict[float, Look]) -> None:
    # The strokes of the freest hand are too broad to crowd.
    assert looks[DEFAULT].crowd > looks[EXACT].crowd + 0.3, looks  # (1.5, 2.3)
    for hand in (DEFAULT, FREE):
        assert looks[hand].care < 0.75 * looks[EXACT].care, looks  # (1.7, 1.1, 1.0)


def test_the_freer_the_longer_the_strokes_and_the_softer_the_edges(looks: dict[float, Look]) -> None:
    assert looks[EXACT].length + 0.15 < looks[DEFAULT].length, looks  # (2.5, 2.8)
    assert 1.25 * looks[DEFAULT].length < looks[FREE].length, looks  # (4.2)
    assert looks[EXACT].lost + 0.03 < looks[FREE].lost, looks  # (0.09, 0.10, 0.14)


def test_the_picture_is_still_the_picture(looks: dict[float, Look]) -> None:
    assert looks[EXACT].error < looks[DEFAULT].error < 1.6 * looks[EXACT].error, looks  # (1.4 times)
    assert looks[DEFAULT].error < looks[FREE].error < 2.8 * looks[EXACT].error, looks  # (2.2 times)

"""What wet strokes over paint teach: facts of libmypaint that the wet dream is built on."""

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.arrays import Fixed15, Float32
from dreambrush.bezier import RADIUS
from dreambrush.events import events_of_rows
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.train.collect.strokes import random_colours, random_strokes
from dreambrush.train.collect.wet import (
    MARGIN,
    WIDE,
    WetCollection,
    dry_version,
    is_wet_brush,
    paint_over,
    strokes_over,
    without,
)

OIL = read_myb(find_brush("oil").path)
SMEAR = OIL.with_values(smudge=0.7, smudge_length=0.6)
RAGGED = SMEAR.with_values(offset_by_random=0.8, radius_by_random=0.4, opaque=0.7)
RINGS = [(0.0, 1), (0.7, 8)]


def ground(seed: int, translucent: bool = False) -> Fixed15:
    rng = np.random.default_rng(seed)
    patches = rng.random((WIDE // 8, WIDE // 8, 4)).repeat(8, 0).repeat(8, 1)
    patches[..., 3] = patches[..., 3] if translucent else 1
    patches[..., :3] *= patches[..., 3:]
    return np.asarray(np.floor(patches * ONE), np.uint16)


def painted(settings: BrushSettings, canvases: list[Fixed15], colours: Float32) -> Float32:
    """Strokes of one new brush, each over a canvas of its own."""
    strokes = strokes_over(random_strokes, len(canvases), 4, 2.0)
    brush, canvas, after = Brush(settings, washed=True), Canvas(WIDE, WIDE), []
    for index, events in enumerate(events_of_rows(strokes)):
        canvas.write(canvases[index])
        brush.set_colour(colours[index].tolist())
        brush.set_radius(float(strokes[index, RADIUS]))
        canvas.stroke(brush, events, index)
        after.append(canvas.read() / np.float32(ONE))
    return np.asarray(after, np.float32)


@pytest.mark.parametrize("translucent", [False, True])
@pytest.mark.parametrize("settings", [SMEAR, RAGGED, OIL.with_values(eraser=0.6), RAGGED.with_values(smudge=1.0)])
def test_strokes_are_linear_in_colour_and_canvas(settings: BrushSettings, translucent: bool) -> None:
    grounds = [[ground(10 * each + index, translucent) for index in range(8)] for each in range(2)]
    colours = [random_colours(8, seed) for seed in (1, 2)]
    between = [np.asarray(a // 2 + b // 2, np.uint16) for a, b in zip(*grounds, strict=True)]
    both = [painted(settings, *each) for each in zip(grounds, colours, strict=True)]
    mixed = painted(settings, between, np.asarray((colours[0] + colours[1]) / 2, np.float32))
    assert np.abs(both[0] - np.stack(grounds[0]) / ONE).max() > 0.3
    assert np.abs(mixed - (both[0] + both[1]) / 2).max() < 2e-3  # rounding, of each of many dabs


def collected(settings: BrushSettings, count: int = 30) -> WetCollection:
    seeds = iter(range(100, 100 + count))
    return paint_over(settings, count, 7, lambda: ground(next(seeds)), 2.0, RINGS, np.zeros(1, np.float32), 40)


@pytest.mark.parametrize("settings", [SMEAR, RAGGED])
def test_what_is_not_of_its_own_colour_was_picked_up(settings: BrushSettings) -> None:
    data = collected(settings)
    coverage, own = data.coverage[..., None], data.own[..., None]
    assert data.after.shape == (30, 40, 4) and data.found.shape == (30, 17, 2, 4)
    assert 0.1 < own.sum() / coverage.sum() < 0.9
    np.testing.assert_allclose(data.laid, data.coverage, atol=2e-3)  # nothing is erased
    rest = data.after - (1 - coverage) * data.before - own * data.colour[:, None]
    # The alpha of all that is opaque; no colour that was picked up is beyond what can be.
    np.testing.assert_allclose(rest[..., 3], data.coverage - data.own, atol=3e-3)
    assert rest.min() > -3e-3 and (rest[..., :3] <= rest[..., 3:] + 3e-3).all()


def test_an_eraser_leaves_less_than_it_covers() -> None:
    data = collected(OIL.with_values(eraser=0.75))
    np.testing.assert_allclose(data.own, 0.25 * data.coverage, atol=5e-3)
    np.testing.assert_allclose(data.laid, 0.25 * data.coverage, atol=5e-3)


def test_what_lies_around_nodes_is_read() -> None:
    data = collected(SMEAR)
    np.testing.assert_allclose(data.found[..., 3], data.inside, atol=1e-5)
    assert data.found[..., :3].std() > 0.1
    # The innermost ring of the first node is the pixel where the stroke begins.
    x, y = np.floor(data.strokes[0, :2]).astype(int)
    np.testing.assert_allclose(data.found[0, 0, 0], ground(100)[y, x] / ONE, atol=1e-6)


def test_dry_brushes_stay_as_they_are() -> None:
    assert not is_wet_brush(OIL) and dry_version(OIL) is OIL
    assert (
        is_wet_brush(SMEAR)
        and dry_version(SMEAR).digest() == without(OIL, "smudge").with_values(smudge_length=0.6).digest()
    )
    assert is_wet_brush(OIL.with_curve("smudge", "pressure", (0, 0), (1, 0.5)))
    assert not is_wet_brush(OIL.with_curve("smudge", "pressure", (0, 0), (1, 0)))


def test_strokes_that_reach_far_are_finer() -> None:
    far, near = (strokes_over(random_strokes, 200, 1, reach) for reach in (10.0, 1.0))
    assert far[:, RADIUS].max() <= MARGIN / 10 and near[:, RADIUS].max() > 15
    np.testing.assert_array_equal(far[:, :8], near[:, :8])

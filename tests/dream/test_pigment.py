"""Bands in which pigments mix linearly, against what MyPaint makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.dream.pigment import Pigment, as_pigment, by_plain
from dreambrush.dream.wet import WetPaint
from dreambrush.mypaint.blend.blending import blend
from dreambrush.mypaint.engine.canvas import ONE
from dreambrush.mypaint.layer import PIGMENT

MANY = 4000


def colours_of(seed: int, count: int = MANY) -> Float32:
    return np.random.default_rng(seed).random((count, 3), np.float32)


@pytest.mark.parametrize("eotf", [1.0, 1.8, 2.2])
def test_bands_and_back(eotf: float) -> None:
    pigment, shown = Pigment(eotf), colours_of(0)
    bands = pigment.bands(shown)
    assert bands.dtype == np.float32 and bands.min() >= 0 and bands.max() <= 1
    assert pigment.shown(bands) == pytest.approx(shown, abs=1e-3)
    ends = np.array([[0, 0, 0], [1, 1, 1]], np.float32)
    assert pigment.bands(ends) == pytest.approx(ends, abs=1e-5)


def test_colours_mix_as_in_mypaint() -> None:
    """One layer over another; the plain mean of what is shown errs three times as much."""
    pigment, eotf = Pigment(2.2), 2.2
    below, above = colours_of(1), colours_of(2)
    share = np.random.default_rng(3).random((MANY, 1), np.float32)
    light = [np.rint(each**eotf * ONE).astype(np.uint16) for each in (below, above)]
    covered = np.rint(share * ONE).astype(np.uint16)
    paint = np.concatenate([np.rint(light[1] * share).astype(np.uint16), covered], 1)
    real = light[0][None].copy()
    blend(real, paint[None], composite_op=PIGMENT)
    expected = (real[0] / ONE) ** (1 / eotf)
    mixed = pigment.shown(pigment.bands(below) + share * (pigment.bands(above) - pigment.bands(below)))
    plain = below + share * (above - below)

    def error(found: Float32) -> float:
        return float(np.sqrt(np.square(found - expected).mean()))

    assert error(below) > 0.2
    assert error(mixed) < 0.02
    assert error(plain) > 2 * error(mixed)


def test_yellow_and_blue_make_green() -> None:
    pigment = Pigment(2.2)
    yellow, blue = pigment.bands(np.array([[1, 0.9, 0], [0, 0.1, 0.9]], np.float32))
    red_part, green_part, blue_part = pigment.shown(0.5 * (yellow + blue))
    assert green_part > 1.1 * max(red_part, blue_part)


@pytest.mark.parametrize("eotf", [1.0, 2.2])
def test_an_error_follows_back_to_the_bands(eotf: float) -> None:
    pigment = Pigment(eotf)
    bands = pigment.bands(np.random.default_rng(4).uniform(0.3, 0.9, (50, 3)).astype(np.float32))
    pull = np.random.default_rng(5).normal(size=(50, 3)).astype(np.float32)
    step, slopes = 1e-3, []
    for band in range(3):
        ends = [pigment.shown(bands + sign * step * np.eye(3, dtype=np.float32)[band]) for sign in (1, -1)]
        slopes.append((ends[0] - ends[1]) / (2 * step))
    by_bands = np.stack([(slope * pull).sum(1) for slope in slopes], 1)
    assert pigment.by_bands(bands, pull) == pytest.approx(by_bands, rel=0.03, abs=0.03)
    steep = np.stack([np.sqrt(np.square(slope).sum(1)) for slope in slopes], 1)
    assert pigment.steepness(bands) == pytest.approx(steep, rel=0.03, abs=0.01)


def paint_of(seed: int, count: int = 40) -> tuple[WetPaint, Float32]:
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(3), count).astype(np.float32).T
    weights = rng.dirichlet(np.ones(4), count).astype(np.float32)
    return WetPaint(shares[0], shares[1], shares[2], weights), rng.random(count).astype(np.float32)


def test_more_of_the_own_colour_and_as_much_paint() -> None:
    plain, cover = paint_of(0)
    paint = as_pigment(plain, cover)
    assert (paint.own >= plain.own).all() and (paint.kept <= plain.kept * 1.0001 + cover).all()
    assert paint.own + cover * (paint.kept + paint.carried) == pytest.approx(
        plain.own + cover * (plain.kept + plain.carried), abs=1e-5
    )
    over_paint = as_pigment(plain, np.ones_like(cover))
    assert over_paint.own == pytest.approx(2 * plain.own / (1 + plain.own), abs=1e-6)
    bare = as_pigment(plain, np.zeros_like(cover))
    assert bare.own == pytest.approx(plain.own, abs=1e-6)


def test_blenders_erasers_and_dry_brushes_stay_as_they_are() -> None:
    nothing, one = np.zeros(3, np.float32), np.ones(3, np.float32)
    cover, weights = np.array([0, 0.5, 1], np.float32), np.zeros((3, 4), np.float32)
    for paint in (WetPaint(nothing, nothing, one, weights), WetPaint(nothing, nothing, nothing, weights)):
        for found, given in zip(as_pigment(paint, cover), paint, strict=True):
            assert np.array_equal(found, given)
    dry = as_pigment(WetPaint(one, nothing, nothing, weights), cover)
    assert dry.own == pytest.approx(one, abs=1e-6) and not dry.carried.any()


def test_a_gradient_follows_back_to_the_plain_shares() -> None:
    plain, cover = paint_of(1)
    rng = np.random.default_rng(2)
    by = WetPaint(*(rng.normal(size=each.shape).astype(np.float32) for each in plain))

    def worth(paint: WetPaint) -> Float32:
        found = as_pigment(paint, cover)
        return np.asarray(sum(found[part] * by[part] for part in range(3)))

    found = by_plain(plain, cover, by)
    for part, name in enumerate(("own", "kept", "carried")):
        ends = [worth(plain._replace(**{name: plain[part] + sign * np.float32(1e-3)})) for sign in (1, -1)]
        assert found[part] == pytest.approx((ends[0] - ends[1]) / 2e-3, rel=0.02, abs=0.02), name
    assert np.array_equal(found.weights, by.weights)

"""The texture of paint along strokes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.painter.see.gaussian import blurred
from dreambrush.reference.texture import (
    FIGURES,
    MOST,
    SHARES,
    SIZE,
    Places,
    band_powers,
    patches_of,
    places_on,
    texture_of,
)
from dreambrush.strokes import Strokes

SIDE = 128
SLOW_FINE, FINE_SLOW, FINE_FINE = 2, 6, 8  # numbers of bands: along the stroke, across it


def many_strokes(angle: float, radius: float = 6.0) -> Strokes:
    """Parallel strokes all over a canvas."""
    y, x = (each.ravel() for each in np.mgrid[16:SIDE:14, 16:SIDE:14].astype(np.float32))
    middle, reach = np.stack([x, y], -1), 18 * np.array([np.cos(angle), np.sin(angle)], np.float32)
    n = len(middle)
    path = np.concatenate([middle - reach, middle, middle + reach], 1)
    rows = np.concatenate([path, np.ones((n, 2)), np.full((n, 1), radius)], 1).astype(np.float32)
    return Strokes.of_rows(rows, (SIDE, SIDE), brush="oil", layer="Paint")


def streaks(angle: float) -> Float32:
    """Lines four pixels apart that run in a direction, (SIDE, SIDE, 3)."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    wave = 0.5 + 0.2 * np.sin((y * np.cos(angle) - x * np.sin(angle)) * 2 * np.pi / 4)
    return np.repeat(wave[..., None], 3, 2).astype(np.float32)


@pytest.fixture
def places() -> Places:
    return places_on(many_strokes(0.6))


def test_streaks_have_power_across_strokes_and_none_along(places: Places) -> None:
    step = np.ones_like(places.half)
    along, across = (
        np.median(band_powers(patches_of(streaks(angle)[..., :1], places, step)), 0) for angle in (0.6, 0.6 + np.pi / 2)
    )
    assert along.argmax() == SLOW_FINE
    assert across.argmax() == FINE_SLOW
    assert along[SLOW_FINE] > along[FINE_SLOW] + 5
    assert across[FINE_SLOW] > across[SLOW_FINE] + 5


def test_grain_is_fine_both_ways(places: Places) -> None:
    grain = np.random.default_rng(0).random((SIDE, SIDE, 1)).astype(np.float32)
    power = np.median(band_powers(patches_of(grain, places, np.ones_like(places.half))), 0)
    assert abs(power[SLOW_FINE] - power[FINE_SLOW]) < 0.5
    assert (
        power[FINE_FINE]
        > np.median(band_powers(patches_of(streaks(0.6)[..., :1], places, np.ones_like(places.half))), 0)[FINE_FINE]
    )


def test_texture_turns_with_the_picture() -> None:
    """Along strokes it is the same wherever they run; only contrast by direction knows."""
    rest = FIGURES * len(SHARES) * 3
    straight, turned = (texture_of(streaks(angle), places_on(many_strokes(angle))) for angle in (0.3, 1.2))
    known = np.isfinite(straight[:rest])
    assert known.any()
    assert np.abs(straight[:rest] - turned[:rest])[known].mean() < 0.5


def test_soft_paint_is_told_from_sharp(places: Places) -> None:
    sharp = streaks(0.6)
    known = np.isfinite(found := texture_of(sharp, places))
    softer = texture_of(blurred(sharp, 1.5), places)
    assert (softer[known] < found[known] + 1e-6).mean() > 0.8


def test_widths_without_strokes_are_not_known(places: Places) -> None:
    found = texture_of(streaks(0.6), places)
    assert found.shape == (SIZE,)
    block = FIGURES * len(SHARES)
    assert np.isnan(found[:block]).all()  # narrow strokes
    assert np.isfinite(found[block : 2 * block]).all()  # middling ones
    assert np.isnan(found[2 * block : 3 * block]).all()  # broad ones


def test_hidden_strokes_have_no_places() -> None:
    below = many_strokes(0.6)
    path = np.array([[[-40, 64], [64, 64], [240, 64]]], np.float32)
    above = replace(below[:1], path=path, radius=np.array([40], np.float32))
    beside = np.abs(places_on(below).point[:, 1] - 64) < 20
    assert beside.any()
    left = places_on(Strokes.concatenate([below, above]))
    assert left.half[np.abs(left.point[:, 1] - 64) < 20].min() == 40


def test_no_more_places_than_can_be_looked_at() -> None:
    strokes = many_strokes(0.6)
    assert 0 < len(places_on(strokes[np.arange(1000) % len(strokes)]).half) <= MOST


def test_dots_have_no_places() -> None:
    strokes = many_strokes(0.6)
    dots = replace(strokes, path=np.repeat(strokes.path[:, 1:2], 3, 1))
    assert len(places_on(dots).half) == 0

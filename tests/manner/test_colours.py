"""Colours in the manner of a reference: values keep their order, and the palette comes nearer."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.manner.colours import palette_distance, recoloured, some_colours, swatches_of
from dreambrush.manner.manner import Swatch
from dreambrush.pictures.palette import oklab

unit = st.floats(0, 1)
palettes = st.lists(
    st.builds(Swatch, st.tuples(unit, unit, unit), st.floats(0.0009765625, 1)), min_size=1, max_size=6
).map(tuple)
LEVEL = 1 / 255


def photo(name: str, side: int = 64) -> Float32:
    small = Image.fromarray(getattr(skimage.data, name)()).convert("RGB").resize((side, side))
    return np.asarray(small, np.float32) / np.float32(255)


@pytest.fixture(scope="module")
def coffee() -> Float32:
    return photo("coffee")


GREYS: Float32 = np.repeat(np.arange(256, dtype=np.float32)[None, :, None] / np.float32(255), 3, 2)
NIGHT = (Swatch((0.02, 0.05, 0.2), 0.5), Swatch((0.1, 0.2, 0.5), 0.4), Swatch((0.9, 0.8, 0.3), 0.1))
ROSE = (Swatch((0.95, 0.7, 0.75), 0.6), Swatch((0.8, 0.4, 0.5), 0.3), Swatch((0.4, 0.1, 0.15), 0.1))


def apart(swatches: tuple[Swatch, ...], picture: Float32) -> float:
    colours = some_colours(picture)
    return palette_distance(swatches, colours, np.ones(len(colours)))


@settings(max_examples=12)
@given(palettes, unit)
def test_what_is_darker_stays_darker(swatches: tuple[Swatch, ...], likeness: float) -> None:
    found = recoloured(GREYS, swatches, likeness)
    assert found.dtype == np.float32 and found.shape == GREYS.shape and found.min() >= 0 and found.max() <= 1
    light = oklab(found[0])[:, 0]
    falls = light - np.maximum.accumulate(light)
    assert falls.min() > -0.02, "but for what rounding to levels, and colours out of gamut, take"
    assert light[128:].mean() > light[:128].mean()


@pytest.mark.parametrize("swatches", [NIGHT, ROSE])
def test_the_palette_comes_nearer_and_likeness_says_how_much(coffee: Float32, swatches: tuple[Swatch, ...]) -> None:
    none, half, whole = (recoloured(coffee, swatches, likeness) for likeness in (0.0, 0.5, 1.0))
    assert np.abs(none - coffee).max() < 1.01 * LEVEL
    before = apart(swatches, coffee)
    assert apart(swatches, whole) < 0.7 * before
    assert apart(swatches, whole) < apart(swatches, half) < before
    assert np.abs(half - (none + whole) / 2).mean() < 0.05
    wanted = np.average(oklab(np.array([each.colour for each in swatches])), 0, [each.share for each in swatches])
    off = [np.abs(some_colours(each).mean(0) - wanted) for each in (coffee, half, whole)]
    assert off[2][0] < 0.7 * off[0][0], "lightness"
    assert np.hypot(*off[2][1:]) < 0.7 * np.hypot(*off[0][1:]), "hue and chroma"
    assert off[2].sum() < off[1].sum() < off[0].sum()


def test_a_picture_in_its_own_colours_stays_about_as_it_is(coffee: Float32) -> None:
    own, other = (np.abs(recoloured(coffee, each, 1.0) - coffee).mean() for each in (swatches_of(coffee, 24), NIGHT))
    assert own < 0.25 * other


def test_the_same_bytes_each_time(coffee: Float32) -> None:
    assert recoloured(coffee, ROSE, 0.7).tobytes() == recoloured(coffee.copy(), ROSE, 0.7).tobytes()


def test_swatches_are_the_colours_and_their_shares() -> None:
    picture = np.zeros((40, 40, 3), np.float32)
    picture[:30] = 0.8, 0.2, 0.1
    picture[30:] = 0.1, 0.3, 0.9
    found = swatches_of(picture, 24)
    assert [each.share for each in found] == pytest.approx([0.75, 0.25], abs=0.01)
    assert found[0].colour == pytest.approx((0.8, 0.2, 0.1), abs=LEVEL)
    assert found[1].colour == pytest.approx((0.1, 0.3, 0.9), abs=LEVEL)


def test_swatches_of_a_photo_stand_for_it(coffee: Float32) -> None:
    found = swatches_of(coffee, 24)
    assert 2 <= len(found) <= 24 and sum(each.share for each in found) == pytest.approx(1)
    shares = [each.share for each in found]
    assert shares == sorted(shares, reverse=True)
    assert apart(found, coffee) < 0.15 * apart(NIGHT, coffee)


def test_palette_distance_is_zero_with_itself_and_grows_with_what_differs() -> None:
    colours = oklab(np.array([each.colour for each in NIGHT]))
    shares = np.array([each.share for each in NIGHT])
    assert palette_distance(NIGHT, colours, shares) == pytest.approx(0, abs=1e-9)
    assert palette_distance(NIGHT, colours, 7 * shares) == pytest.approx(0, abs=1e-9)
    near, far = (palette_distance(NIGHT, colours + np.array([each, 0, 0]), shares) for each in (0.1, 0.2))
    assert far == pytest.approx(2 * near) and 0.02 < near <= 0.1
    assert palette_distance(NIGHT, colours, shares[::-1]) > 0.02

"""Bars of known width, length, direction and bend are measured as what they are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from dreambrush.arrays import Float32, Float64
from dreambrush.pictures.palette import oklab
from dreambrush.reference.patches import BENT, LONGER, WIDER, cut, figures_of_patches, patches_of
from dreambrush.strokes import Strokes

SIDE = 200
RED = (0.8, 0.1, 0.1)


class Found(NamedTuple):
    """What is measured of the red patch: pixels, degrees, and share of the chord, each as it was drawn."""

    width: float
    length: float
    angle: float
    bend: float
    lift: Float64
    area: float


def bar(width: float, length: float, angle: float = 0.0, curve: float = 0.0) -> Float32:
    """A red bar in the middle of a dark picture; ``curve`` is how much it rises, by the square of pixels along it."""
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5 - SIDE / 2
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    along, across = cos * x + sin * y, cos * y - sin * x
    inside = (np.abs(along) <= length / 2) & (np.abs(across - curve * (along**2 - length**2 / 12)) <= width / 2)
    picture = np.full((SIDE, SIDE, 3), 0.2, np.float32)
    picture[inside] = RED
    return picture


def red(strokes: Strokes, areas: Float64) -> Found:
    at = int(np.abs(strokes.colour - np.array(RED)).sum(1).argmin())
    assert strokes.colour[at] == pytest.approx(RED, abs=0.01)
    start, control, end = strokes.path[at].astype(np.float64)
    chord, width = end - start, 2 * float(strokes.radius[at])
    lift = control - (start + end) / 2
    long = float(np.hypot(*chord))
    return Found(
        width / WIDER,
        (long + width) / (LONGER * WIDER),
        float(np.degrees(np.arctan2(chord[1], chord[0])) % 180),
        float(np.hypot(*lift)) / long,
        lift,
        float(areas[at]),
    )


@pytest.mark.parametrize(("width", "length"), [(8, 24), (8, 80), (16, 60), (30, 120), (4, 40)])
@pytest.mark.parametrize("angle", [0, 30, 90, 135])
def test_a_bar(width: float, length: float, angle: float) -> None:
    found = red(*patches_of(bar(width, length, angle)))
    assert found.width == pytest.approx(width, rel=0.12)
    assert found.length == pytest.approx(length, rel=0.08)
    assert abs((found.angle - angle + 90) % 180 - 90) < 2
    assert found.bend < 0.02
    assert found.area == pytest.approx(width * length, rel=0.2)


@pytest.mark.parametrize("angle", [0, 60, 150])
def test_a_bar_that_bends(angle: float) -> None:
    slight, much = (red(*patches_of(bar(10, 100, angle, curve))) for curve in (0.001, 0.002))
    half = (LONGER * 100 - 10) * WIDER / 2
    for found, curve in ((slight, 0.001), (much, 0.002)):
        assert found.bend == pytest.approx(BENT * curve * half, rel=0.2), "a Bézier's control lies twice as high"
        outwards = np.array([np.sin(np.radians(angle)), -np.cos(np.radians(angle))])  # the ends rise, the middle sinks
        assert found.lift @ outwards > 0.9 * np.hypot(*found.lift)
    assert 1.6 < much.bend / slight.bend < 2.4


def test_every_pixel_is_in_one_patch_and_patches_are_sorted_by_width() -> None:
    picture = np.random.default_rng(0).random((40, 50, 3)).astype(np.float32).repeat(3, 0).repeat(3, 1)
    strokes, areas = patches_of(picture)
    assert areas.sum() == picture.shape[0] * picture.shape[1] and areas.min() >= 9
    assert strokes.size == (150, 120) and (np.diff(strokes.radius) <= 0).all() and len(strokes) > 200


def test_even_colour_and_a_soft_slope_are_one_patch_and_a_clear_edge_is_none() -> None:
    plain = np.full((32, 32, 3), 0.5)
    assert cut(plain).max() == 0
    slope = plain + np.linspace(0, 0.03, 32)[:, None]
    assert cut(slope).max() == 0
    edge = plain.copy()
    edge[:, 16:] += 0.2
    number = cut(edge)
    assert number.max() == 1 and (number[:, :16] == number[0, 0]).all() and (number[:, 16:] == number[0, 31]).all()


def test_what_is_smaller_than_a_few_pixels_is_no_patch() -> None:
    picture = np.full((40, 40, 3), 0.2, np.float32)
    picture[10:12, 10:12] = picture[30, 30] = 1.0
    assert len(patches_of(picture)[0]) == 1


def test_bars_along_the_form_that_they_make_are_hardly_off_it() -> None:
    """They are all parallel, too."""
    picture = np.full((SIDE, SIDE, 3), 0.2, np.float32)
    for number, x in enumerate(range(4, SIDE - 8, 12)):
        picture[:, x : x + 8] = 0.4 + 0.3 * (number % 3)
    strokes, figures = figures_of_patches(picture)
    long = figures.length > 4
    assert long.sum() > 10
    assert np.average(figures.angle[long], weights=figures.formed[long]) < 5
    assert np.average(figures.turn[long]) < 10
    assert figures.seen.sum() == pytest.approx(1, abs=0.01)
    assert oklab(strokes.colour) == pytest.approx(figures.colour)


def test_a_picture_of_another_size_gives_the_same_figures() -> None:
    small = bar(10, 60, 20)
    large = small.repeat(2, 0).repeat(2, 1)
    one, other = red(*patches_of(small)), red(*patches_of(large))
    assert (other.width, other.length) == pytest.approx((2 * one.width, 2 * one.length), rel=0.05)

"""What is measured of strokes, by strokes for which it is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dreambrush.arrays import Float32, Float64
from dreambrush.painter.measure.figures import NEIGHBOURS, StrokeFigures, figures_of, neighbours
from dreambrush.strokes import Strokes

SIDE = 200
FLAT = np.full((SIDE, SIDE, 3), 0.5, np.float32)


def stripes(angle: float) -> Float32:
    """A picture whose form runs at that angle."""
    y, x = np.mgrid[:SIDE, :SIDE]
    across = np.cos(np.radians(angle)) * y - np.sin(np.radians(angle)) * x
    return np.repeat((0.5 + 0.4 * np.sin(across / 4)).astype(np.float32)[..., None], 3, 2)


def laid(
    middles: Float64,
    angle: float | Float64 = 0.0,
    length: float = 30.0,
    width: float = 10.0,
    bow: float = 0.0,
    pressure: tuple[float, float] = (0.5, 0.5),
    colour: Float64 | tuple[float, float, float] = (0.2, 0.4, 0.6),
    side: int = SIDE,
) -> Strokes:
    """Strokes about middles (n, 2); ``bow`` is how far the control point lies off the chord, as a share of it."""
    count = len(middles)
    turned = np.radians(np.broadcast_to(angle, count))
    ahead = np.stack([np.cos(turned), np.sin(turned)], 1) * length / 2
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], 1) * 2 * bow
    path = np.stack([middles - ahead, middles + aside, middles + ahead], 1) - aside[:, None] / 2
    whole = np.zeros(count, np.int32)
    return Strokes(
        path.astype(np.float32),
        np.broadcast_to(np.array(pressure, np.float32), (count, 2)).copy(),
        np.full(count, width / 2, np.float32),
        np.broadcast_to(np.array(colour, np.float32), (count, 3)).copy(),
        whole,
        whole,
        (side, side),
        ("oil",),
        ("a",),
    )


def grid(step: float = 40.0) -> Float64:
    at = np.arange(20.0, SIDE, step)
    return np.stack(np.meshgrid(at, at), -1).reshape(-1, 2)


ONE = np.array([[100.0, 100.0]])


def test_width_length_pressure_and_taper() -> None:
    found = figures_of(laid(ONE, 20, length=30, width=10, pressure=(0.9, 0.3)), FLAT)
    assert found.width == pytest.approx(5) and found.length == pytest.approx(3, rel=1e-3)
    assert found.pressure == pytest.approx(0.6) and found.taper == pytest.approx(0.6)
    assert found.bend == pytest.approx(0, abs=1e-6)
    assert found.seen == pytest.approx(10 * 40 / SIDE**2, rel=0.01) and found.covered == pytest.approx(0, abs=0.01)
    assert found.middle[0] == pytest.approx(ONE[0], abs=0.01)


@pytest.mark.parametrize("size", [(SIDE, 150), (150, SIDE)])
def test_widths_and_areas_are_measured_against_the_longer_side(size: tuple[int, int]) -> None:
    found = figures_of(replace(laid(ONE), size=size), FLAT[: size[1], : size[0]])
    assert found.width == pytest.approx(5) and found.seen == pytest.approx(10 * 40 / SIDE**2, rel=0.01)


@pytest.mark.parametrize("bow", [-0.3, 0.1, 0.4])
def test_bend_is_the_bow_as_a_share_of_the_chord(bow: float) -> None:
    assert figures_of(laid(ONE, 70, bow=bow), FLAT).bend == pytest.approx(abs(bow), abs=1e-3)


@pytest.mark.parametrize("form", [0, 45, 120])
def test_angle_to_the_form(form: float) -> None:
    for off in (0, 30, 90):
        found = figures_of(laid(grid(), form + off), stripes(form))
        assert np.average(found.angle, weights=found.formed) == pytest.approx(off, abs=4)
    assert found.formed.mean() > 0.3
    assert figures_of(laid(grid(), 0), FLAT).formed.max() < 0.01


def test_turn_is_small_among_parallel_strokes_and_large_for_the_one_that_crosses() -> None:
    angles = np.full(25, 30.0)
    assert figures_of(laid(grid(), angles), FLAT).turn.max() < 0.01
    angles[12] = 120
    found = figures_of(laid(grid(), angles), FLAT)
    assert found.turn[12] == pytest.approx(90, abs=0.1) and np.delete(found.turn, 12).max() < 30
    angles[12] = 209.5  # the other way round, and past the half turn
    assert figures_of(laid(grid(), angles), FLAT).turn[12] == pytest.approx(0.5, abs=0.1)


def test_spacing_is_in_widths() -> None:
    narrow, wide = (figures_of(laid(grid(), width=width), FLAT).spacing for width in (5.0, 10.0))
    assert narrow == pytest.approx(2 * wide)
    assert 4 <= wide[12] <= 5  # 40 pixels, or 57 for those across
    assert figures_of(laid(grid(20.0)), FLAT).spacing[40] == pytest.approx(wide[12] / 2)


def test_what_lies_below_is_covered() -> None:
    found = figures_of(laid(np.repeat(ONE, 2, 0)), FLAT)
    assert found.covered == pytest.approx([1, 0], abs=0.02) and found.seen[0] < 0.02 * found.seen[1]
    given = figures_of(laid(np.repeat(ONE, 2, 0)), FLAT, np.array([100.0, 300.0]))
    assert given.seen * SIDE**2 == pytest.approx([100, 300]) and given.covered == pytest.approx([0.75, 0.25])


def test_a_step_of_colour_is_to_the_neighbours() -> None:
    colours = np.full((25, 3), 0.5)
    assert figures_of(laid(grid(), colour=colours), FLAT).step.max() < 1e-6
    colours[12] = 0.9
    found = figures_of(laid(grid(), colour=colours), FLAT)
    assert found.step.argmax() == 12 and found.step[12] > 0.2
    assert found.step[12] == pytest.approx(found.colour[12, 0] - found.colour[0, 0], rel=0.01)


NOT_OF_SIZE = ("width", "length", "bend", "pressure", "taper", "turn", "spacing", "covered", "step", "seen")


def test_the_same_painting_at_another_size_has_the_same_figures() -> None:
    rng = np.random.default_rng(0)
    strokes = laid(rng.uniform(0, SIDE, (40, 2)), rng.uniform(0, 180, 40), colour=rng.random((40, 3)))
    one = figures_of(strokes, FLAT)
    other = figures_of(strokes.scaled((2 * SIDE, 2 * SIDE)), FLAT.repeat(2, 0).repeat(2, 1))
    for name in NOT_OF_SIZE:
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=0.02, abs=0.02), name


def test_neighbours_are_the_nearest_of_about_the_same_width() -> None:
    middles = np.array([[0, 0], [1, 0], [10, 0], [11, 0]] + [[100 + each, 0] for each in range(NEIGHBOURS)], float)
    sizes = np.array([0.0, 5.0] + [0.0] * (2 + NEIGHBOURS))
    near, apart = neighbours(middles, sizes)
    assert near.shape == apart.shape == (len(middles), NEIGHBOURS)
    assert all(number not in row for number, row in enumerate(near)), "none is its own"
    assert 1 not in near[0], "it is near, but 32 times as wide"
    assert {2, 3} < set(near[0]) and sorted(apart[0])[:2] == [10, 11]
    for count in (1, 2, 3):
        near, apart = neighbours(middles[:count], sizes[:count])
        assert near.shape == (count, max(count - 1, 1)) and np.isfinite(apart).all()


def test_many_strokes_are_compared_in_parts_with_the_same_result() -> None:
    rng = np.random.default_rng(1)
    middles, sizes = rng.uniform(0, 1000, (600, 2)), np.zeros(600)
    near, apart = neighbours(middles, sizes)
    whole = np.hypot(*(middles[:, None] - middles).transpose(2, 0, 1)) + np.diag(np.full(600, np.inf))
    assert np.sort(apart, 1) == pytest.approx(np.sort(whole, 1)[:, :NEIGHBOURS])
    assert np.take_along_axis(whole, near, 1) == pytest.approx(apart)


def test_a_single_stroke_has_figures() -> None:
    found = figures_of(laid(ONE), FLAT)
    assert isinstance(found, StrokeFigures)
    assert all(np.isfinite(getattr(found, name)).all() for name in (*NOT_OF_SIZE, "angle", "formed"))

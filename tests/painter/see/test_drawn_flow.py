from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from dreambrush.arrays import Float32
from dreambrush.painter.see.drawn_flow import CELLS, HALF_WAY, Flow, flow_of_lines, over

WIDTH, HEIGHT = 320, 240


def apart(a: Float32 | float, b: Float32 | float) -> Float32:
    """Angles between directions, in degrees."""
    return np.asarray(np.degrees(np.abs((a - b + np.pi / 2) % np.pi - np.pi / 2)), np.float32)


def line(degrees: float, thick: float, length: float = 150, at: tuple[float, float] = (160, 120)) -> Float32:
    """A line with round edges but straight ends, drawn smoothly."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    turn = np.radians(degrees)
    along = np.cos(turn) * (x - at[0]) + np.sin(turn) * (y - at[1])
    aside = np.cos(turn) * (y - at[1]) - np.sin(turn) * (x - at[0])
    inside = np.minimum(length / 2 - np.abs(along), thick / 2 - np.abs(aside)) + 0.5
    return np.asarray(np.clip(inside, 0, 1), np.float32)


def flow(ink: Float32) -> Flow:
    found = flow_of_lines(ink)
    assert found is not None
    return found


def places(found: Flow) -> tuple[Float32, Float32]:
    """x and y of the cells' middles, in pixels of the drawing."""
    rows, columns = found.strength.shape
    y, x = (np.mgrid[:rows, :columns] + 0.5) * np.reshape([HEIGHT / rows, WIDTH / columns], (2, 1, 1))
    return x.astype(np.float32), y.astype(np.float32)


def uniform(degrees: float, strength: float, rows: int = 6, columns: int = 8) -> Flow:
    shape = rows, columns
    return Flow(np.full(shape, np.radians(degrees), np.float32), np.full(shape, strength, np.float32))


@given(st.floats(-90, 90), st.floats(1, 40))
@settings(max_examples=30)
def test_strokes_run_along_a_line_however_thick_it_is(degrees: float, thick: float) -> None:
    ink = line(degrees, thick)
    found = flow(ink)
    assert max(found.strength.shape) <= CELLS and found.direction.dtype == found.strength.dtype == np.float32
    assert found.strength.max() <= 1 and found.strength.min() >= 0
    assert apart(found.direction, np.radians(degrees)).max() < 8, "also beyond its ends"
    x, y = places(found)
    on_it = ink[y.astype(int), x.astype(int)] > 0.99
    assert not on_it.any() or found.strength[on_it].min() > 0.9


@given(st.floats(-90, 90), st.integers(0, 1000))
@settings(max_examples=15)
def test_a_dry_faint_line_will_do(degrees: float, seed: int) -> None:
    dry = np.random.default_rng(seed).random((HEIGHT, WIDTH)) < 0.4
    found = flow(line(degrees, 8) * np.asarray(0.3 * dry, np.float32))
    assert apart(found.direction, np.radians(degrees))[found.strength > 0.5].mean() < 6


def test_strength_fades_with_distance() -> None:
    found = flow(line(0, 4, length=2 * WIDTH))
    column = found.strength[:, found.strength.shape[1] // 2]
    middle = len(column) // 2
    assert column[middle] > 0.98 and (np.diff(column[middle:]) <= 0).all() and (np.diff(column[:middle]) >= 0).all()
    away = round(HALF_WAY * max(found.strength.shape))
    assert 0.4 < column[middle + away] < 0.6 and column[-1] < 0.35


def test_round_a_circle_strokes_go_round() -> None:
    drawn = Image.new("L", (WIDTH, HEIGHT))
    ImageDraw.Draw(drawn).ellipse((100, 60, 220, 180), outline=255, width=5)
    found = flow(np.asarray(drawn, np.float32) / np.float32(255))
    x, y = places(found)
    radius = np.hypot(x - 160, y - 120)
    near = (radius > 20) & (radius < 110)
    assert apart(found.direction, np.arctan2(y - 120, x - 160) + np.float32(np.pi / 2))[near].max() < 12
    assert found.strength[(radius > 55) & (radius < 65)].min() > 0.95
    assert found.strength[radius < 2].max() < 0.5, "in its middle they may run as they like"


def test_the_nearer_line_wins() -> None:
    lines = line(0, 4, 200, (160, 60)) + line(90, 4, 100, (60, 170))
    found = flow(np.clip(lines, 0, 1))
    rows, columns = found.strength.shape
    upper, lower = found.direction[round(rows * 0.3), round(columns * 0.7)], found.direction[-8, round(columns * 0.3)]
    assert apart(float(upper), 0) < 10 and apart(float(lower), np.pi / 2) < 10


@pytest.mark.parametrize("ink", [np.zeros((40, 60), np.float32), np.zeros((1, 1), np.float32)])
def test_without_ink_there_is_no_flow(ink: Float32) -> None:
    assert flow_of_lines(ink) is None


def test_a_blot_has_no_direction() -> None:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    blot = np.asarray((x - 160) ** 2 + (y - 120) ** 2 < 20**2, np.float32)
    found = flow_of_lines(blot)
    assert found is None or found.strength.max() < 0.2


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 1000))
@settings(max_examples=40)
def test_any_ink_gives_a_flow_or_none(height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ink = rng.random((height, width)).astype(np.float32) * (rng.random((height, width)) < rng.random())
    found = flow_of_lines(np.asarray(ink, np.float32))
    if found is not None:
        assert np.isfinite(found.direction).all() and np.isfinite(found.strength).all()
        assert (
            np.abs(found.direction) <= np.pi / 2 + 1e-6
        ).all() and 0 <= found.strength.min() <= found.strength.max() <= 1


@given(st.floats(-80, 80), st.floats(-80, 80), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60)
def test_of_two_flows_the_first_counts_as_much_as_it_is_strong(a: float, b: float, drawn: float, other: float) -> None:
    mixed = over(uniform(a, drawn), uniform(b, other, 9, 4))
    assert mixed.strength.shape == (6, 8)
    np.testing.assert_allclose(mixed.strength, drawn + (1 - drawn) * other, atol=1e-5)
    if drawn > 0.99:
        assert apart(mixed.direction, np.radians(a)).max() < 1
    if drawn == 0 and other > 0.01:
        assert apart(mixed.direction, np.radians(b)).max() < 1


def test_between_two_flows_lies_their_mean() -> None:
    mixed = over(uniform(10, 0.5), uniform(50, 1))
    assert apart(mixed.direction, np.radians(30)).max() < 0.1
    round_the_turn = over(uniform(80, 0.5), uniform(-80, 1))
    assert apart(round_the_turn.direction, np.pi / 2).max() < 0.1


def test_a_flow_yields_to_edges_but_not_on_its_lines() -> None:
    edges = np.ones((6, 8), np.float32)
    assert (uniform(0, 1).yielding(edges).strength == 1).all()
    half = uniform(0, 0.5)
    assert half.yielding(edges).strength.max() < 0.1
    assert np.array_equal(half.yielding(0 * edges).strength, half.strength)


def test_a_flow_has_a_strength_in_each_cell() -> None:
    with pytest.raises(ValueError, match="of each cell"):
        Flow(np.zeros((3, 4), np.float32), np.zeros((4, 3), np.float32))

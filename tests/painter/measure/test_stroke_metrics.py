from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.arrays import Float32
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.measure.stroke_metrics import StrokeMetrics, find_specks, measure_strokes, visible_shares
from dreambrush.strokes import Strokes

SIDE = 128


def laid(
    *lines: tuple[float, float, float, float, float],
    colour: tuple[float, float, float] = (1, 1, 1),
    layer: list[int] | None = None,
) -> Strokes:
    """Straight strokes at full pressure, each x0, y0, x1, y1, radius."""
    table = np.array(lines, np.float32).reshape(-1, 5)
    ends = table[:, :4].reshape(-1, 2, 2)
    return Strokes(
        path=np.stack([ends[:, 0], ends.mean(1), ends[:, 1]], 1),
        pressure=np.ones((len(table), 2), np.float32),
        radius=table[:, 4],
        colour=np.full((len(table), 3), colour, np.float32),
        brush=np.zeros(len(table), np.int32),
        layer=np.array(layer or [0] * len(table), np.int32),
        size=(SIDE, SIDE),
        brushes=("oil",),
        layers=("one", "two"),
    )


def at_angle(degrees: float, length: float, radius: float, count: int = 60) -> Strokes:
    """Strokes of one direction all over the canvas."""
    middle = np.random.default_rng(0).uniform(20, SIDE - 20, (count, 2))
    half = 0.5 * length * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    return laid(*np.column_stack([middle - half, middle + half, np.full(count, radius)]).tolist())


def stripes(degrees: float, wave: float = 12) -> Float32:
    x, y = np.meshgrid(np.arange(SIDE) + 0.5, np.arange(SIDE) + 0.5)
    across = np.cos(np.radians(degrees)) * y - np.sin(np.radians(degrees)) * x
    return np.repeat((0.5 + 0.3 * np.sin(2 * np.pi / wave * across))[..., None], 3, -1).astype(np.float32)


def flat(value: float = 0.5) -> Float32:
    return np.full((SIDE, SIDE, 3), value, np.float32)


def random_strokes(count: int, seed: int, largest: float = 12) -> Strokes:
    rng = np.random.default_rng(seed)
    start = rng.uniform(0, SIDE, (count, 1, 2))
    radius = np.exp(rng.uniform(np.log(2), np.log(largest), count)).astype(np.float32)
    turn, bend = rng.uniform(0, 2 * np.pi, count), rng.uniform(-0.3, 0.3, (count, 1))
    chord = np.stack([np.cos(turn), np.sin(turn)], -1) * (radius * rng.uniform(0, 8, count))[:, None]
    control = 0.5 * chord + bend * np.stack([-chord[:, 1], chord[:, 0]], -1)
    return Strokes(
        path=np.concatenate([start, start + control[:, None], start + chord[:, None]], 1).astype(np.float32),
        pressure=rng.uniform(0.3, 1, (count, 2)).astype(np.float32),
        radius=radius,
        colour=rng.random((count, 3), np.float32),
        brush=np.zeros(count, np.int32),
        layer=rng.integers(0, 2, count, np.int32),
        size=(SIDE, SIDE),
        brushes=("oil",),
        layers=("one", "two"),
    )


@given(st.floats(-90, 90), st.floats(-90, 90))
@settings(max_examples=25)
def test_the_angle_between_strokes_and_stripes(stripe: float, stroke: float) -> None:
    apart = abs((stripe - stroke + 90) % 180 - 90)
    assert measure_strokes(stripes(stripe), at_angle(stroke, 20, 3)).angle == pytest.approx(apart, abs=4)


def test_strokes_in_any_direction_are_at_45_degrees_and_so_is_no_form() -> None:
    parts = [at_angle(degrees, 20, 3, 5) for degrees in range(0, 180, 3)]
    assert measure_strokes(stripes(30), Strokes.concatenate(parts)).angle == pytest.approx(45, abs=1)
    assert measure_strokes(flat(), at_angle(0, 20, 3)).angle == 45


def test_clear_form_counts_more_than_faint_form() -> None:
    target = np.concatenate([stripes(0)[: SIDE // 2], 0.5 + 0.02 * (stripes(90)[: SIDE // 2] - 0.5)])
    assert measure_strokes(target, laid((20, 32, 100, 32, 3), (20, 96, 100, 96, 3))).angle < 10


def test_dots_have_no_direction() -> None:
    across = at_angle(90, 5, 3)
    assert measure_strokes(stripes(0), across).dots == 1 and measure_strokes(stripes(0), across).angle == 45
    both = Strokes.concatenate([across, at_angle(0, 20, 3, 20)])
    assert measure_strokes(stripes(0), both).dots == 0.75 and measure_strokes(stripes(0), both).angle < 3


def test_length_by_width_is_the_median() -> None:
    assert (
        measure_strokes(flat(), laid((10, 10, 40, 10, 5), (10, 50, 90, 50, 10), (10, 90, 10, 90, 2))).length_by_width
        == 3
    )


def test_no_strokes_have_no_faults() -> None:
    assert measure_strokes(flat(), laid()) == StrokeMetrics(0, 45, 0, 0, 0, 0)


def test_a_sliver_is_a_line_where_the_picture_has_none() -> None:
    thin, thick, short = (30, 0.5), (30, 3), (3, 0.5)
    target = stripes(0, 8)

    def slivers(degrees: float, length: float, radius: float, target: Float32 = target) -> float:
        return measure_strokes(target, at_angle(degrees, length, radius, 8)).slivers

    assert slivers(90, *thin) == 1 and slivers(60, *thin) == 1
    assert slivers(0, *thin, flat()) == 1
    assert slivers(0, *thin) == slivers(90, *thick) == slivers(90, *short) == 0


def with_spots(target: Float32, value: float, side: int = 3) -> tuple[Float32, Strokes]:
    """A target with twelve square spots, and a stroke on each that has its colour."""
    target, lines = target.copy(), []
    for index in range(12):
        x, y = 20 + 28 * (index % 4), 30 + 30 * (index // 4)
        target[y : y + side, x : x + side] = value
        middle = side / 2
        lines.append((x + middle - 0.5, y + middle, x + middle + 0.5, y + middle, middle))
    return target, laid(*lines, colour=(value, value, value))


def test_a_speck_stands_out_from_calm_surroundings() -> None:
    def specks(target: Float32, strokes: Strokes) -> float:
        return measure_strokes(target, strokes).specks

    assert specks(*with_spots(flat(), 0.9)) == specks(*with_spots(flat(), 0.3)) == 1
    assert specks(*with_spots(flat(), 0.52)) == 0, "of about the colour around it"
    assert specks(*with_spots(flat(), 0.9, 27)) == 0, "large"
    assert specks(*with_spots(stripes(0, 6), 0.9)) == 0, "among others of its kind"
    lines = laid(*[(20 + 30 * i, 20 + 30 * j, 40 + 30 * i, 20 + 30 * j, 1) for i in range(3) for j in range(3)])
    assert specks(flat(), lines) == 0, "long"
    target, spots = with_spots(flat(), 0.9)
    over = laid((0, 64, SIDE, 64, 64), colour=(0.5, 0.5, 0.5))
    assert find_specks(target, Strokes.concatenate([spots, over])).sum() == 12
    assert specks(target, Strokes.concatenate([spots, over])) == 0, "hidden"


def test_what_lies_on_top_hides_what_lies_below() -> None:
    line = (20.0, 64.0, 100.0, 64.0, 6.0)
    wide, half = (10.0, 64.0, 110.0, 64.0, 12.0), (60.0, 20.0, 60.0, 60.0, 0.5)
    np.testing.assert_allclose(visible_shares(laid(line)), [1])
    np.testing.assert_allclose(visible_shares(laid(line, wide)), [0, 1])
    assert visible_shares(laid(wide, line))[0] == pytest.approx(
        1 - (80 * 12 + 36 * np.pi) / (100 * 24 + 144 * np.pi), abs=0.04
    )
    np.testing.assert_allclose(visible_shares(laid(line, wide, layer=[1, 0])), visible_shares(laid(wide, line))[::-1])
    assert visible_shares(laid(line, half))[0] > 0.95
    assert measure_strokes(flat(), laid(line, line)).covered == 0.5
    assert measure_strokes(flat(), laid(line, wide, layer=[1, 0])).covered == 0
    off = (200.0, 200.0, 240.0, 200.0, 5.0)
    np.testing.assert_allclose(visible_shares(laid(off, line)), [0, 1])


def test_given_shares_are_taken() -> None:
    target, spots = with_spots(flat(), 0.9)
    seen = np.array([0.05] * 9 + [0.1] * 3)
    looks = measure_strokes(target, spots, visible=seen)
    assert looks.covered == 0.75 and looks.specks == 0.25


def test_visible_shares_are_those_of_real_paint() -> None:
    shades = np.linspace(0, 1, 4)
    colours = np.stack(np.meshgrid(shades, shades, shades), -1).reshape(-1, 3)[:40].astype(np.float32)
    brush = [read_myb(find_brush("oil").path)]
    guessed, shares = list[float](), list[float]()
    for seed in range(1, 6):
        strokes = random_strokes(40, seed, largest=16)
        strokes = replace(strokes, colour=colours, layer=np.zeros(40, np.int32))
        guessed.extend(visible_shares(strokes))
        final = lay_strokes(strokes, brush)[0].pixels.astype(int)
        for index in range(40):
            alone = lay_strokes(strokes[index : index + 1], brush)[0].pixels[..., 3] > 127
            same = np.abs(final[..., :3] - np.rint(255 * colours[index])).max(-1) < 42
            shares.append((same & alone).sum() / max(alone.sum(), 1))
    assert np.abs(np.subtract(guessed, shares)).mean() < 0.1
    assert np.corrcoef(guessed, shares)[0, 1] > 0.83


Turn = Callable[[Float32], Float32]
LARGE = 256  # pixels


@pytest.mark.parametrize(
    ("turn_picture", "turn_points"),
    [
        (np.rot90, lambda p: np.stack([p[..., 1], LARGE - p[..., 0]], -1)),
        (np.fliplr, lambda p: np.stack([LARGE - p[..., 0], p[..., 1]], -1)),
        (np.flipud, lambda p: np.stack([p[..., 0], LARGE - p[..., 1]], -1)),
        (lambda t: np.kron(t, np.ones((2, 2, 1), np.float32)), None),
    ],
    ids=["turned", "mirrored", "upside down", "twice as large"],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_turned_mirrored_or_enlarged_a_painting_looks_the_same(
    turn_picture: Turn, turn_points: Turn | None, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    blocks = np.kron(rng.random((16, 16, 3), np.float32) ** 4, np.ones((16, 16, 1), np.float32))
    strokes = random_strokes(300, seed).scaled((LARGE, LARGE))
    # A few of them thin or small, so that there is something to find.
    strokes = replace(strokes, radius=np.where(rng.random(300) < 0.5, 1.2, strokes.radius).astype(np.float32))
    looks = measure_strokes(blocks, strokes)
    assert looks.slivers > 0.05 and looks.covered > 0.05
    if turn_points:
        turned = replace(strokes, path=np.ascontiguousarray(turn_points(strokes.path)))
    else:
        turned = strokes.scaled((2 * LARGE, 2 * LARGE))
    again = measure_strokes(turn_picture(blocks), turned)
    np.testing.assert_allclose(again.length_by_width, looks.length_by_width, rtol=1e-4)
    assert again.angle == pytest.approx(looks.angle, abs=1.5)
    # A few of the strokes are at a limit, where rounding decides.
    np.testing.assert_allclose(astuple(again)[2:], astuple(looks)[2:], atol=12 / 300)

"""Strokes at the border between things that move apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Float32, Pixels
from dreambrush.bezier import PATH, PRESSURES, path_nodes
from dreambrush.film.borders import SHORTEST, as_wholes, own_ways, shortened, shown, torn
from dreambrush.film.flow import backward
from dreambrush.painter.sketch import Sketch

HEIGHT, WIDTH, PIECES = 48, 64, 16
RED, BLUE = (0.9, 0.1, 0.1), (0.1, 0.1, 0.9)
UP, DOWN = (0.0, -6.0), (0.0, 6.0)


def halves(left: tuple[float, ...], right: tuple[float, ...], middle: int = WIDTH // 2) -> Float32:
    """(h, w, channels) of which each half has its own value."""
    picture = np.empty((HEIGHT, WIDTH, len(left)), np.float32)
    picture[:, :middle], picture[:, middle:] = left, right
    return picture


def frame(middle: int = WIDTH // 2) -> Pixels:
    """Red on the left, blue on the right."""
    return np.rint(255 * halves(RED, BLUE, middle)).astype(np.uint8)


def line(begin: float, end: float, colour: tuple[float, ...], y: float = 24.0) -> Sketch:
    """A level stroke whose pressure falls from 0.8 to 0.4."""
    stroke = np.array([[begin, y, (begin + end) / 2, y, end, y, 0.8, 0.4, 2]], np.float32)
    return Sketch(stroke, np.array([colour], np.float32), np.zeros(1, np.int64))


def carried(sketch: Sketch, flow: Float32, before: Pixels) -> Float32:
    nodes = path_nodes(sketch.strokes, PIECES)
    ways = np.array([[flow[round(float(y)), round(float(x))] for x, y in each] for each in nodes], np.float32)
    return as_wholes(sketch, nodes, ways, backward(flow), before)


@pytest.mark.parametrize("colour", [RED, BLUE])
def test_a_stroke_goes_as_a_whole_with_what_has_its_colour_and_ends_at_the_border(colour: tuple[float, ...]) -> None:
    """Most of it lies on the other thing, so that it is the colour that tells, not the number of nodes."""
    red = colour == RED
    before = line(26, 46, RED) if red else line(18, 38, BLUE)
    after = carried(before, halves(UP, DOWN), frame())[0]
    assert after[[1, 3, 5]] == pytest.approx(before.strokes[0, [1, 3, 5]] + (UP if red else DOWN)[1], abs=1e-4)
    # The node nearest to the border may be on either side of it.
    kept = (26, 32) if red else (32, 38)
    assert after[[0, 4]] == pytest.approx(kept, abs=2.0)
    # Nothing is shifted along the stroke, and the pressure at each place is as it was.
    pressure = np.interp(after[[0, 4]], before.strokes[0, [0, 4]], [0.8, 0.4])
    assert after[PRESSURES] == pytest.approx(pressure, abs=1e-4)


def test_paint_of_a_still_ground_is_not_dragged_by_what_passes_over_it() -> None:
    ground, thing = line(10, 40, RED), line(36, 56, BLUE)
    flow, picture = halves((0.0, 0.0), (-4.0, 0.0)), frame()
    assert carried(ground, flow, picture)[0, [0, 1]] == pytest.approx([10, 24])
    after = carried(ground, flow, picture)[0]
    assert after[[1, 3, 5]].tolist() == [24, 24, 24] and 26 < after[4] < 34  # it ends where the other thing begins
    assert np.allclose(carried(thing, flow, picture)[0, PATH], thing.strokes[0, PATH] - [4, 0] * 3)


@given(st.integers(0, 99), st.floats(0, 0.4), st.floats(0.6, 1))
def test_a_part_lies_on_the_path(seed: int, begin: float, end: float) -> None:
    rng = np.random.default_rng(seed)
    strokes = np.concatenate([rng.uniform(8, 40, (1, 6)), rng.uniform(0.2, 1, (1, 2)), [[2]]], 1).astype(np.float32)
    steps = np.linspace(0, 1, PIECES + 1)
    strange = (steps < begin) | (steps > end)
    # The motion is strange where the nodes are: a picture of one row in which each node has a pixel of its own.
    back = np.zeros((HEIGHT, PIECES + 9, 2), np.float32)
    back[:, 4:-4][:, strange] = 9
    places = np.stack([np.arange(4, PIECES + 5), np.full(PIECES + 1, 9)], -1)[None].astype(np.float32)
    short = shortened(strokes, places, np.zeros((1, 2), np.float32), np.ones((1, PIECES + 1), np.float32), back)
    good = np.flatnonzero(~strange)
    t0, t1 = max((good[0] - 0.5) / PIECES, 0), min((good[-1] + 0.5) / PIECES, 1)
    fine = path_nodes(strokes, 3200)[0]
    for t, node in zip(np.linspace(t0, t1, 9), path_nodes(short, 8)[0], strict=True):
        assert np.allclose(node, fine[round(3200 * t)], atol=0.05)
    assert np.allclose(short[0, PRESSURES], np.interp([t0, t1], [0, 1], strokes[0, PRESSURES]), atol=1e-5)


def test_a_stroke_that_is_hardly_left_stays_whole() -> None:
    """What harms is taken away by those who judge the picture."""
    strokes = line(4, 60, RED).strokes
    nodes = path_nodes(strokes, PIECES)
    back = np.full((HEIGHT, WIDTH, 2), 9, np.float32)
    back[:, 30:34] = 0  # one node alone
    assert 1 / PIECES < SHORTEST
    seen = np.ones((1, PIECES + 1), np.float32)
    assert np.array_equal(shortened(strokes, nodes, np.zeros((1, 2), np.float32), seen, back), strokes)


def test_beyond_the_edge_of_the_frame_nothing_is_cut() -> None:
    strokes = line(-20, 40, RED).strokes
    nodes = path_nodes(strokes, PIECES)
    back = np.zeros((HEIGHT, WIDTH, 2), np.float32)
    back[:, :2] = 9
    seen = np.ones((1, PIECES + 1), np.float32)
    assert np.array_equal(shortened(strokes, nodes, np.zeros((1, 2), np.float32), seen, back), strokes)


def test_the_way_of_most_that_is_seen_counts() -> None:
    ways = np.zeros((2, 5, 2), np.float32)
    ways[:, :2] = 5
    seen = np.array([[1, 1, 0.1, 0.1, 0.1], [1, 1, 1, 1, 1]], np.float32)
    assert own_ways(ways, seen).tolist() == [[5, 5], [0, 0]]
    assert torn(ways).tolist() == [0, 1] and torn(np.full((2, 5, 2), 3, np.float32)).tolist() == []


def test_what_is_seen_has_the_colour_of_the_frame() -> None:
    nodes = path_nodes(line(8, 56, RED).strokes, PIECES)
    seen = shown(nodes, np.array([RED], np.float32), frame())
    assert (seen[0, :6] > 0.9).all() and (seen[0, -6:] < 0.01).all() and (seen > 0).all()

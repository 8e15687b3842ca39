from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Float32
from dreambrush.bezier import path_nodes
from dreambrush.dream.dream import Dream
from dreambrush.dream.wet import lays_own
from dreambrush.kernel.library import LEVELS, NONE, compiled, using
from dreambrush.models.catalogue import find_brush, read_card, shipped_folder
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.lay.layer_canvas import LayerCanvas, Tool
from dreambrush.painter.refine.fragments import (
    PIECES,
    Fragments,
    Grid,
    all_cells,
    draw,
    enumerated,
    find_fragments,
    some_cells,
)

if TYPE_CHECKING:
    from tests.painter.conftest import Sketches

SIDE = 48
SHIPPED = sorted(
    path.stem
    for path in shipped_folder("brushes").glob("*.myb")
    if lays_own(read_card(shipped_folder("pretrained") / path.stem))
)
BLACK = np.zeros(3, np.float32)


def reach_of(count: int, reach: float = 1.1) -> Float32:
    return np.full(count, reach, np.float32)


def distances(stroke: Float32, points: Float32) -> Float32:
    """Of points (n, 2) from a path, by a polyline that is finer than the one under test."""
    nodes = path_nodes(stroke[None], 200)[0]
    apart: Float32 = np.sqrt(((points[:, None] - nodes) ** 2).sum(-1).min(1))
    return apart


def paint_of(name: str, strokes: Float32) -> tuple[Float32, Float32]:
    """Real alpha (k, SIDE * SIDE) of strokes, each on a canvas of its own; and what of it lies beyond the cover."""
    brush = find_brush(name)
    pairs = find_fragments(
        strokes, reach_of(len(strokes), Dream(brush.dream_folder()).reach), all_cells(SIDE, SIDE, 1.0)
    )
    hand = Tool(read_myb(brush.path))
    alpha = np.zeros((len(strokes), SIDE * SIDE), np.float32)
    for index, stroke in enumerate(strokes):
        sheet = LayerCanvas(SIDE, SIDE)
        sheet.paint(hand, stroke[:6].reshape(3, 2), stroke[6:8], float(stroke[8]), BLACK, index)
        alpha[index] = sheet.canvas.read8()[..., 3].ravel() / np.float32(255)
    beyond = alpha.copy()
    beyond[pairs.stroke_id, pairs.cell_id] = 0
    return alpha, beyond


@pytest.mark.parametrize("name", SHIPPED)
def test_the_paint_of_real_strokes_lies_in_the_cover(name: str, random_sketch: Sketches) -> None:
    alpha, beyond = paint_of(name, random_sketch(80, SIDE, seed=2).strokes)
    share = 0.01 if name == "charcoal" else 0.002  # its grain scatters: single grains lie far out
    assert alpha.sum() > 80 and beyond.sum() < share * alpha.sum()


@pytest.mark.parametrize("name", ["oil", "ink", "knife"])  # those without random dabs
def test_not_even_a_rim_of_strokes_lies_beyond(name: str, random_sketch: Sketches) -> None:
    strokes = random_sketch(80, SIDE, seed=2).strokes
    assert paint_of(name, strokes)[1].max() < 0.1


@pytest.mark.parametrize("cell", [1.0, 4.0])
def test_what_is_near_and_nothing_else(random_sketch: Sketches, cell: float) -> None:
    side = int(64 / cell)
    strokes = random_sketch(30, 64, seed=3).strokes
    grid = all_cells(side, side, cell)
    pairs = find_fragments(strokes, reach_of(30), grid)
    for index, stroke in enumerate(strokes):
        there = pairs.cell_id[pairs.starts[index] : pairs.starts[index + 1]]
        paint = stroke[8] * 1.1
        # Distances are taken from a polyline, from which the path bends away by this much at most.
        bulge = np.hypot(*(stroke[0:2] - 2 * stroke[2:4] + stroke[4:6])) / (4 * PIECES**2)
        apart = distances(stroke, grid.points)
        assert np.isin(np.flatnonzero(apart < paint), there).all()
        assert (apart[there] < 1.15 * paint + 1.5 + 2 * bulge).all()


def test_pairs_are_what_they_say(random_sketch: Sketches) -> None:
    strokes = random_sketch(12, SIDE, seed=4).strokes
    strokes[5, :6] += 1000  # this one is nowhere near
    grid = all_cells(SIDE, SIDE, 1.0)
    pairs = find_fragments(strokes, reach_of(12), grid)
    assert len(pairs) == pairs.starts[-1] == pairs.counts.sum() and pairs.counts[5] == 0
    assert np.array_equal(pairs.stroke_id, np.repeat(np.arange(12), pairs.counts))
    assert np.array_equal(pairs.points, grid.points[pairs.cell_id])
    for index in range(12):
        alone = find_fragments(strokes[index : index + 1], reach_of(1), grid)
        part = slice(pairs.starts[index], pairs.starts[index + 1])
        assert np.array_equal(pairs.cell_id[part], alone.cell_id)
        assert len(set(alone.cell_id)) == len(alone)


def test_each_brush_has_its_own_reach(random_sketch: Sketches) -> None:
    stroke = random_sketch(1, SIDE).strokes
    pairs = find_fragments(np.repeat(stroke, 2, 0), np.array([0.6, 2.0], np.float32), all_cells(SIDE, SIDE, 1.0))
    assert pairs.counts[0] < pairs.counts[1]


def test_no_strokes_cover_nothing() -> None:
    pairs = find_fragments(np.zeros((0, 9), np.float32), reach_of(0), all_cells(3, 5, 1.0))
    assert len(pairs) == 0 and pairs.starts.tolist() == [0] and len(pairs.counts) == 0


def test_thinner_grids_cover_the_same_places(random_sketch: Sketches) -> None:
    strokes = random_sketch(12, SIDE, seed=5).strokes
    whole = all_cells(SIDE + 3, SIDE, 1.0)
    pairs = find_fragments(strokes, reach_of(12), whole)
    some = some_cells(SIDE + 3, SIDE, 1.0, 4, np.random.default_rng(0))
    thin = find_fragments(strokes, reach_of(12), some)
    for index in range(12):
        there = whole.cells[pairs.cell_id[pairs.starts[index] : pairs.starts[index + 1]]]
        found = some.cells[thin.cell_id[thin.starts[index] : thin.starts[index + 1]]]
        assert set(found) == set(there) & set(some.cells)


def test_every_cell_by_its_centre() -> None:
    grid = all_cells(2, 3, 4.0)
    assert grid.cells.tolist() == [0, 1, 2, 3, 4, 5] and grid.share == 1 and grid.across == 3
    assert grid.points.tolist() == [[2, 2], [6, 2], [10, 2], [2, 6], [6, 6], [10, 6]]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 9), st.integers(0, 1000))
def test_one_cell_of_each_square(height: int, width: int, step: int, seed: int) -> None:
    grid = some_cells(height, width, 2.0, step, np.random.default_rng(seed))
    row, column = np.divmod(grid.cells, width)
    down, across = -(-height // step), -(-width // step)
    assert (row < height).all()
    assert np.array_equal(row // step * across + column // step, np.arange(down * across))
    assert grid.across == across and grid.size == 2 * step
    assert np.array_equal(grid.points, np.stack([2 * column + 1, 2 * row + 1], -1).astype(np.float32))
    assert grid.share == 1 / step**2 and ((grid.parts > 0) & (grid.parts <= 1)).all()
    assert grid.parts.sum() * step**2 == pytest.approx(height * width, rel=1e-5)


def mean_of(height: int, width: int, step: int, worth: Float32) -> float:
    """What one takes a sum over all cells for, looking at some, on the mean over many lots."""
    rng = np.random.default_rng(1)
    lots: list[Grid] = [some_cells(height, width, 1.0, step, rng) for _ in range(4000)]
    return float(np.mean([(worth[lot.cells] * lot.parts).sum() / lot.share for lot in lots]))


def test_some_cells_stand_for_all() -> None:
    worth = np.random.default_rng(0).random(8 * 12).astype(np.float32) ** 4
    assert mean_of(8, 12, 4, worth) == pytest.approx(worth.sum(), rel=0.02)


def test_some_cells_stand_for_all_of_a_picture_that_is_no_multiple_of_squares() -> None:
    worth = np.zeros((9, 9), np.float32)
    worth[:, 8] = 1
    assert mean_of(9, 9, 4, worth.ravel()) == pytest.approx(9, rel=0.05)


def test_counting_up() -> None:
    stroke_id, index = enumerated(np.array([2, 0, 3]))
    assert stroke_id.tolist() == [0, 0, 2, 2, 2] and index.tolist() == [0, 1, 0, 1, 2]


@pytest.mark.parametrize("at_once", [1, 300, 5000])
def test_the_same_pairs_however_many_are_looked_at_together(
    at_once: int, random_sketch: Sketches, monkeypatch: pytest.MonkeyPatch
) -> None:
    strokes = random_sketch(40, SIDE, seed=3).strokes
    strokes[5:9, :6] += 9 * SIDE  # far off the canvas
    strokes[-1, :6] -= 9 * SIDE
    for some in (strokes, strokes[:1], strokes[:0]):
        whole = find_fragments(some, reach_of(len(some)), all_cells(SIDE, SIDE, 1.0))
        with monkeypatch.context() as patch:
            patch.setattr("dreambrush.painter.refine.fragments.AT_ONCE", at_once)
            parts = find_fragments(some, reach_of(len(some)), all_cells(SIDE, SIDE, 1.0))
        for name in ("cell_id", "stroke_id", "points", "starts"):
            one, other = getattr(whole, name), getattr(parts, name)
            assert one.dtype == other.dtype and np.array_equal(one, other), name
    assert len(find_fragments(strokes, reach_of(40), all_cells(SIDE, SIDE, 1.0))) > at_once


@pytest.mark.skipif(compiled() is None, reason="there is no compiled kernel here")
def test_the_kernel_draws_what_numpy_draws() -> None:
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 60, 40)
    starts = np.concatenate([[0], np.cumsum(counts)])
    n = int(starts[-1])
    stroke_id = np.repeat(np.arange(40), counts)
    fragments = Fragments(rng.integers(0, 999, n), stroke_id, rng.random((n, 2)).astype(np.float32), starts)
    says = (rng.random(n) ** 4 * (stroke_id % 7 > 0)).astype(np.float32)  # some strokes say nothing
    drawn = []
    for name in (NONE, LEVELS[0]):
        with using(name):
            drawn.append(draw(fragments, says, 2.0, np.random.default_rng(1)))
    (one, which, heavier), (other, also, heavy) = drawn
    assert np.array_equal(which, also) and np.array_equal(heavier, heavy)
    for name in ("cell_id", "stroke_id", "points", "starts"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert 0.1 < len(which) / n < 0.6


def test_what_is_drawn_stands_for_all() -> None:
    rng = np.random.default_rng(2)
    n = 400
    fragments = Fragments(np.arange(n), np.zeros(n, np.int64), np.zeros((n, 2), np.float32), np.array([0, n]))
    value, says = rng.normal(1, 1, n), rng.uniform(0.2, 1, n).astype(np.float32)
    sums = []
    for _ in range(400):
        _, which, heavier = draw(fragments, says, 2.0, rng)
        sums.append((value[which] * heavier).sum())
    assert np.mean(sums) == pytest.approx(value.sum(), rel=0.05)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dreambrush.painter.refine.compositing import gradients
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.fragments import some_cells
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.see.cells import cell_for, reduced
from dreambrush.painter.sketch import Sketch

if TYPE_CHECKING:
    from tests.painter.conftest import Painted, Pictures, Sketches

SIDE = 64
PAPER = np.full((SIDE, SIDE, 3), 0.8, np.float32)


def pool(picture: np.ndarray, cell: int) -> np.ndarray:
    """Means of cells, one by one."""
    rows = [
        [picture[y : y + cell, x : x + cell].mean((0, 1)) for x in range(0, picture.shape[1], cell)]
        for y in range(0, picture.shape[0], cell)
    ]
    return np.array(rows)


@given(st.integers(1, 20), st.integers(1, 20), st.sampled_from([1, 2, 4, 8]), st.booleans())
def test_reduced_pictures_are_means_of_cells(height: int, width: int, cell: int, coloured: bool) -> None:
    shape = (height, width, 3) if coloured else (height, width)
    picture = np.random.default_rng(height * 100 + width).random(shape).astype(np.float32)
    small = reduced(picture, cell)
    assert small.dtype == np.float32 and small.flags.c_contiguous
    np.testing.assert_allclose(small, pool(picture, cell), atol=1e-6)


def test_cells_grow_with_the_picture_and_shrink_with_the_strokes() -> None:
    sides, counts = (1, 40, 256, 500, 1000, 2000, 4000), (1, 100, 1000, 5000, 50000)
    cells = np.array([[cell_for(side, side, count) for count in counts] for side in sides])
    assert (np.exp2(np.rint(np.log2(cells))) == cells).all()
    assert (np.diff(cells, axis=0) >= 0).all() and (np.diff(cells, axis=1) <= 0).all()
    assert (cells[:3] == 1).all() and cells.max() > 4
    for side, row in zip(sides, cells, strict=True):
        for count, cell in zip(counts, row, strict=True):
            assert cell == 1 or (side / cell) ** 2 >= 50 * count


@pytest.mark.parametrize("cell", [1, 2])
def test_what_is_dreamt_is_what_is_painted(
    oil: Dreams, random_sketch: Sketches, painted: Painted, astronaut: Pictures, tmp_path: Path, cell: int
) -> None:
    sketch, target = random_sketch(30, SIDE, seed=1), astronaut(SIDE)
    real = painted(sketch, PAPER)
    scene = Scene(target, oil, lambda constrain: constrain, cell)
    view = scene.view(sketch, reduced(PAPER, cell).reshape(-1, 3))
    small = reduced(real, cell)
    dream = view.composite.canvas.reshape(small.shape)
    Image.fromarray(np.rint(np.hstack([small, dream]) * 255).astype(np.uint8)).save(tmp_path / "real-dream.png")
    assert np.abs(dream - small).mean() < {1: 0.015, 2: 0.04}[cell], f"see {tmp_path / 'real-dream.png'}"
    assert view.error == pytest.approx(np.square(small - reduced(target, cell)).sum(), rel=0.05 * cell)
    assert scene.mean_squared(view.error) == pytest.approx(view.error / small.size)


def test_several_brushes_in_one_view(dreams: Dreams, random_sketch: Sketches, painted: Painted) -> None:
    scene, paper = Scene(PAPER, dreams, lambda constrain: constrain), PAPER.reshape(-1, 3)
    apart, mixed_up, expected, found = [], [], [], []
    for seed in range(6):  # one heap of strokes may have a splutter on top that differs from the dream's mean
        sketch = random_sketch(30, SIDE, seed=10 + seed, brushes=3)
        view, real = scene.view(sketch, paper), painted(sketch, PAPER).reshape(-1, 3)
        other = scene.view(Sketch(sketch.strokes, sketch.colours, (sketch.brush + 1) % 3), paper)
        apart.append(np.abs(view.composite.canvas - real).mean())
        mixed_up.append(np.abs(other.composite.canvas - real).mean())
        expected.append(view.error)
        found.append(np.square(real - 0.8).sum())
    assert np.mean(apart) < 0.05
    assert sum(expected) == pytest.approx(sum(found), rel=0.1)
    assert sum(mixed_up) / sum(apart) > 1.2


@pytest.mark.parametrize("step", [1, 2])
def test_cells_out_of_reach_may_be_left_out(oil: Dreams, random_sketch: Sketches, step: int) -> None:
    """What is left is the same to the bit."""
    sketch = random_sketch(3, SIDE, seed=4)
    sketch.strokes[:, 8] = 2  # thin
    scene, paper = Scene(PAPER * np.float32(0.5), oil, lambda constrain: constrain), PAPER.reshape(-1, 3)
    grid = some_cells(SIDE, SIDE, 1, step, np.random.default_rng(0))
    whole, touched = scene.view(sketch, paper, grid), scene.view_touched(sketch, paper, grid)
    assert len(touched.grid.cells) < 0.5 * len(grid.cells) and set(touched.grid.cells) <= set(grid.cells)
    kept = np.isin(grid.cells, touched.grid.cells)
    for name in ("canvas", "variance"):
        one, other = getattr(whole.composite, name), getattr(touched.composite, name)
        assert np.array_equal(one[kept], other)
    assert np.array_equal(whole.composite.canvas[~kept], np.broadcast_to(paper[0], ((~kept).sum(), 3)))
    by = [
        gradients(view.composite, view.target, view.weight, view.fragments, view.mean, view.variance)
        for view in (whole, touched)
    ]
    for name in ("grad_mean", "grad_variance", "grad_colour", "curvature"):
        assert np.array_equal(getattr(by[0], name), getattr(by[1], name)), name
    many = random_sketch(60, SIDE, seed=5)
    assert len(scene.view_touched(many, paper, grid).grid.cells) == len(grid.cells)


def test_some_cells_look_as_among_all(oil: Dreams, random_sketch: Sketches, astronaut: Pictures) -> None:
    sketch, paper = random_sketch(30, SIDE, seed=3), PAPER.reshape(-1, 3)
    scene = Scene(astronaut(SIDE), oil, lambda constrain: constrain)
    grid = scene.some(1, 1, np.random.default_rng(0))
    assert 0.1 < grid.share < 0.5
    some, whole = scene.view(sketch, paper, grid), scene.view(sketch, paper)
    assert np.abs(some.composite.canvas - whole.composite.canvas[grid.cells]).max() < 1e-5
    assert np.array_equal(some.target, scene.target[grid.cells])
    rng = np.random.default_rng(1)
    errors = [scene.view(sketch, paper, scene.some(1, 1, rng)).error for _ in range(40)]
    assert np.mean(errors) == pytest.approx(whole.error, rel=0.03)


def test_about_as_many_cells_as_wanted(oil: Dreams) -> None:
    scene = Scene(np.zeros((300, 500, 3), np.float32), oil, lambda constrain: constrain)
    rng = np.random.default_rng(0)
    for cells, strokes in ((1, 5000), (8, 3000), (16, 4000), (1000, 1000)):
        wanted = min(cells * strokes, 300 * 500)
        assert wanted / 2.5 < len(scene.some(cells, strokes, rng).cells) < 2.5 * wanted
    assert len(scene.everywhere.cells) == 300 * 500 and scene.everywhere.share == 1


def half_of(picture: np.ndarray) -> np.ndarray:
    half = np.ones(picture.shape[:2], np.float32)
    half[:, picture.shape[1] // 2 :] = 0
    return half


def test_errors_count_by_weight(oil: Dreams, random_sketch: Sketches) -> None:
    sketch, paper = random_sketch(10, SIDE, seed=4), PAPER.reshape(-1, 3)
    plain = Scene(PAPER, oil, lambda constrain: constrain)
    view = plain.view(sketch, paper)
    squares = np.square(view.composite.canvas - plain.target).sum(1).reshape(SIDE, SIDE)
    doubt = view.composite.variance.reshape(SIDE, SIDE)
    half = Scene(PAPER, oil, lambda constrain: constrain, counts=half_of(PAPER))
    error = half.view(sketch, paper).error
    assert error == pytest.approx((squares + doubt)[:, : SIDE // 2].sum(), rel=1e-4)
    assert half.mean_squared(error) == pytest.approx((squares + doubt)[:, : SIDE // 2].mean() / 3, rel=1e-4)
    assert half.canvas_error(view.composite.canvas) == pytest.approx(squares[:, : SIDE // 2].mean() / 3, rel=1e-4)
    coarse = Scene(PAPER, oil, lambda constrain: constrain, 4, half_of(PAPER))
    assert set(coarse.weight) == {0, 1} and coarse.weight.sum() == 128


def test_attention_is_for_painting_and_does_not_change_what_an_error_is(oil: Dreams, random_sketch: Sketches) -> None:
    sketch, paper = random_sketch(10, SIDE, seed=4), PAPER.reshape(-1, 3)
    plain, double = (
        Scene(PAPER, oil, lambda constrain: constrain, attention=attention)
        for attention in (None, np.full((SIDE, SIDE), 2, np.float32))
    )
    view = plain.view(sketch, paper)
    assert double.view(sketch, paper).error == pytest.approx(2 * view.error)
    assert double.canvas_error(view.composite.canvas) == plain.canvas_error(view.composite.canvas)
    both = Scene(PAPER, oil, lambda constrain: constrain, 2, half_of(PAPER), np.full((SIDE, SIDE), 3, np.float32))
    assert set(both.weight) == {0, 3} and set(both.counts) == {0, 1}


def test_the_error_of_a_canvas(oil: Dreams, astronaut: Pictures) -> None:
    target = astronaut(20)
    canvas = np.full((400, 3), 0.3, np.float32)
    found = Scene(target, oil, lambda constrain: constrain).canvas_error(canvas)
    assert found == pytest.approx(np.mean((target.reshape(-1, 3) - canvas) ** 2), rel=1e-5)


def test_no_strokes_leave_the_paper(dreams: Dreams, astronaut: Pictures) -> None:
    scene = Scene(astronaut(20), dreams, lambda constrain: constrain)
    paper = np.full((400, 3), 0.5, np.float32)
    view = scene.view(Sketch.empty(), paper)
    assert np.array_equal(view.composite.canvas, paper) and not view.composite.variance.any()
    assert view.error == pytest.approx(np.square(scene.target - 0.5).sum(), rel=1e-5)

"""Compiled code against numpy, which is the reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.arrays import Float32
from dreambrush.kernel.library import LEVELS, NONE, using
from dreambrush.painter.gain import best_colour_and_gain_at
from dreambrush.painter.refine.compositing import Composite, Gradients, compose, gradients
from dreambrush.painter.refine.fragments import Fragments, Grid, all_cells, find_fragments, some_cells
from dreambrush.painter.see.pyramid import Pyramid

ALL = (NONE, *LEVELS)  # a level that the processor lacks is the best that it has


def random_strokes(rng: np.random.Generator, count: int, side: float) -> Float32:
    parts = rng.uniform(-0.5 * side, 1.5 * side, (count, 6)), rng.random((count, 2)), rng.uniform(0.3, 9, (count, 1))
    strokes = np.concatenate(parts, 1)
    strokes[::5, :6] = np.round(strokes[::5, :6])
    strokes[::7, 2:6] = np.tile(strokes[::7, :2], 2)  # of no length
    strokes[::11, :6] *= 1e6  # far away
    return strokes.astype(np.float32)


@given(st.integers(0, 2**32), st.integers(0, 40), st.integers(1, 50), st.integers(1, 50), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_fragments_and_paint_are_the_same(seed: int, count: int, height: int, width: int, step: int) -> None:
    rng = np.random.default_rng(seed)
    cell = float(rng.choice([1, 2, 4]))
    grid = some_cells(height, width, cell, step, rng) if step > 1 else all_cells(height, width, cell)
    strokes, reach = random_strokes(rng, count, width * cell), rng.uniform(0.5, 2, count).astype(np.float32)
    found = [with_kernel(name, grid, strokes, reach, seed) for name in ALL]
    (numpy_fragments, numpy_composite, numpy_gradients), *others = found
    for fragments, composite, gradient in others:
        for one, other in zip(vars(numpy_fragments).values(), vars(fragments).values(), strict=True):
            assert one.dtype == other.dtype and np.array_equal(one, other)
        for name in ("canvas", "variance", "change", "before"):
            one, other = getattr(numpy_composite, name), getattr(composite, name)
            assert one.dtype == other.dtype
            np.testing.assert_allclose(other, one, rtol=1e-5, atol=1e-6)
        for name, one in vars(numpy_gradients).items():
            other = getattr(gradient, name)
            assert one.dtype == other.dtype
            np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-5)
    bits = {b"".join(array.tobytes() for array in (*vars(g).values(), c.canvas, c.variance)) for _, c, g in others}
    assert len(bits) == 1  # on all processors


def with_kernel(
    name: str, grid: Grid, strokes: Float32, reach: Float32, seed: int
) -> tuple[Fragments, Composite, Gradients]:
    with using(name):
        fragments, rng = find_fragments(strokes, reach, grid), np.random.default_rng(seed)
        cells, n = len(grid.cells), len(fragments)
        mean = rng.random(n, dtype=np.float32)
        variance = mean * (1 - mean) * rng.random(n, dtype=np.float32)
        canvas, target = rng.random((2, cells, 3), dtype=np.float32)
        weight, colours = rng.random(cells, dtype=np.float32), rng.random((len(strokes), 3), dtype=np.float32)
        shift = rng.normal(0, 0.1, (n, 3)).astype(np.float32) if seed % 2 else None
        before = canvas.copy()
        composite = compose(canvas, colours, fragments, mean, variance, shift)
        found = gradients(composite, target, weight, fragments, mean, variance)
        assert np.array_equal(canvas, before)
        return fragments, composite, found


@pytest.mark.parametrize("weights", [np.float32, np.float64])
def test_samples_of_a_pyramid_are_the_same(weights: type[np.float32] | type[np.float64]) -> None:
    rng = np.random.default_rng(0)
    levels = [rng.random((height, width, 9), dtype=np.float32) for height, width in ((37, 50), (19, 25), (10, 13))]
    pyramid = Pyramid(levels, 2.0, weights)
    points = rng.uniform(-20, 130, (40, 33, 2)).astype(np.float32)
    points[0] = np.round(points[0])
    level = rng.integers(0, 3, 40)
    found = []
    for name in (NONE, "baseline"):
        with using(name):
            found.append(pyramid.sample(points, level))
    assert found[0].shape == (40, 33, 9) and found[0].std() > 0.1
    assert found[0].tobytes() == found[1].tobytes()


@pytest.mark.parametrize("snapped", [False, True])
def test_colour_and_gain_are_the_same(snapped: bool) -> None:
    rng = np.random.default_rng(1)

    def snap(colours: Float32) -> Float32:
        return np.asarray(np.round(colours * 4) / 4, np.float32)

    for count in (0, 1, 7, 300):
        first, second = rng.random((2, count), dtype=np.float32)
        canvas, residual = rng.random((2, count, 3), dtype=np.float32)
        found = []
        for name in (NONE, "baseline"):
            with using(name):
                found.append(best_colour_and_gain_at(first, second, canvas, residual - 0.5, snap if snapped else None))
        (colour, gain), (other_colour, other_gain) = found
        assert other_colour.shape == (3,) and other_colour.dtype == colour.dtype == np.float32
        np.testing.assert_allclose(other_colour, colour, atol=1e-5)
        assert other_gain == pytest.approx(gain, rel=1e-3, abs=1e-3)

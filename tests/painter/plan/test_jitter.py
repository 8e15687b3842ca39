from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dreambrush.painter.plan.jitter import FARTHEST, jittered
from dreambrush.pictures.palette import Palette, from_oklab, oklab

if TYPE_CHECKING:
    from tests.painter.conftest import Sketches

ALL = slice(0, None)


def test_oklab_and_back() -> None:
    colours = np.random.default_rng(0).random((500, 3), dtype=np.float32)
    assert np.abs(from_oklab(oklab(colours)) - colours).max() < 1e-4
    beyond = from_oklab(np.array([[2.0, 0, 0], [0.5, 0.9, 0.9], [-1, 0, 0]]))
    assert np.isfinite(beyond).all() and beyond.min() >= 0 and beyond.max() <= 1


def test_colours_stray_as_far_as_wished_and_nothing_else_does(random_sketch: Sketches) -> None:
    sketch = random_sketch(800, 64)
    sketch.colours[:] = 0.5
    for jitter in (0.1, 0.3):
        strayed = jittered(sketch, ALL, jitter, seed=1)
        assert np.array_equal(strayed.strokes, sketch.strokes) and np.array_equal(strayed.brush, sketch.brush)
        apart = (oklab(strayed.colours) - oklab(sketch.colours)).std(0)
        np.testing.assert_allclose(apart, jitter * FARTHEST, rtol=0.2)
    assert np.abs(jittered(sketch, ALL, 0.0, seed=1).colours - sketch.colours).max() < 1e-4


def test_how_far_a_stroke_strays_depends_on_its_number_and_the_seed(random_sketch: Sketches) -> None:
    sketch = random_sketch(30, 64)
    whole = jittered(sketch, ALL, 0.5, seed=3).colours
    part = jittered(sketch, slice(10, 20), 0.5, seed=3).colours
    assert np.array_equal(part[10:20], whole[10:20])
    assert np.array_equal(part[:10], sketch.colours[:10]) and np.array_equal(part[20:], sketch.colours[20:])
    assert np.array_equal(jittered(sketch[:20], ALL, 0.5, seed=3).colours, whole[:20])
    assert not np.array_equal(jittered(sketch, ALL, 0.5, seed=4).colours, whole)
    assert len(jittered(sketch[:0], ALL, 0.5, seed=3)) == 0


def test_with_a_palette_it_is_a_dither(random_sketch: Sketches) -> None:
    sketch = random_sketch(2000, 64)
    sketch.colours[:] = 0.5  # midway in lightness would be about 0.39
    black_and_white = Palette(np.array([[0, 0, 0], [255, 255, 255]], np.uint8)).snapped
    colours = jittered(sketch, ALL, 1.0, 0, black_and_white).colours
    white = float((colours == 1).all(1).mean())
    assert set(np.unique(colours).tolist()) == {0.0, 1.0} and 0.5 < white < 0.95

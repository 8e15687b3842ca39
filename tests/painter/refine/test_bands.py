"""Strokes that mix like pigment, dreamt and painted: what is expected, and how the error follows back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.dream.pigment import Pigment
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.geometry import constrained
from dreambrush.painter.lay.easel import Easel
from dreambrush.painter.lay.layer_canvas import Tool
from dreambrush.painter.refine.descent import refine
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.sketch import Sketch

SIDE, EOTF = 64, 2.2
GROUND = np.array([203, 170, 150], np.uint8)


@contextmanager
def scene_of(brush: str, pigment: bool = True, target: Float32 | None = None) -> Iterator[Scene]:
    paper = np.broadcast_to(GROUND / np.float32(255), (SIDE * SIDE, 3)).astype(np.float32)
    target = paper.reshape(SIDE, SIDE, 3) if target is None else target
    with Dreams([find_brush(brush).dream_folder()], cores=1) as dreams:

        def within(strokes: Float32) -> Float32:
            return constrained(strokes, SIDE, SIDE, 0.9, SIDE / 4)

        yield Scene(target, dreams, within, base=paper, pigment=Pigment(EOTF) if pigment else None)


def sketch_of(count: int, seed: int) -> Sketch:
    rng = np.random.default_rng(seed)
    path, pressure = rng.uniform(0, SIDE, (count, 6)), rng.uniform(0.3, 1, (count, 2))
    strokes = np.concatenate([path, pressure, rng.uniform(3, 10, (count, 1))], 1).astype(np.float32)
    return Sketch(strokes, rng.random((count, 3), np.float32), np.zeros(count, np.int64))


def real_of(brush: str, sketch: Sketch) -> Float32:
    easel = Easel(SIDE, SIDE, GROUND, [Tool(read_myb(find_brush(brush).path), pigment=True)], ("Paint",), True)
    easel.lay(sketch, np.zeros(len(sketch), np.int64))
    return easel.seen((0, 0, SIDE, SIDE)).reshape(-1, 3)


@pytest.mark.parametrize("brush", ["watercolour", "wash", "charcoal", "wet-oil"])
def test_pigment_is_dreamt_as_it_is_painted(brush: str) -> None:
    """Nearer than paint that mixes as it is shown, and what is expected of the error is found."""
    expected, found, errors = 0.0, 0.0, np.zeros(2)
    for seed in range(4):
        sketch = sketch_of(25, seed)
        real = real_of(brush, sketch)
        for number, pigment in enumerate((True, False)):
            with scene_of(brush, pigment) as scene:
                view = scene.view(sketch, scene.base)
            errors[number] += np.square(view.canvas - real).mean()
            if pigment:
                expected += view.error
                found += float(np.square(real - scene.target).sum())
    assert errors[0] < {"watercolour": 0.35, "wash": 0.65, "charcoal": 0.8, "wet-oil": 0.95}[brush] * errors[1], errors
    assert expected == pytest.approx(found, rel=0.12)


def test_a_bare_canvas_stays_as_it_is() -> None:
    with scene_of("oil") as scene:
        view = scene.view(Sketch.empty(), scene.base)
    assert view.canvas == pytest.approx(scene.base, abs=1e-4)
    assert view.error == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("brush", ["watercolour", "wet-oil"])
def test_the_error_falls_with_the_gradient_of_the_colours(brush: str) -> None:
    target = np.random.default_rng(9).random((SIDE, SIDE, 3), np.float32)
    sketch = sketch_of(6, 1)
    with scene_of(brush, target=target) as scene:
        view = scene.view(sketch, scene.base)
        by = view.gradients().grad_colour
        slopes = np.empty_like(by)
        for stroke, channel in np.ndindex(*by.shape):
            ends = []
            for sign in (1, -1):
                colours = sketch.colours.copy()
                colours[stroke, channel] += sign * 0.01
                ends.append(scene.view(Sketch(sketch.strokes, colours, sketch.brush), scene.base).error)
            slopes[stroke, channel] = (ends[0] - ends[1]) / 0.02
    steep = abs(slopes) > 0.1 * abs(slopes).max()
    assert steep.sum() >= 6
    assert (by[steep] * slopes[steep] > 0).all()


@pytest.mark.parametrize("brush", ["watercolour", "wash"])
def test_refining_lowers_the_real_error(brush: str) -> None:
    rows = np.linspace(0, 1, SIDE, dtype=np.float32)
    target = np.stack([np.tile(rows, (SIDE, 1)), np.tile(rows[:, None], (1, SIDE)), np.full((SIDE, SIDE), 0.3)], -1)
    sketch = sketch_of(40, 2)
    with scene_of(brush, target=target.astype(np.float32)) as scene:
        better = refine(scene, sketch, scene.base, 30, np.random.default_rng(0))
        before, after = (scene.canvas_error(real_of(brush, each)) for each in (sketch, better))
        expected = scene.mean_squared(scene.view(better, scene.base).error)
    assert after < 0.5 * before
    assert expected == pytest.approx(after, rel=0.25)


def test_only_what_is_painted_is_picked_up() -> None:
    """The first stroke on a bare canvas finds nothing, also on the real one; one over opaque paint finds all."""
    path = np.array([10, 32, 32, 32, 54, 32, 0.9, 0.9, 6], np.float32)
    sketch = Sketch(np.stack([path] * 6), np.full((6, 3), 0.2, np.float32), np.zeros(6, np.int64))
    with scene_of("wet-oil") as scene:
        real = real_of("wet-oil", Sketch.empty())
        for canvas in (scene.base, real):
            view = scene.view(sketch, canvas)
            assert view.plain is not None and view.pickup is not None
            plain, cover = view.plain
            first, last = view.fragments.stroke_id == 0, view.fragments.stroke_id == 5
            assert not cover[first].any() and cover[last].min() > 0.6
            assert np.array_equal(view.pickup.paint.own[first], plain.own[first])
            assert (view.pickup.paint.own[last] > plain.own[last] - 1e-6).all()

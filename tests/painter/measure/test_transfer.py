from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.measure.transfer import Transfer, measure_transfer, sketch_of, transfer_gap
from dreambrush.strokes import Strokes

GROUND = np.array([240, 250, 200], np.uint8)


def some_strokes(count: int, seed: int = 3) -> Strokes:
    """Random strokes, on two layers in random order."""
    rng = np.random.default_rng(seed)
    return Strokes(
        path=rng.uniform(8, 56, (count, 3, 2)).astype(np.float32),
        pressure=rng.uniform(0.5, 1, (count, 2)).astype(np.float32),
        radius=rng.uniform(3, 6, count).astype(np.float32),
        colour=rng.random((count, 3), np.float32),
        brush=np.zeros(count, np.int32),
        layer=rng.integers(0, 2, count, np.int32),
        size=(64, 64),
        brushes=("oil",),
        layers=("one", "two"),
    )


def transfer(target: Float32, strokes: Strokes, name: str = "oil") -> Transfer:
    return measure_transfer(target, replace(strokes, brushes=(name,)), GROUND, [find_brush(name)], 0)


def test_the_dream_of_an_opaque_brush_is_what_becomes_real() -> None:
    target = np.random.default_rng(0).random((64, 64, 3), np.float32)
    found = transfer(target, some_strokes(12))
    assert np.abs(found.dream - found.real / 255).mean() < 0.02
    assert found.mse == np.mean((found.real / 255.0 - target) ** 2)
    assert found.gap == (found.mse - found.dreamed_mse) / found.mse and abs(found.gap) < 0.03


def test_the_upper_layer_covers_the_lower_in_the_dream_as_well() -> None:
    strokes = some_strokes(12)
    target = np.zeros((64, 64, 3), np.float32)
    mixed = transfer(target, strokes)
    flat = transfer(target, replace(strokes, layer=np.zeros(12, np.int32)))
    in_order = np.argsort(strokes.layer, kind="stable")
    assert np.array_equal(mixed.dream, transfer(target, strokes[in_order]).dream)
    assert not np.array_equal(mixed.dream, flat.dream)


def test_a_spluttering_brush_expects_more_error_than_its_mean_picture_has() -> None:
    target = np.ones((64, 64, 3), np.float32)
    found = transfer(target, some_strokes(12), "bristle")
    of_mean = float(np.mean((found.dream - target) ** 2))
    assert found.dreamed_mse > 1.005 * of_mean
    assert found.dreamed_mse == pytest.approx(found.mse, rel=0.15)


def test_several_brushes_whatever_their_order() -> None:
    names = ("oil", "bristle", "ink")
    target = np.random.default_rng(0).random((64, 64, 3), np.float32)
    apart, mixed_up = [], []
    for seed in range(6):  # a single heap of strokes says little: bristles may splutter on top of all
        strokes = replace(some_strokes(12, seed), brushes=names, brush=np.arange(12, dtype=np.int32) % 3)
        found = measure_transfer(target, strokes, GROUND, [find_brush(name) for name in reversed(names)], 0)
        assert abs(found.gap) < 0.05
        wrong = replace(strokes, brush=strokes.brush[::-1])
        other = measure_transfer(target, wrong, GROUND, [*map(find_brush, names)], 0)
        apart.append(np.abs(found.dream - found.real / 255).mean())
        mixed_up.append(np.abs(other.dream - found.real / 255).mean())
    assert np.mean(apart) < 0.03
    assert sum(mixed_up) / sum(apart) > 1.5


def test_painted_strokes_as_a_sketch() -> None:
    strokes = some_strokes(5)
    sketch = sketch_of(strokes)
    for index in range(5):
        row = [*strokes.path[index].ravel(), *strokes.pressure[index], strokes.radius[index]]
        assert sketch.strokes[index].tolist() == row
    assert np.array_equal(sketch.colours, strokes.colour) and sketch.brush.tolist() == strokes.brush.tolist()


def test_the_gap_is_positive_where_the_dream_was_too_hopeful() -> None:
    assert transfer_gap(0.02, 0.01) == pytest.approx(0.5)
    assert transfer_gap(0.01, 0.02) == pytest.approx(-1)
    assert transfer_gap(0, 0) == 0

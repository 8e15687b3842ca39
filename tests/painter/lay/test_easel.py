"""The easel with and without pigment; MyPaint's own view of it is in tests/mypaint/ora/test_openraster.py."""

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.mypaint.layer import NORMAL, PIGMENT
from dreambrush.painter.lay.easel import Easel
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.lay.layer_canvas import Tool
from dreambrush.strokes import Strokes

SIDE = 96
ALL = (0, 0, SIDE, SIDE)
GROUND = np.array([20, 60, 200], np.uint8)
YELLOW = np.array([0.98, 0.9, 0.08], np.float32)
BRUSHES = ("oil", "watercolour", "bristle")
LAYERS = ("Under", "Over")
STROKE = np.array([10, 48, 48, 40, 86, 48, 1, 1, 20], np.float32)


def some_strokes(count: int) -> Strokes:
    rng = np.random.default_rng(3)
    return Strokes(
        path=rng.uniform(0, SIDE, (count, 3, 2)).astype(np.float32),
        pressure=rng.uniform(0.3, 1, (count, 2)).astype(np.float32),
        radius=rng.uniform(3, 15, count).astype(np.float32),
        colour=rng.uniform(0, 1, (count, 3)).astype(np.float32),
        brush=(np.arange(count) % len(BRUSHES)).astype(np.int32),
        layer=(np.arange(count) >= count // 2).astype(np.int32),
        size=(SIDE, SIDE),
        brushes=BRUSHES,
        layers=LAYERS,
    )


def painted(strokes: Strokes, pigment: bool) -> Easel:
    tools = [Tool(read_myb(find_brush(name).path), pigment=pigment) for name in BRUSHES]
    easel = Easel(SIDE, SIDE, GROUND, tools, LAYERS, pigment)
    for index in range(len(strokes)):
        if strokes.layer[index] > easel.layer:
            easel.next_layer()
        stroke = [*strokes.path[index].ravel(), *strokes.pressure[index], strokes.radius[index]]
        easel.paint(np.array(stroke, np.float32), strokes.colour[index], int(strokes.brush[index]))
    return easel


@pytest.mark.parametrize("pigment", [False, True])
def test_a_bare_easel_shows_the_ground(pigment: bool) -> None:
    easel = painted(some_strokes(0), pigment)
    assert np.abs(easel.seen(ALL) - GROUND / 255).max() < 1e-3
    easel.next_layer()
    assert np.abs(easel.seen(ALL) - GROUND / 255).max() < 1e-3


@pytest.mark.parametrize("pigment", [False, True])
def test_opaque_paint_looks_as_it_was_asked_for(pigment: bool) -> None:
    easel = painted(some_strokes(0), pigment)
    easel.paint(STROKE, YELLOW)
    assert np.abs(easel.seen((40, 40, 10, 10)) - YELLOW).max() < 4e-3


@pytest.mark.parametrize("pigment", [False, True])
def test_what_is_seen_is_what_will_be_saved(pigment: bool) -> None:
    easel = painted(some_strokes(60), pigment)
    assert [layer.composite_op for layer in easel.layers()] == [PIGMENT if pigment else NORMAL] * 2
    assert easel.eotf == (2.2 if pigment else 1.0)
    apart = np.abs(easel.seen(ALL) * 255 - merge_layers(easel.layers(), GROUND, easel.eotf))
    assert apart.mean() < 0.6  # levels: the layers are rounded to 8 bits, which shows where paint is thin
    assert np.quantile(apart, 0.99) < 2


@pytest.mark.parametrize("pigment", [False, True])
def test_a_part_is_seen_as_in_the_whole(pigment: bool) -> None:
    easel = painted(some_strokes(20), pigment)
    assert np.array_equal(easel.seen((30, 20, 50, 40)), easel.seen(ALL)[20:60, 30:80])


@pytest.mark.parametrize("pigment", [False, True])
def test_replay_paints_the_same_again(pigment: bool) -> None:
    strokes = some_strokes(30)
    layers = painted(strokes, pigment).layers()
    settings = [read_myb(find_brush(name).path) for name in BRUSHES]
    for layer, again in zip(layers, lay_strokes(strokes, settings, pigment=pigment), strict=True):
        assert np.array_equal(layer.pixels, again.pixels)
    other = lay_strokes(strokes, settings, pigment=not pigment)
    assert not np.array_equal(other[1].pixels, layers[1].pixels)


def glazed(pigment: bool, on_a_new_layer: bool) -> Float32:
    """Half transparent yellow over the blue ground, as a layer or as wet paint on one."""
    glaze = read_myb(find_brush("oil").path).with_values(opaque=0.08)
    tools = [Tool(settings, pigment=pigment) for settings in (read_myb(find_brush("oil").path), glaze)]
    easel = Easel(SIDE, SIDE, GROUND, tools, LAYERS, pigment)
    if on_a_new_layer:
        easel.next_layer()
    else:
        easel.paint(STROKE, (GROUND / 255).astype(np.float32))
    easel.paint(STROKE, YELLOW, brush=1)
    return np.asarray(easel.seen((44, 40, 8, 8)).mean(axis=(0, 1)), np.float32)


@pytest.mark.parametrize("on_a_new_layer", [False, True])
def test_yellow_over_blue_is_green_with_pigment_only(on_a_new_layer: bool) -> None:
    red, green, blue = glazed(True, on_a_new_layer)
    assert green > max(red, blue) + 0.04
    red, green, blue = glazed(False, on_a_new_layer)
    assert green < max(red, blue) + 0.04

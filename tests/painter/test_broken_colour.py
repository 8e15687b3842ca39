"""Colours are broken as far as those of a reference, and stay within a palette."""

from __future__ import annotations

import numpy as np

from dreambrush.painter.broken_colour import broken
from dreambrush.painter.sketch import Sketch
from dreambrush.pictures.palette import parse_palette
from tests.painter.test_in_manner import any_strokes, group, rising, shaper


def test_colours_are_broken_as_much_as_the_reference_s_and_only_where_asked() -> None:
    count = 120
    rng = np.random.default_rng(0)
    colours = np.clip(0.5 + rng.normal(0, 0.02, (count, 3)), 0, 1).astype(np.float32)
    sketch = Sketch(any_strokes(count), colours, np.zeros(count, np.int64))
    strong = group(step=rising(0.05, 0.1))

    def spread(wanted: Sketch) -> float:
        return float(wanted.colours.std(0).mean())

    none, half, whole = (broken(shaper(each, strong), sketch, slice(0, count), 1) for each in (0.0, 0.5, 1.0))
    assert spread(whole) > spread(half) > spread(none) * 1.1
    assert spread(whole) > 1.3 * spread(sketch)
    part = broken(shaper(1.0, strong), sketch, slice(50, 100), 1)
    assert np.array_equal(part.colours[:50], colours[:50]) and np.array_equal(part.colours[100:], colours[100:])
    assert not np.array_equal(part.colours[50:100], colours[50:100])
    again = broken(shaper(1.0, strong), sketch, slice(0, count), 1)
    assert np.array_equal(again.colours, whole.colours) and np.array_equal(whole.strokes, sketch.strokes)
    unknown = broken(shaper(1.0, group()), sketch, slice(0, count), 1)
    assert np.abs(unknown.colours - colours).max() < 0.06


def test_broken_colours_stay_within_a_palette() -> None:
    count = 40
    grey = np.random.default_rng(0).choice(np.array([[0.2] * 3, [0.5] * 3, [0.8] * 3], np.float32), count)
    sketch = Sketch(any_strokes(count), grey, np.zeros(count, np.int64))
    palette = parse_palette("#333333,#808080,#cccccc", np.zeros((1, 1, 3), np.float32))
    strong = shaper(1.0, group(step=rising(0.05, 0.1)))
    allowed = {tuple(each) for each in palette.colours.tolist()}
    found = broken(strong, sketch, slice(0, count), 1, palette.snapped).colours
    assert {tuple(each) for each in found.tolist()} <= allowed
    free = broken(strong, sketch, slice(0, count), 1).colours
    assert not {tuple(each) for each in free.tolist()} <= allowed
    nothing = broken(strong, sketch, slice(count, count), 1, palette.snapped)
    assert np.array_equal(nothing.colours, grey)

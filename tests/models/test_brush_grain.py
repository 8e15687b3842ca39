from __future__ import annotations

from dreambrush.models.brush_grain import measure_grain
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import parse_myb, read_myb

NAMES = ("charcoal", "bristle", "oil", "wash", "kneaded-eraser")


def test_chalks_are_grainy_and_flat_brushes_are_not() -> None:
    grains = {name: measure_grain(read_myb(find_brush(name).path), 8) for name in NAMES}
    assert [name for name, grain in grains.items() if grain] == ["charcoal", "bristle"]
    charcoal, bristle = grains["charcoal"], grains["bristle"]
    assert charcoal and bristle and charcoal.strength > bristle.strength
    assert bristle.along > 1.5 * bristle.across  # its streaks run along the path


def test_a_brush_that_does_nothing_is_measured_too() -> None:
    settings = parse_myb('{"version": 3, "settings": {"opaque": {"base_value": 0.0, "inputs": {}}}}', "nothing")
    assert measure_grain(settings, 1e5) is None

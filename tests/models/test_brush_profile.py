from __future__ import annotations

import numpy as np
import pytest

from dreambrush.models.brush_profile import FLAT, _falling, measure_ribbons
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import BrushSettings, parse_myb, read_myb


def brush(name: str) -> BrushSettings:
    return read_myb(find_brush(name).path)


@pytest.mark.parametrize("name", ["oil", "knife", "ink", "kneaded-eraser"])
def test_hard_edges_and_no_paint_are_one_ribbon(name: str) -> None:
    assert measure_ribbons(brush(name), 8) == FLAT


@pytest.mark.parametrize("name", ["watercolour", "wash", "charcoal", "bristle"])
def test_ribbons_have_as_much_paint_as_the_stroke(name: str) -> None:
    ribbons = measure_ribbons(brush(name), 8)
    widths, opacities = zip(*ribbons, strict=True)
    assert len(ribbons) > 1
    assert list(widths) == sorted(widths, reverse=True) and list(opacities) == sorted(opacities)
    paint = float(np.dot(widths, np.diff(opacities, prepend=0)))
    assert paint == pytest.approx(1, abs=0.12)  # a flat stroke has 1


def test_a_profile_only_falls() -> None:
    assert _falling(np.array([1.0, 3, 2, 0, 1, 0])).tolist() == [2, 2, 2, 0.5, 0.5, 0]


def test_a_brush_that_does_nothing_is_measured_too() -> None:
    settings = parse_myb('{"version": 3, "settings": {"opaque": {"base_value": 0.0, "inputs": {}}}}', "nothing")
    assert measure_ribbons(settings, 1e-3) == FLAT

"""Curves stay what they were where they are sound, and within their limits everywhere."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.fence import BOUNDED, LARGEST_GRID_SCALE, LARGEST_VALUE, fenced
from dreambrush.mypaint.engine.library import engine, input_ids
from dreambrush.mypaint.engine.myb import MOST_POINTS, BrushSetting, Curve, parse_myb, read_myb

STOCK = Path("/usr/share/mypaint-data/2.0/brushes")

numbers = st.floats(-1e9, 1e9) | st.sampled_from(
    [0.0, 1e-30, -1e-9, 1e-7, 0.5, 1.0, 255.0, 256.0, 1e6, -1e6, 1e9, -1e9]
)
curves = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=MOST_POINTS).map(sorted).map(tuple)


def value(curve: Curve, x: float) -> float:
    """What libmypaint makes of an input, in its 32-bit floats (mypaint-mapping.c)."""
    points = np.array(curve, np.float32)
    with np.errstate(all="ignore"):
        at = 1
        while at < len(points) - 1 and np.float32(x) > points[at, 0]:
            at += 1
        (x0, y0), (x1, y1) = points[at - 1], points[at]
        if x0 == x1 or y0 == y1:
            return float(y0)
        return float((y1 * (np.float32(x) - x0) + y0 * (x1 - np.float32(x))) / (x1 - x0))


@given(curves, st.sampled_from([*BOUNDED, "opaque", "custom_input"]), st.floats(-1e6, 1e6), st.data())
def test_no_input_drives_a_curve_beyond_its_limit(curve: Curve, setting: str, x: float, data: st.DataObject) -> None:
    (made,) = fenced(setting, {"custom": curve}).values()
    assert 2 <= len(made) <= MOST_POINTS and list(made) == sorted(made, key=lambda point: point[0])
    limits = {"smudge_bucket": 255.0, "gridmap_scale": LARGEST_GRID_SCALE, "opaque": 1e30, "custom_input": 1e30}
    near = st.sampled_from([point[0] for point in made]).map(lambda each: min(max(each, -1e6), 1e6))
    for each in (x, data.draw(near), -1e6, 1e6, 0.0, 1.0):
        assert abs(value(made, each)) <= limits.get(setting, 1e6) * (1 + 1e-5)  # nor is it NaN


@given(curves, st.data())
def test_a_curve_within_the_limits_is_the_same_between_its_ends(curve: Curve, data: st.DataObject) -> None:
    curve = tuple((x, y / 1e9 * 70) for x, y in curve)
    (made,) = fenced("gridmap_scale", {"custom": curve}).values()
    if len(curve) <= MOST_POINTS - 4:
        x = data.draw(st.floats(curve[0][0], curve[-1][0]))
        assert value(made, x) == value(curve, x) or float(np.float32(x)) in {float(np.float32(p[0])) for p in curve}
        assert set(curve) <= set(made)


def test_curves_of_one_setting_share_its_limit() -> None:
    steep: Curve = ((0.0, 0.0), (1.0, 1000.0))
    made = fenced("gridmap_scale", {"custom": steep, "pressure": steep, "stroke": ()})
    assert [value(made[key], 1e6) for key in ("custom", "pressure")] == [35.0, 35.0]
    assert made["stroke"] == ()


@pytest.mark.skipif(not STOCK.is_dir(), reason="needs the package mypaint-brushes")
def test_stock_brushes_lose_no_point() -> None:
    count = 0
    for file in sorted(STOCK.rglob("*.myb")):
        for name, setting in read_myb(file).settings.items():
            made = fenced(name, setting.inputs)
            for key, curve in setting.inputs.items():
                count += 1
                assert set(curve) <= set(made[key]), (file, name, key)
                assert made[key] == curve or name in BOUNDED
    assert count > 500


@pytest.mark.parametrize(
    "curve",
    [
        ((0.0, 0.0),),
        tuple((float(x), 0.0) for x in range(MOST_POINTS + 1)),
        ((1.0, 0.0), (0.0, 1.0)),
        ((0.0, 0.0), (1.0, math.nan)),
        ((0.0, 0.0), (1.0, math.inf)),
        ((-math.inf, 0.0), (1.0, 1.0)),
        ((0.0, 0.0), (1.0, 1e300)),
    ],
)
def test_a_curve_that_would_abort_the_engine_is_refused(curve: Curve) -> None:
    settings = parse_myb('{"version": 3, "settings": {}}', "defaults")
    spoilt = type(settings)({**settings.settings, "hardness": BrushSetting(0.5, {"pressure": curve})})
    with pytest.raises(ValueError, match="Expected the pressure curve of setting hardness to"):
        Brush(spoilt)


def test_the_limits_leave_floats_finite() -> None:
    _, lib = engine()
    with np.errstate(over="raise", under="raise"):
        for end in (10 + LARGEST_GRID_SCALE, -10 - LARGEST_GRID_SCALE):
            assert 0 < np.exp(np.float32(end)) * np.float32(256) < np.inf
        assert np.float32(LARGEST_VALUE) * len(input_ids()) * np.float32(lib.DB_FARTHEST_INPUT) < np.inf

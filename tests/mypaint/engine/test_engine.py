"""Brush files that would crash libmypaint, or keep it busy for ever, if the engine let them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from dreambrush.errors import BrushError
from dreambrush.events import stroke_events
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.library import input_ids, setting_ids
from dreambrush.mypaint.engine.myb import parse_myb

ROOT = Path(__file__).parents[3]
Curves = dict[str, dict[str, list[list[float]]]]

RISE: list[list[float]] = [[0, 0], [1e-9, 1e9]]  # goes on rising beyond its last point
DENSE = '{"version": 3, "settings": {"dabs_per_actual_radius": {"base_value": 200}}}'
CLIFF: list[list[float]] = [[0, -1e9], [1e-9, 1e9]]
NASTY: dict[str, tuple[Curves, dict[str, float]]] = {
    "dabs without end": ({"dabs_per_actual_radius": {"pressure": RISE}}, {}),
    "dabs without end in time": ({"dabs_per_second": {"pressure": RISE}}, {}),
    "dabs without end that look but do not paint": (
        {"dabs_per_actual_radius": {"pressure": RISE}},
        {"smudge": 1.0, "smudge_transparency": 0.5},
    ),
    "dabs at infinity": ({"offset_by_random": {"pressure": RISE}, "offset_by_speed": {"pressure": CLIFF}}, {}),
    "dabs of any size": ({"snap_to_pixel": {"pressure": [[0, 0], [1e-6, 1e9]]}}, {"radius_logarithmic": 1.2}),
    "values beyond all bounds": ({name: {"pressure": CLIFF, "speed1": CLIFF} for name in setting_ids()}, {}),
    "a bucket that is no number": (
        {
            "gridmap_scale": {"gridmap_y": [[-100, 1e9], [-1.9, 4.4]]},
            "smudge_bucket": {"gridmap_y": [[-1.7, 188], [-1.2, 1e6]]},
        },
        {"smudge": 1.0, "gridmap_scale": 0.0},
    ),
    "a bucket whose curves pull against each other": (
        {"smudge_bucket": {"pressure": [[0, 0], [1e-30, 1e9]], "stroke": [[0, 0], [1e-30, -1e9]]}},
        {"smudge": 1.0},
    ),
    "a place without end": (
        {
            "dabs_per_actual_radius": {"pressure": [[0, 0], [1, -1e6]]},
            "slow_tracking_per_dab": {"pressure": [[0, 0], [1, 1]]},
            "smudge_bucket": {"gridmap_x": [[0, 0], [256, 255]]},
        },
        {"smudge": 1.0, "dabs_per_second": 0.0},
    ),
    "distances without end": ({"elliptical_dab_ratio": {"pressure": RISE}}, {}),
    "an input that feeds itself": (
        {
            "custom_input": {"custom": CLIFF, "pressure": RISE},
            "smudge_bucket": {"custom": CLIFF, "pressure": [[0, 1e9], [1e-9, -1e9]]},
            "smudge": {"custom": CLIFF},
        },
        {},
    ),
}


def paint(curves: Curves, values: dict[str, float]) -> Canvas:
    document = {"version": 3, "settings": {name: {"inputs": inputs} for name, inputs in curves.items()}}
    brush = Brush(parse_myb(json.dumps(document), "nasty").with_values(**{"opaque_multiply": 1.0, **values}))
    canvas = Canvas(100, 80)
    canvas.stroke(brush, stroke_events([(10, 10), (60, 0), (90, 70)], (0.3, 0.9), 5.0))
    return canvas


def random_curves(random: np.random.Generator) -> Curves:
    settings = random.choice(list(setting_ids()), random.integers(1, 6), replace=False)
    return {str(name): {str(random.choice(list(input_ids()))): random_curve(random)} for name in settings}


def random_curve(random: np.random.Generator) -> list[list[float]]:
    points = int(random.integers(2, 6))
    x = np.sort(random.choice([-1e9, -1.0, 0.0, 1e-30, 1e-9, 0.5, 1.0, 10.0, 1e9], points))
    y = random.choice([-1e9, -1.0, 0.0, 1e-9, 0.1, 1.0, 10.0, 255.0, 1e9], points)
    return [[float(x[i]), float(y[i])] for i in range(points)]


def survive(case: str) -> str:
    """Paints in a process of its own, which a crash would end, and returns what it says."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from test_engine import *; {case}"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, f"{case} left with {run.returncode}:\n{run.stderr[-2000:]}"
    return run.stdout.strip()


def outcome(curves: Curves, values: dict[str, float]) -> str:
    try:
        return f"painted {paint(curves, values).tiles} tiles"
    except BrushError as error:
        return error.message


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.slow
def test_no_brush_file_crashes_the_engine_or_keeps_it_busy(name: str) -> None:
    said = survive(f"print(outcome(*NASTY[{name!r}]))")
    if "dabs without end" in name or name in ("distances without end", "values beyond all bounds"):
        assert said == "The brush asks for over a million dabs in one stroke."
    else:
        assert said.startswith("painted")


@pytest.mark.parametrize("before", ["white", "posterized"])
def test_nor_does_one_that_colours_what_is_white(before: str) -> None:
    """libmypaint divides by zero there: at these greys the luminosity that it works out in floats is just below."""
    survive(f"[colour_white(grey / 32768, {before!r}) for grey in (0, 13, 202, 9830, 32768)]")


def colour_white(grey: float, before: str) -> None:
    canvas = Canvas(100, 80)
    white = np.full((80, 100, 4), 32768, np.uint16)
    if before == "posterized":
        white //= 3
    canvas.write(white)
    events = stroke_events([(10, 10), (60, 0), (90, 70)], (0.3, 0.9), 5.0)
    settings = parse_myb('{"version": 3, "settings": {}}', "colours").with_values(opaque_multiply=1.0)
    if before == "posterized":
        canvas.stroke(Brush(settings.with_values(posterize=1.0, posterize_num=0.02)), events)
        posterized = canvas.read()
        assert (posterized[..., :3] > posterized[..., 3:]).any()  # more colour than alpha
    brush = Brush(settings.with_values(colorize=1.0))
    brush.set_colour((grey, grey, grey))
    was = canvas.read().astype(int)
    area = canvas.stroke(brush, events)
    assert area[2] > 80
    if before == "white":
        assert np.abs(canvas.read() - was).max() <= 1  # grey has no hue, so white stays white


@pytest.mark.slow
def test_a_stroke_takes_as_long_as_its_work() -> None:
    """The whole of what is allowed takes half a minute, even of dabs that are large and mix as pigments do."""
    brush = Brush(parse_myb(DENSE, "dense").with_values(opaque_multiply=1.0, paint_mode=1.0, radius_logarithmic=5.5))
    canvas = Canvas(512, 512)
    canvas.write(np.full((512, 512, 4), 30000, np.uint16))
    canvas.work /= 30
    began = time.process_time()
    with pytest.raises(BrushError, match="over a million dabs"):
        canvas.stroke(brush, stroke_events([(100, 100), (260, 100), (400, 470)], (0.3, 0.9), 5.0))
    assert 0.05 < time.process_time() - began < 5.0


def test_nor_does_any_of_many_random_brush_files() -> None:
    paint_many = "[outcome(random_curves(np.random.default_rng(seed)), {}) for seed in range(40)]"
    assert survive(f"print(len({paint_many}))") == "40"


def test_a_brush_that_asked_for_too_much_can_paint_again() -> None:
    """Neither the brush nor the canvas is left in a bad state."""
    curves, values = NASTY["dabs without end"]
    document = {"version": 3, "settings": {name: {"inputs": inputs} for name, inputs in curves.items()}}
    settings = parse_myb(json.dumps(document), "nasty").with_values(**values)
    brush, canvas = Brush(settings), Canvas(100, 80)
    pressed = stroke_events([(10, 10), (60, 0), (90, 70)], (0.3, 0.9), 5.0)
    with pytest.raises(BrushError, match="over a million dabs"):
        canvas.stroke(brush, pressed)
    hovering = pressed.copy()
    hovering[:, 2] = 0.0
    canvas.clear()
    assert canvas.stroke(brush, hovering)[2] == 0
    fresh = Canvas(100, 80)
    for each in (canvas, fresh):
        each.stroke(Brush(parse_myb('{"version": 3, "settings": {}}', "defaults")), pressed)
    assert canvas.read().any()
    np.testing.assert_array_equal(canvas.read(), fresh.read())


def test_a_stroke_of_very_many_events_is_painted_to_its_end() -> None:
    there = stroke_events([(10, 10), (60, 0), (90, 70)], (0.3, 0.9), 5.0)
    many = np.concatenate([np.concatenate([there, there[::-1]])] * 1000)
    many[1:, 3] = 0.01
    canvas = Canvas(100, 80)
    canvas.stroke(Brush(parse_myb('{"version": 3, "settings": {}}', "defaults")), many)
    assert (canvas.read()[..., 3] > 32000).sum() > 500

"""What becomes of brushes and canvases where memory runs out, under a real limit in processes of their own."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from dreambrush.arrays import Float64
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.library import engine
from dreambrush.mypaint.engine.myb import parse_myb
from tests.fuzz.brushes import most_kilobytes

ROOT = Path(__file__).parents[3]
SIDE = 4096
MEGABYTE = 1 << 20

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or "asan" in os.environ.get("LD_PRELOAD", ""), reason="limits the address space"
)


@contextmanager
def memory(more: int) -> Iterator[None]:
    """No more than so many bytes beyond what the process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def broad_brush(**values: float) -> Brush:
    settings = parse_myb('{"version": 3, "settings": {}}', "broad")
    return Brush(settings.with_values(radius_logarithmic=5.0, opaque_multiply=1.0, **values))


def row(y: float) -> Float64:
    """Events across the whole canvas, where the broad brush touches 300 tiles or more (10 MB)."""
    x = np.linspace(0.0, SIDE, 30)
    return np.stack([x, np.full(30, y), np.full(30, 0.8), np.full(30, 0.01)], 1)


def in_a_process_of_its_own(statement: str) -> None:
    code = f"from tests.mypaint.engine.test_memory import *; {statement}"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, f"{statement} left with {run.returncode}:\n{run.stderr[-2000:]}"


def run_out(canvas: Canvas, brush: Brush, traced: bool) -> None:
    stroke = canvas.traced_stroke if traced else canvas.stroke
    with pytest.raises(MemoryError, match="no memory left for the canvas"):
        for y in range(150, SIDE, 300):
            stroke(brush, row(y))


def paint_beyond_memory(wetness: float, traced: bool) -> None:
    canvas, brush = Canvas(SIDE, SIDE), broad_brush(smudge=wetness)
    with memory(32 * MEGABYTE):
        run_out(canvas, brush, traced)
        painted = canvas.tiles
        assert 200 < painted < 1000, painted
        run_out(canvas, brush, traced)  # there is still none
        assert canvas.tiles < painted + 100, (painted, canvas.tiles)
    painted = canvas.tiles
    area = canvas.stroke(brush, row(2000))
    assert area[2] == SIDE and canvas.tiles > painted
    canvas.clear()
    fresh, hand = Canvas(SIDE, SIDE), broad_brush()
    for each in (canvas, fresh):
        each.stroke(broad_brush(), row(900))
    np.testing.assert_array_equal(canvas.read((0, 700, SIDE, 400)), fresh.read((0, 700, SIDE, 400)))
    assert canvas.stroke(hand, row(1500)) == fresh.stroke(broad_brush(), row(1500))


def make_brushes_beyond_memory() -> None:
    kept = []
    with memory(24 * MEGABYTE), pytest.raises(MemoryError, match="no memory for a brush"):
        for _ in range(1000):
            kept.append(broad_brush())
    assert len(kept) > 10
    broad_brush()


def make_canvases_beyond_memory() -> None:
    kept = []
    with memory(24 * MEGABYTE), pytest.raises(MemoryError, match="no memory for a canvas"):
        for _ in range(10_000):
            kept.append(Canvas(SIDE, SIDE))
    assert len(kept) > 10
    Canvas(SIDE, SIDE)


@pytest.mark.parametrize("wetness", [0.0, 0.5])
@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.slow
def test_a_canvas_paints_on_when_there_is_memory_again(wetness: float, traced: bool) -> None:
    in_a_process_of_its_own(f"paint_beyond_memory({wetness}, {traced})")


@pytest.mark.parametrize("made", ["brushes", "canvases"])
def test_what_finds_no_memory_is_not_made(made: str) -> None:
    in_a_process_of_its_own(f"make_{made}_beyond_memory()")


def trace_often(times: int) -> int:
    """Kilobytes that traces of a painted canvas, begun again and again, have left behind."""
    _, lib = engine()
    canvas = Canvas(SIDE, SIDE)
    used = 0
    for number in range(times):
        assert lib.db_canvas_trace(canvas._handle) == 0
        if number == 10:
            used = most_kilobytes()
        canvas.stroke(broad_brush(), row(1000)[:4])
    return most_kilobytes() - used


def test_a_trace_that_begins_anew_forgets_the_one_before() -> None:
    in_a_process_of_its_own("assert trace_often(60) < 8192, trace_often(60)")


def test_without_a_trace_there_are_no_masks() -> None:
    ffi, lib = engine()
    canvas = Canvas(100, 80)
    assert not lib.db_canvas_next_mask(canvas._handle, ffi.new("int[2]"), ffi.new("uint8_t[]", 4096))

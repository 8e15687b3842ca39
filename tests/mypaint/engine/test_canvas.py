from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dreambrush.arrays import Fixed15, Float64, Pixels
from dreambrush.events import stroke_events
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import LARGEST_SIDE, ONE, Canvas
from dreambrush.mypaint.engine.myb import parse_myb

ROOT = Path(__file__).parents[3]
WIDTH, HEIGHT = 150, 100  # not whole tiles


def new_brush(**values: float) -> Brush:
    return Brush(parse_myb('{"version": 3, "settings": {}}', "defaults").with_values(**values))


def curve(x: float = 20.0, y: float = 30.0, length: float = 100.0) -> Float64:
    path = [(x, y), (x + 0.4 * length, y - 0.3 * length), (x + length, y + 0.4 * length)]
    return stroke_events(path, (0.5, 0.9), 7.4)


def in_a_new_process(statement: str, **environment: str) -> str:
    """What a statement prints that uses the functions of this file."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from test_canvas import *; {statement}"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout.strip()


@st.composite
def areas(draw: st.DrawFn) -> tuple[int, int, int, int]:
    x, y = draw(st.integers(0, WIDTH)), draw(st.integers(0, HEIGHT))
    return x, y, draw(st.integers(0, WIDTH - x)), draw(st.integers(0, HEIGHT - y))


def random_pixels(height: int, width: int, seed: int) -> Fixed15:
    """Premultiplied, with plenty of wholly transparent and wholly opaque pixels."""
    random = np.random.default_rng(seed)
    alpha = np.clip(random.integers(-ONE // 2, ONE + ONE // 2, (height, width, 1)), 0, ONE)
    colour = (random.random((height, width, 3)) * (alpha + 1)).astype(np.int64)
    return np.concatenate([np.minimum(colour, alpha), alpha], axis=-1).astype(np.uint16)


# ---- pixels ----


@given(areas(), st.integers(0, 2**32))
def test_what_is_written_is_read_again_and_nothing_else_changes(area: tuple[int, int, int, int], seed: int) -> None:
    x, y, width, height = area
    canvas = Canvas(WIDTH, HEIGHT)
    expected = random_pixels(HEIGHT, WIDTH, 1)
    canvas.write(expected)
    pixels = random_pixels(height, width, seed)
    canvas.write(pixels, x, y)
    np.testing.assert_array_equal(canvas.read(area), pixels)
    expected[y : y + height, x : x + width] = pixels
    np.testing.assert_array_equal(canvas.read(), expected)
    np.testing.assert_array_equal(canvas.read8(area), canvas.read8()[y : y + height, x : x + width])


@given(arrays(np.uint16, (3, 5, 4), elements=st.integers(0, ONE)))
def test_read8_gives_straight_colours_rounded_to_nearest(pixels: Fixed15) -> None:
    pixels[..., :3] = np.minimum(pixels[..., :3], pixels[..., 3:])
    canvas = Canvas(5, 3)
    canvas.write(pixels)
    alpha = pixels[..., 3:].astype(np.int64)
    colour = (2 * 255 * pixels[..., :3].astype(np.int64) + alpha) // np.maximum(2 * alpha, 1)
    expected = np.concatenate([colour, (2 * 255 * alpha + ONE) // (2 * ONE)], axis=-1)
    expected[expected[..., 3] == 0] = 0
    np.testing.assert_array_equal(canvas.read8(), expected)


def test_every_level_of_an_opaque_picture_survives_the_canvas() -> None:
    levels = np.arange(256)
    pixels = np.full((1, 256, 4), ONE, np.uint16)
    pixels[0, :, :3] = ((levels * ONE + 127) // 255)[:, None]
    canvas = Canvas(256, 1)
    canvas.write(pixels)
    np.testing.assert_array_equal(canvas.read8()[0, :, 0], levels)


def test_linear_light_is_read_as_the_levels_that_it_looks_like() -> None:
    light, alpha = np.meshgrid(np.linspace(0, 1, 256), np.linspace(0, 1, 65)[1:])
    pixels = np.rint(np.stack([light * alpha] * 3 + [alpha], axis=-1) * ONE).astype(np.uint16)
    canvas = Canvas(256, 64, eotf=2.2)
    canvas.write(pixels)
    straight = pixels[..., :3].astype(np.float64) / pixels[..., 3:]
    assert np.abs(canvas.read8()[..., :3] - 255 * straight ** (1 / 2.2)).max() < 0.7  # levels; MyPaint's power is rough
    np.testing.assert_array_equal(canvas.read8()[..., 3], np.rint(255 * (pixels[..., 3] / ONE)))


def test_pixels_need_not_lie_in_one_piece() -> None:
    pixels = random_pixels(HEIGHT, WIDTH, 3)
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.write(pixels[::-1])
    np.testing.assert_array_equal(canvas.read(), pixels[::-1])


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 3), (4, 4, 4, 4)])
def test_write_refuses_other_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="Expected pixels to be"):
        Canvas(8, 8).write(np.zeros(shape, np.uint16))


def test_write_refuses_pixels_that_are_not_premultiplied_15_bit() -> None:
    for bad in (np.zeros((4, 4, 4), np.uint8), np.full((4, 4, 4), ONE + 1, np.uint16)):
        with pytest.raises(ValueError, match="Expected"):
            Canvas(8, 8).write(bad)  # type: ignore[arg-type]
    above_alpha = np.zeros((4, 4, 4), np.uint16)
    above_alpha[2, 2] = 0, 5, 0, 4
    with pytest.raises(ValueError, match="none above its alpha"):
        Canvas(8, 8).write(above_alpha)


@pytest.mark.parametrize(
    "area", [(-1, 0, 2, 2), (0, -1, 2, 2), (7, 0, 2, 2), (0, 7, 2, 2), (0, 0, -1, 2), (9, 9, 0, 0)]
)
def test_areas_off_the_canvas_are_refused(area: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="Expected an area on the 8 x 8 canvas"):
        Canvas(8, 8).read(area)
    if min(area[2:]) >= 0:
        with pytest.raises(ValueError, match="Expected an area on the 8 x 8 canvas"):
            Canvas(8, 8).write(np.zeros((area[3], area[2], 4), np.uint16), area[0], area[1])


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (-1, 5), (LARGEST_SIDE + 1, 5), (float("nan"), 5)])
def test_sides_out_of_range_are_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="Expected sides of 1 to 32768 pixels"):
        Canvas(width, height)


def test_an_eotf_that_no_document_has_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Expected eotf to be within 0\.1\.\.10\.0"):
        Canvas(5, 5, 11.0)


# ---- tiles ----


def test_a_big_canvas_costs_only_the_tiles_that_are_painted() -> None:
    canvas = Canvas(4096, 4096)
    assert canvas.tiles == 0
    x, y, width, height = canvas.stroke(new_brush(), curve(1000, 1000, 60))
    assert 1 <= canvas.tiles <= 6
    assert 0 < width < 100 and 0 < height < 100
    assert canvas.read((x, y, width, height))[..., 3].any()
    canvas.clear()
    assert canvas.tiles == 0 and not canvas.read((x, y, width, height)).any()


def test_a_big_canvas_takes_little_memory() -> None:
    kibibytes = int(in_a_new_process("print(memory_of_a_big_canvas())"))
    assert kibibytes < 16 * 1024  # all tiles together would take 128 MiB


def memory_of_a_big_canvas() -> int:
    brush, events = new_brush(), curve(1000, 1000, 60)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    Canvas(4096, 4096).stroke(brush, events)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


def test_reading_makes_no_tiles() -> None:
    canvas = Canvas(300, 300)
    canvas.read()
    canvas.read8()
    canvas.stroke(new_brush(smudge=1.0, opaque_multiply=1.0, smudge_transparency=0.5), curve())
    assert canvas.tiles == 0


# ---- strokes ----


@settings(max_examples=40)
@given(st.floats(-80, 180), st.floats(-80, 130), st.floats(0, 200), st.floats(-2, 5), st.floats(0, 1))
def test_a_stroke_changes_nothing_outside_the_rectangle_it_returns(
    x: float, y: float, length: float, radius: float, wetness: float
) -> None:
    canvas = Canvas(WIDTH, HEIGHT)
    before = random_pixels(HEIGHT, WIDTH, 5)
    canvas.write(before)
    events = curve(x, y, length)
    events[-1, 2] = 0.0  # the last dabs are invisible, which libmypaint's own rectangle does not survive
    left, top, width, height = canvas.stroke(
        new_brush(radius_logarithmic=radius, smudge=wetness, offset_by_random=0.5), events
    )
    changed = (canvas.read() != before).any(axis=-1)
    outside = changed.copy()
    outside[top : top + height, left : left + width] = False
    assert not outside.any()
    assert left >= 0 and top >= 0 and left + width <= WIDTH and top + height <= HEIGHT
    if width == 0 or height == 0:
        assert not changed.any()


def test_a_canvas_is_the_corner_of_a_larger_one() -> None:
    """What lies beyond the edges is lost, and disturbs nothing."""
    large, small = Canvas(400, 300), Canvas(WIDTH, HEIGHT)
    for canvas in (large, small):
        brush = new_brush(radius_logarithmic=3.0, offset_by_random=2.0)
        canvas.stroke(brush, curve(-20, 30, 260))
        canvas.stroke(brush, curve(90, -30, 150))
    assert small.read()[:, -1].any() and small.read()[-1].any()
    np.testing.assert_array_equal(small.read(), large.read((0, 0, WIDTH, HEIGHT)))


def test_paint_beside_the_canvas_is_lost() -> None:
    canvas = Canvas(WIDTH, HEIGHT)
    for x, y in ((-500.0, 20.0), (20.0, -500.0), (5000.0, 20.0), (20.0, 5000.0), (-65000.0, -65000.0)):
        assert canvas.stroke(new_brush(), curve(x, y))[2] == 0
    assert canvas.tiles == 0


def test_a_stroke_of_no_events_paints_nothing() -> None:
    canvas = Canvas(WIDTH, HEIGHT)
    assert canvas.stroke(new_brush(), np.empty((0, 4)))[2:] == (0, 0)
    assert canvas.tiles == 0


@pytest.mark.parametrize("shape", [(4,), (5, 3), (2, 5, 4), (0,)])
def test_events_of_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"Expected events to have shape \(n, 4\)"):
        Canvas(8, 8).stroke(new_brush(), np.zeros(shape))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (0, np.nan, "finite"),
        (2, np.nan, "finite"),
        (3, np.inf, "finite"),
        (0, 1e9, "x and y"),
        (1, -1e8, "x and y"),
        (2, -0.1, "pressure"),
        (2, 1.1, "pressure"),
        (3, -1.0, "seconds"),
    ],
)
def test_events_that_would_upset_libmypaint_are_refused(column: int, value: float, message: str) -> None:
    canvas, events = Canvas(WIDTH, HEIGHT), curve()
    events[5, column] = value
    with pytest.raises(ValueError, match=f"Expected .*{message}"):
        canvas.stroke(new_brush(), events)
    assert canvas.tiles == 0


# ---- the same every time ----


def leaning(*tilt: float) -> Float64:
    return np.tile(np.array(tilt), (len(curve()), 1))


def painted_with(tilts: Float64 | None, *points: tuple[float, float], input: str) -> Pixels:
    """A stroke whose opacity is made by one input alone."""
    settings = parse_myb('{"version": 3, "settings": {}}', "defaults").with_values(opaque=0.0)
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.stroke(Brush(settings.with_curve("opaque", input, *points)), curve(), tilts=tilts)
    return canvas.read8()


def test_an_upright_pen_paints_what_a_pen_without_tilt_paints() -> None:
    points = ((0.0, 0.5), (90.0, 1.0))
    upright = painted_with(leaning(0, 0), *points, input="tilt_declination")
    assert upright[..., 3].any()
    assert np.array_equal(upright, painted_with(None, *points, input="tilt_declination"))


def test_a_brush_that_follows_the_tilt_paints_the_more_the_more_the_pen_leans() -> None:
    points = ((30.0, 1.0), (90.0, 0.0))  # 90 degrees is upright, 30 as flat as a tablet can say
    darkest = [
        int(painted_with(leaning(lean, 0), *points, input="tilt_declination")[..., 3].max()) for lean in (0, 0.3, 1)
    ]
    assert darkest[0] == 0 < darkest[1] < darkest[2]
    assert darkest[2] > 200


@pytest.mark.parametrize(("lean", "degrees"), [((-1, 0), 90), ((1, 0), -90), ((0, 1), 0), ((0.5, 0.5), -45)])
def test_a_brush_knows_which_way_the_pen_leans(lean: tuple[float, float], degrees: int) -> None:
    peak = ((degrees - 10.0, 0.0), (degrees, 1.0), (degrees + 10.0, 0.0), (degrees + 11.0, 0.0))
    assert painted_with(leaning(*lean), *peak, input="tilt_ascension")[..., 3].max() > 200
    assert not painted_with(leaning(-lean[1] or 0.1, -lean[0]), *peak, input="tilt_ascension")[..., 3].any()


@pytest.mark.parametrize(
    ("tilts", "message"),
    [
        (np.zeros((3, 2)), "shape"),
        (np.zeros(len(curve())), "shape"),
        (leaning(0, np.nan), "finite"),
        (leaning(0, 1.1), "within -1 to 1 but one was 1.1"),
    ],
)
def test_tilts_that_are_none_are_refused(tilts: Float64, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Canvas(WIDTH, HEIGHT).stroke(new_brush(), curve(), tilts=tilts)


def sequence(seed: int) -> Fixed15:
    """Strokes of a brush with everything that libmypaint draws lots for."""
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.write(random_pixels(HEIGHT, WIDTH, seed))
    brush = new_brush(
        radius_by_random=0.4, offset_by_random=0.8, tracking_noise=0.2, smudge=0.6, smudge_length=0.3, paint_mode=1.0
    )
    for number in range(6):
        brush.set_colour((number / 6, 0.5, 0.2))
        canvas.stroke(brush, curve(10 + 5 * number, 20 + 8 * number, 110), seed + number)
    return canvas.read()


def by_the_grid(seed: int) -> Fixed15:
    """First strokes of new brushes that use what libmypaint 1.6 reads of a brush before it has written it.

    Those are the grid map, the numbers of dabs, and the last of the smudge buckets; once with a pause before the pen
    lands, which libmypaint makes two events of.
    """
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.write(random_pixels(HEIGHT, WIDTH, seed))
    inputs = {
        "offset_x": {"gridmap_y": [[0, 0], [256, 20]]},
        "radius_logarithmic": {"gridmap_x": [[0, -1], [256, 2]]},
        "smudge_bucket": {"gridmap_x": [[0, 255], [256, 250]], "random": [[0, 0], [1, 5]]},
    }
    document = json.dumps({"version": 3, "settings": {name: {"inputs": curves} for name, curves in inputs.items()}})
    grid = parse_myb(document, "grid").with_values(
        opaque_multiply=0.8, opaque_linearize=1.5, smudge=0.5, dabs_per_second=30.0, gridmap_scale_x=2.0
    )
    for number in range(6):
        brush = Brush(grid.with_values(tracking_noise=number % 2))
        events = curve(10 + 5 * number, 20 + 8 * number, 110)
        events[0, 3] = number / 10
        canvas.stroke(brush, events, seed)
    return canvas.read()


@pytest.mark.slow
@pytest.mark.parametrize("painted", ["sequence(7)", "by_the_grid(7)"])
def test_other_processes_and_other_contents_of_fresh_memory_change_nothing(painted: str) -> None:
    statement = f"print({painted}.tobytes().hex())"
    pictures = {in_a_new_process(statement, MALLOC_PERTURB_=perturb) for perturb in ("0", "1", "90", "255")}
    assert pictures == {eval(painted).tobytes().hex()}


def test_threads_paint_at_once_what_they_paint_one_by_one() -> None:
    seeds = range(12)
    alone = [sequence(seed) for seed in seeds]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(sequence, seeds))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_python_goes_on_while_a_stroke_is_painted() -> None:
    """The GIL is free: this thread counts while another one paints a single long stroke."""
    canvas, brush = Canvas(4000, 4000), new_brush(radius_logarithmic=5.0, dabs_per_actual_radius=20.0)
    ticks = 0
    with ThreadPoolExecutor(1) as pool:
        stroke = pool.submit(canvas.stroke, brush, curve(100, 1500, 3800))
        while not stroke.done():
            ticks += 1
    assert stroke.result()[2] > 3000
    assert ticks > 1000

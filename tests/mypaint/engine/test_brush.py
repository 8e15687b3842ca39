from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreambrush.arrays import Fixed15
from dreambrush.errors import BrushError
from dreambrush.events import stroke_events
from dreambrush.mypaint.engine.brush import LARGEST_RADIUS, SMALLEST_RADIUS, Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas
from dreambrush.mypaint.engine.library import setting_ranges
from dreambrush.mypaint.engine.myb import BrushSetting, Curve, parse_myb

PATH = [(30.0, 40.0), (70.0, 10.0), (110.0, 70.0)]


def new_brush(curves: Mapping[str, Mapping[str, Curve]] | None = None, /, **values: float) -> Brush:
    settings = parse_myb('{"version": 3, "settings": {}}', "defaults")
    changed = {name: BrushSetting(settings.settings[name].base_value, given) for name, given in (curves or {}).items()}
    return Brush(type(settings)({**settings.settings, **changed}).with_values(**values))


def painted(brush: Brush, eotf: float = 1.0, seed: int = 0, strokes: int = 1) -> Fixed15:
    canvas = Canvas(140, 80, eotf)
    for _ in range(strokes):
        canvas.stroke(brush, stroke_events(PATH, (0.6, 0.9), 6.0), seed)
    return canvas.read()


def opaque_pixels(pixels: Fixed15) -> Fixed15:
    opaque = pixels[pixels[..., 3] > ONE - 8]
    assert len(opaque) > 100
    return opaque


def test_a_full_stroke_has_the_colour_that_was_set() -> None:
    brush = new_brush(opaque_multiply=1.0, hardness=1.0)
    brush.set_colour((0.25, 0.5, 1.0))
    pixels = opaque_pixels(painted(brush)).astype(int)
    assert np.abs(pixels - (ONE // 4, ONE // 2, ONE, ONE)).max() <= 8  # libmypaint rounds down


def test_with_eotf_2_2_colours_are_kept_in_linear_light() -> None:
    brush = new_brush(opaque_multiply=1.0, hardness=1.0)
    brush.set_colour((0.25, 0.5, 1.0), eotf=2.2)
    pixels = opaque_pixels(painted(brush, eotf=2.2)) / ONE
    assert np.abs(pixels[:, :3] ** (1 / 2.2) - (0.25, 0.5, 1.0)).max() < 2e-3


def test_colours_out_of_range_become_the_nearest_in_range() -> None:
    inside, outside = new_brush(opaque_multiply=1.0), new_brush(opaque_multiply=1.0)
    inside.set_colour((1.0, 0.0, 0.5))
    outside.set_colour((7.0, -3.0, 0.5))
    np.testing.assert_array_equal(painted(inside), painted(outside))


@pytest.mark.parametrize("colour", [(0.1, 0.2), (0.1, 0.2, math.nan), (math.inf, 0.0, 0.0)])
def test_a_colour_that_is_none_is_refused(colour: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="Expected rgb"):
        new_brush().set_colour(colour)


def test_the_radius_is_in_pixels() -> None:
    brush = new_brush(opaque_multiply=1.0, hardness=1.0, dabs_per_second=50.0)
    brush.set_radius(9.0)
    canvas = Canvas(64, 64)
    canvas.stroke(brush, np.array([[32, 32, 0, 10], [32, 32, 1, 0.02], [32, 32, 1, 0.5], [33, 32, 1, 0.5]]))
    rows = np.flatnonzero(canvas.read()[..., 3].any(axis=1))
    assert 17 <= len(rows) <= 19


@pytest.mark.parametrize(("asked", "taken"), [(0.0, SMALLEST_RADIUS), (-5.0, SMALLEST_RADIUS), (1e30, LARGEST_RADIUS)])
def test_a_radius_beyond_the_engine_becomes_its_nearest(asked: float, taken: float) -> None:
    given, nearest = new_brush(opaque_multiply=1.0), new_brush(opaque_multiply=1.0)
    given.set_radius(asked)
    nearest.set_radius(taken)
    np.testing.assert_array_equal(painted(given), painted(nearest))


@pytest.mark.parametrize("radius", [math.nan, math.inf])
def test_a_radius_that_is_no_number_is_refused(radius: float) -> None:
    with pytest.raises(ValueError, match="Expected radius to be a finite number"):
        new_brush().set_radius(radius)


@pytest.mark.parametrize("name", ["hardness", "tracking_noise", "dabs_per_actual_radius"])
def test_settings_beyond_their_range_become_its_nearest_end(name: str) -> None:
    low, _, high = setting_ranges()[name]
    for value, nearest in ((-1e9, low), (1e9, high)):
        brush = new_brush(opaque_multiply=1.0, **{name: value})
        np.testing.assert_array_equal(painted(brush), painted(new_brush(opaque_multiply=1.0, **{name: nearest})))


def test_unknown_settings_and_values_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(BrushError, match="no brush setting named 'hardnes'"):
        new_brush().set(hardnes=0.5)
    with pytest.raises(BrushError, match="Expected hardness to be finite"):
        new_brush().set(hardness=math.nan)


def test_a_brush_named_without_a_setting_gets_that_settings_default_curve() -> None:
    """Pressure makes paint opaque, unless the file says that nothing does (tanda/splatter-02)."""
    assert painted(new_brush()).any()
    assert not painted(new_brush({"opaque_multiply": {}}, opaque_multiply=0.0)).any()


def test_a_brush_paints_the_same_again_only_when_it_is_new() -> None:
    def random_brush() -> Brush:
        return new_brush(radius_by_random=0.5, offset_by_random=1.0)

    first = painted(random_brush(), strokes=3)
    np.testing.assert_array_equal(first, painted(random_brush(), strokes=3))
    used = random_brush()
    assert (painted(used) != painted(used)).any()


def test_a_brush_that_begins_again_paints_as_a_new_one_does() -> None:
    used = new_brush(radius_by_random=0.5, offset_by_random=1.0, hardness=0.3)
    first = painted(used)
    used.again()
    np.testing.assert_array_equal(painted(used), first)
    used.set(hardness=0.9)
    used.again()  # its settings stay
    assert (painted(used) != first).any()


def test_the_seed_rules_what_wet_pigment_picks_up() -> None:
    def wet(seed: int) -> Fixed15:
        brush = new_brush(smudge=0.7, paint_mode=1.0, smudge_length=0.2)
        canvas = Canvas(140, 80)
        ground = np.zeros((80, 140, 4), np.uint16)
        ground[..., 3] = ONE
        ground[..., 0] = np.arange(140) * 200
        canvas.write(ground)
        canvas.stroke(brush, stroke_events(PATH, (0.6, 0.9), 6.0), seed)
        return canvas.read()

    np.testing.assert_array_equal(wet(1), wet(1))
    assert (wet(1) != wet(2)).any()


def test_load_reads_a_file_and_takes_other_values(tmp_path: Path) -> None:
    file = tmp_path / "soft.myb"
    file.write_text(parse_myb('{"version": 3, "settings": {}}', "defaults").with_values(hardness=0.2).to_json())
    np.testing.assert_array_equal(painted(Brush.load(file)), painted(new_brush(hardness=0.2)))
    np.testing.assert_array_equal(painted(Brush.load(str(file), hardness=0.9)), painted(new_brush(hardness=0.9)))
    with pytest.raises(BrushError, match="no brush setting"):
        Brush.load(file, softness=1.0)
    with pytest.raises(BrushError, match="cannot be read"):
        Brush.load(tmp_path / "none.myb")


def test_a_washed_brush_carries_no_paint_from_stroke_to_stroke() -> None:
    ground = np.full((80, 140, 4), ONE, np.uint16)
    ground[:40, :, 1:3] = 0  # red above, blue below
    ground[40:, :, 0:2] = 0
    above, below = (stroke_events([(20.0, y), (60.0, y), (120.0, y)], (0.6, 0.6), 8.0) for y in (20.0, 60.0))
    settings = new_brush(smudge=1.0, smudge_length=0.8, radius_logarithmic=math.log(8)).settings

    def red(washed: bool) -> int:
        brush, canvas = Brush(settings, washed=washed), Canvas(140, 80)
        canvas.write(ground)
        for events in (above, below):
            canvas.stroke(brush, events)
        return int(canvas.read()[50:70, :, 0].max())

    assert red(washed=True) == 0
    assert red(washed=False) > ONE // 4  # as in MyPaint


def test_a_washed_brush_finds_no_paint_beyond_the_canvas() -> None:
    blender = new_brush(smudge=1.0, smudge_length=0.9, radius_logarithmic=math.log(8)).settings
    outside = stroke_events([(118.0, 5.0), (118.0, 40.0), (118.0, 75.0)], (1.0, 1.0), 8.0)
    inwards = stroke_events([(116.0, 40.0), (90.0, 40.0), (40.0, 40.0)], (1.0, 1.0), 8.0)

    def painted_inside(washed: bool, paint_beyond: bool) -> np.ndarray[Any, np.dtype[np.uint16]]:
        canvas = Canvas(100, 80)  # the tiles are 128 pixels wide
        if paint_beyond:
            canvas.stroke(new_brush(radius_logarithmic=math.log(8)), outside)
        canvas.stroke(Brush(blender, washed=washed), inwards)
        return canvas.read()

    assert not painted_inside(washed=True, paint_beyond=True)[..., 3].any()
    assert painted_inside(washed=False, paint_beyond=True)[..., 3].max() > ONE // 4  # as in MyPaint


def test_beyond_the_canvas_a_washed_brush_finds_its_own_paint() -> None:
    """What a stroke leaves does not depend on where the canvas ends."""
    settings = new_brush(smudge=0.6, smudge_length=0.8, radius_logarithmic=math.log(12)).settings
    there_and_back = stroke_events([(10.0, 40.0), (120.0, 70.0), (20.0, 66.0)], (0.7, 0.9), 12.0)

    def left(width: int, height: int, washed: bool) -> np.ndarray[Any, np.dtype[np.uint16]]:
        canvas = Canvas(width, height)
        canvas.stroke(Brush(settings, washed=washed), there_and_back)
        return canvas.read()[:64, :60]

    for sides in ((60, 64), (64, 64)):  # tiles that reach beyond the canvas, and tiles that do not
        np.testing.assert_array_equal(left(*sides, washed=True), left(300, 300, washed=True))
    assert (left(64, 64, washed=False) != left(300, 300, washed=False)).any()


def test_washing_changes_no_dry_brush() -> None:
    settings = new_brush(offset_by_random=0.5, radius_by_random=0.5).settings
    washed, usual = (painted(Brush(settings, washed=each), strokes=3) for each in (True, False))
    np.testing.assert_array_equal(washed, usual)

from __future__ import annotations

import json
import math
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dreambrush.bezier import path_length
from dreambrush.errors import OpenrasterError
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.brush import SMALLEST_RADIUS
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.strokemap import RecordedStroke
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.painter.save.saving import save_painting
from dreambrush.recipe import chosen_recipe
from dreambrush.reference.recorded_brushes import UNNAMED
from dreambrush.reference.recovery import recovered_strokes
from tests.mypaint.ora_files import OraFile
from tests.reference.painted import HEIGHT, WIDTH, Known, add_layer, apart, recorded, saved, settings_of

STRAIGHT = Known([(40, 50), (80, 70), (120, 90)])
BENT = Known([(60, 150), (110, 90), (200, 150)], (0.4, 1.0), 8.0, (0.1, 0.3, 0.6))
STEEP = Known([(210, 20), (215, 60), (212, 110)], (0.5, 0.5), 5.0, (0.9, 0.8, 0.1))
EASY = Known([(40, 96), (128, 96), (216, 96)], (1.0, 1.0), 7.0)

places = st.tuples(st.floats(40, WIDTH - 40), st.floats(40, HEIGHT - 40))


def test_paths_widths_pressures_and_colours_are_recovered(tmp_path: Path) -> None:
    strokes = [STRAIGHT, BENT, STEEP]
    found = recovered_strokes(saved(tmp_path, strokes))
    assert found.number.tolist() == found.line.tolist() == [0, 1, 2] and found.recorded == 3
    assert found.strokes.brushes == ("dreambrush/oil",) and found.strokes.layers == ("Paint",)
    assert found.strokes.size == (WIDTH, HEIGHT) and found.told.all()
    assert found.settings[0] is not None and found.settings[0].digest() == settings_of("oil").digest()
    for index, stroke in enumerate(strokes):
        assert apart(found.strokes.path[index], stroke.path) < 0.15 * stroke.radius
        assert found.strokes.radius[index] == pytest.approx(stroke.radius, rel=1e-3)
        assert found.strokes.colour[index] == pytest.approx(stroke.colour, abs=0.004)
        pressure = found.strokes.pressure[index]
        assert pressure.mean() == pytest.approx(np.mean(stroke.pressure), abs=0.12)
    assert found.strokes.pressure[1, 1] - found.strokes.pressure[1, 0] > 0.3, "it was pressed more and more"
    assert found.width[0] == pytest.approx(2 * STRAIGHT.radius, rel=0.12)
    assert found.width[2] < 1.75 * STEEP.radius, "half of the pressure leaves a narrow mark"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=places, control=places, end=places, pressure=st.floats(0.3, 1.0), radius=st.floats(3.0, 12.0))
def test_any_stroke_is_recovered(
    tmp_path: Path,
    start: tuple[float, float],
    control: tuple[float, float],
    end: tuple[float, float],
    pressure: float,
    radius: float,
) -> None:
    true = float(path_length(np.array([[*start, *control, *end, 1, 1, 1]], np.float32))[0])
    assume(true > 2)  # without a movement nothing is painted
    stroke = Known([start, control, end], (pressure, pressure), radius)
    found = recovered_strokes(saved(tmp_path, [stroke]))
    assert set(found.number.tolist()) == {0}
    ways = found.strokes.path.reshape(-1, 2).astype(float)
    low, high = np.array(stroke.path).min(0) - 1.5 * radius, np.array(stroke.path).max(0) + 1.5 * radius
    assert (ways[:, 0] > low[0] - 30).all() and (ways[:, 0] < high[0] + 30).all()
    length = float(path_length(found.strokes.rows()).sum())
    folds = np.hypot(*(np.array(control) - (np.array(start) + end) / 2)) > 0.4 * np.hypot(*(np.array(end) - start))
    if not folds:  # what turns back over itself is covered twice, and seen once
        assert length == pytest.approx(true, abs=1.2 * radius + 0.1 * true)


def test_crossing_strokes_are_both_whole(tmp_path: Path) -> None:
    over = Known([(128, 20), (130, 96), (132, 172)], (1.0, 1.0), 7.0, (0.1, 0.5, 0.9))
    found = recovered_strokes(saved(tmp_path, [EASY, over]))
    assert found.line.tolist() == [0, 1]
    assert apart(found.strokes.path[0], EASY.path) < 1 and apart(found.strokes.path[1], over.path) < 1


def test_a_stroke_over_one_of_its_own_colour_stays_in_one_piece(tmp_path: Path) -> None:
    over = Known([(128, 20), (130, 96), (132, 172)], (1.0, 1.0), 7.0, EASY.colour)
    found = recovered_strokes(saved(tmp_path, [EASY, over]))
    assert found.line.tolist() == [0, 1], "MyPaint did not record the middle of the second"
    assert apart(found.strokes.path[1], over.path) < 1


def test_on_paint_that_is_alike_faint_strokes_are_known_to_be_recorded_narrow(tmp_path: Path) -> None:
    wide = Known([(20, 96), (128, 96), (236, 96)], (1.0, 1.0), 60.0, (0.5, 0.5, 0.5))
    thin = [Known([(40, y), (120, y + 8), (200, y)], (0.8, 0.8), 9.0, (0.62, 0.5, 0.5)) for y in (60, 90, 120)]
    found = recovered_strokes(saved(tmp_path, [wide, *thin], "watercolour", opaque=1.0))
    assert found.strokes.pressure[found.number > 0].mean() == pytest.approx(0.8, abs=0.2)


def test_a_brush_that_is_as_wide_at_any_pressure_does_not_tell_it(tmp_path: Path) -> None:
    plain = settings_of("oil").with_curve("radius_logarithmic", "pressure")
    ora = OraFile(WIDTH, HEIGHT)
    add_layer(ora, recorded([EASY], plain, "classic/round"))
    ora.save(tmp_path / "work.ora")
    found = recovered_strokes(tmp_path / "work.ora")
    assert not found.told.any() and (found.strokes.pressure == 0.5).all()
    assert found.width[0] == pytest.approx(14, rel=0.1)


def test_as_seen_a_wide_brush_has_a_radius_that_ours_would_need(tmp_path: Path) -> None:
    wide = settings_of("oil").with_curve("radius_logarithmic", "pressure", (0.0, 0.5), (1.0, 1.0))
    ora = OraFile(WIDTH, HEIGHT)
    add_layer(ora, recorded([EASY], wide, "classic/wide"))
    ora.save(tmp_path / "work.ora")
    found = recovered_strokes(tmp_path / "work.ora")
    assert found.strokes.radius[0] == pytest.approx(7, rel=0.01) and found.width[0] > 32
    assert found.as_seen().radius[0] == pytest.approx(7 * math.e, rel=0.12)
    assert (found.as_seen().path == found.strokes.path).all()
    oil = recovered_strokes(saved(tmp_path, [STRAIGHT, BENT, STEEP]))
    assert oil.as_seen().radius == pytest.approx(oil.strokes.radius, rel=0.25)


def test_offsets_of_groups_and_layers_count_and_hidden_ones_do_not(tmp_path: Path) -> None:
    records = recorded([EASY], settings_of("oil"), "dreambrush/oil")
    ora = OraFile(WIDTH, HEIGHT)
    add_layer(ora, records, name="Hidden", visibility="hidden")
    away = ora.group(visibility="hidden")
    add_layer(ora, records, away, name="In a hidden group")
    group = ora.group(x=10, y=-7)
    add_layer(ora, records, group, name="Moved", x=3, y=20)
    add_layer(ora, records, name="Lowest")
    ora.save(tmp_path / "work.ora")
    found = recovered_strokes(tmp_path / "work.ora")
    assert found.strokes.layers == ("Lowest", "Moved") and found.strokes.layer.tolist() == [0, 1]
    assert found.strokes.path[1] - found.strokes.path[0] == pytest.approx(np.tile([13, 13], (3, 1)), abs=1e-3)


def test_erasers_leave_no_strokes(tmp_path: Path) -> None:
    ora = OraFile(WIDTH, HEIGHT)
    paint = recorded([EASY], settings_of("oil"), "dreambrush/oil")
    text = json.loads(paint[0].brush)
    text["settings"]["eraser"]["base_value"] = 1.0
    eraser = RecordedStroke(zlib.compress(json.dumps(text).encode()), paint[0].packed_masks)
    add_layer(ora, [*paint, eraser])
    ora.save(tmp_path / "work.ora")
    assert recovered_strokes(tmp_path / "work.ora").recorded == 1


@pytest.mark.parametrize("brush", ["{}", "no brush", "[" * 9000, '{"version": 3, "settings": {"color_h": 5}}'])
def test_a_brush_that_cannot_be_read_still_has_a_path(tmp_path: Path, brush: str) -> None:
    masks = recorded([EASY], settings_of("oil"), "")[0].packed_masks
    ora = OraFile(WIDTH, HEIGHT)
    add_layer(ora, [RecordedStroke(zlib.compress(brush.encode()), masks)])
    ora.save(tmp_path / "work.ora")
    found = recovered_strokes(tmp_path / "work.ora")
    assert found.strokes.brushes == (UNNAMED,) and found.settings == (None,)
    assert found.width[0] == pytest.approx(14, rel=0.1) and found.strokes.radius[0] > SMALLEST_RADIUS


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_shape_gives_strokes_that_are_sound(tmp_path: Path, data: st.DataObject) -> None:
    seed, block = data.draw(st.integers(0, 2**32 - 1)), data.draw(st.sampled_from([1, 2, 8, 32, 64]))
    share = data.draw(st.floats(0.0, 1.0))
    random = np.random.default_rng(seed)
    tiles = {}
    for tile in data.draw(st.sets(st.tuples(st.integers(-2, 5), st.integers(-2, 5)), max_size=6)):
        mask = np.kron(random.random((64 // block, 64 // block)) < share, np.ones((block, block), bool))
        tiles[tile] = mask.astype(np.uint8).tobytes()
    text = recorded([EASY], settings_of("charcoal"), "x")[0].brush
    ora = OraFile(WIDTH, HEIGHT)
    add_layer(ora, [RecordedStroke.pack(text, tiles)])
    ora.save(tmp_path / "work.ora")
    try:
        found = recovered_strokes(tmp_path / "work.ora")
    except OpenrasterError as error:
        assert error.id == "reference-without-strokes"
        return
    assert len(found.strokes) >= 1 and np.isfinite(found.strokes.rows()).all() and (found.width > 0).all()
    assert (np.diff(found.line) >= 0).all() and (np.diff(found.number) >= 0).all()


def test_without_strokes_there_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "empty.ora"
    ora = OraFile(WIDTH, HEIGHT)
    ora.layer(np.zeros((64, 64, 4), np.uint8))
    add_layer(ora, b"}")
    far = {(10**6, 10**6): b"\x01" * 4096, (-3, 0): bytes(4096)}
    add_layer(ora, [RecordedStroke.pack("{}", far)])
    ora.save(path)
    with pytest.raises(OpenrasterError) as caught:
        recovered_strokes(path)
    assert caught.value.id == "reference-without-strokes"
    assert caught.value.message.startswith(f"'{path}' holds no strokes that MyPaint has recorded")


def test_a_broken_stroke_map_is_told(tmp_path: Path) -> None:
    ora = OraFile(WIDTH, HEIGHT)
    add_layer(ora, b"b\0\0\0\x05oops")
    ora.save(tmp_path / "broken.ora")
    with pytest.raises(OpenrasterError) as caught:
        recovered_strokes(tmp_path / "broken.ora")
    assert caught.value.id == "strokemap-damaged"


def test_a_painting_of_ours_comes_out_as_its_recipe_says(tmp_path: Path) -> None:
    brush, path = find_brush("oil"), tmp_path / "painting.ora"
    y, x = np.mgrid[0:192, 0:256]
    picture = np.stack([x / 255, y / 191, (x // 64 + y // 64) % 2 * 0.6], -1).astype(np.float32)
    save_painting(path, paint(picture, [brush], 120, options=PaintOptions(effort=1)), [brush], 0, {})
    with read_document(path) as document:
        true = chosen_recipe(document.settings, path).strokes
        found = recovered_strokes(document)
    assert {found.strokes.layers[layer] for layer in found.strokes.layer} == set(true.layers)
    far, tilt = [], []
    for colour, path_of, radius in zip(true.colour, true.path.astype(float), true.radius, strict=True):
        same = np.flatnonzero(np.abs(found.strokes.colour - colour).max(1) < 0.003)
        if len(same) == 1:
            mine = found.strokes.path[same[0]].astype(float)
            far.append(apart(mine, path_of) / radius)
            (ax, ay), (bx, by) = mine[2] - mine[0], path_of[2] - path_of[0]
            tilt.append(np.degrees(np.arcsin(abs(ax * by - ay * bx) / np.hypot(ax, ay) / np.hypot(bx, by))))
    assert len(far) > 40
    # Measured: 0.2 radii and 2 degrees.  W's masks are wider than MyPaint's own, see mypaint/picking.py.
    assert np.median(far) < 0.4 and np.median(tilt) < 6

from __future__ import annotations

from dataclasses import replace

import pytest

from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import BrushSetting, BrushSettings, read_myb
from dreambrush.train.collect.probe import Probe, probe

OIL = read_myb(find_brush("oil").path)


def with_curve(setting: str, key: str, *curve: tuple[float, float]) -> BrushSettings:
    settings = dict(OIL.settings)
    settings[setting] = BrushSetting(settings[setting].base_value, {key: curve})
    return replace(OIL, settings=settings)


@pytest.mark.parametrize("name", ["oil", "bristle", "ink"])
def test_our_brushes_lay_paint_of_their_colour(name: str) -> None:
    assert probe(read_myb(find_brush(name).path)) == Probe(lays_paint=True, changes_colour=False)


@pytest.mark.parametrize("setting", ["change_color_h", "change_color_v", "change_color_hsv_s"])
def test_colour_that_changes_from_dab_to_dab_is_seen(setting: str) -> None:
    assert probe(with_curve(setting, "random", (0.0, -0.5), (1.0, 0.5))).changes_colour


def test_colour_that_changes_in_pigment_mode_is_seen() -> None:
    changing = with_curve("change_color_v", "pressure", (0.0, 0.0), (1.0, -0.5))
    assert probe(changing.with_values(paint_mode=1.0)).changes_colour
    assert not probe(OIL.with_values(paint_mode=1.0)).changes_colour


@pytest.mark.parametrize("values", [{"eraser": 1.0}, {"smudge": 1.0, "smudge_length": 0.0}])
def test_erasers_and_blenders_lay_no_paint(values: dict[str, float]) -> None:
    assert not probe(OIL.with_values(**values)).lays_paint

from __future__ import annotations

import colorsys
import json
import math
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.brushes.text import BrushText
from dreambrush.mypaint.engine.library import setting_ids
from dreambrush.mypaint.engine.myb import BrushSettings, parse_myb, read_myb

ROOT = Path(__file__).parents[3]
STROKE_SETTINGS = ("color_h", "color_s", "color_v", "radius_logarithmic")
PICKED = re.compile(r'"(color_[hsv])":\{"base_value":([^,]*)')

colours = st.tuples(*[st.floats(0, 1)] * 3)


def oil() -> BrushSettings:
    return read_myb(find_brush("oil").path)


def colour_in(text: str) -> tuple[float, float, float]:
    hsv = {name: float(value) for name, value in PICKED.findall(text)}
    return colorsys.hsv_to_rgb(hsv["color_h"], hsv["color_s"], hsv["color_v"])


@pytest.mark.parametrize("path", sorted((ROOT / "brushes").glob("*.myb")), ids=lambda path: path.stem)
def test_a_text_is_the_whole_brush_in_the_strokes_colour_and_size(path: Path) -> None:
    settings = read_myb(path)
    text = BrushText(settings).text((0.2, 0.7, 0.4), 12.5)
    again = parse_myb(text, "text")
    assert json.loads(text)["settings"].keys() == setting_ids().keys()
    assert again.parent_name == settings.parent_name == f"dreambrush/{path.stem}"
    values = {name: again.settings[name].base_value for name in STROKE_SETTINGS}
    assert again.settings == settings.with_values(**values).settings
    assert values["radius_logarithmic"] == pytest.approx(math.log(12.5), abs=1e-4)


def test_a_text_can_have_the_name_of_another_brush() -> None:
    name = 'classic/"charcoal" %s ü\n'
    assert parse_myb(BrushText(oil(), name).text((0, 0, 0), 1.0), "text").parent_name == name
    assert parse_myb(BrushText(oil(), "").text((0, 0, 0), 1.0), "text").parent_name == ""


def test_8_bit_colours_come_back() -> None:
    """Black, white, all greys, every 15th level of each channel, and a good many more."""
    brush = BrushText(oil())
    some = np.random.default_rng(1).integers(0, 256, (6000, 3)).tolist()
    greys = [(level, level, level) for level in range(256)]
    for levels in (*greys, *product(range(0, 256, 15), repeat=3), *some):
        back = colour_in(brush.text([level / 255 for level in levels], 3.0))
        assert max(abs(255 * one - other) for one, other in zip(back, levels, strict=True)) < 0.2, levels


@given(colours, st.floats(1e-3, 1e4))
def test_texts_are_short_and_valid_for_any_stroke(colour: tuple[float, float, float], radius: float) -> None:
    text = BrushText(oil()).text(colour, radius)
    again = parse_myb(text, "text")
    assert np.abs(np.subtract(colour_in(text), colour)).max() < 0.2 / 255
    size = again.settings["radius_logarithmic"].base_value
    assert size == pytest.approx(min(max(math.log(radius), -2.0), 6.0), abs=1e-4)
    assert " " not in text and "e-" not in text and ".0," not in text
    assert len(text) < 3300


@pytest.mark.parametrize(
    ("colour", "radius"), [((0, 0), 1.0), ((0, 0, math.nan), 1.0), ((0, 0, 0), math.inf), ((0, 0, 0), math.nan)]
)
def test_what_is_no_colour_or_radius_is_refused(colour: tuple[float, ...], radius: float) -> None:
    with pytest.raises(ValueError, match="Expected a colour of three finite numbers and a radius"):
        BrushText(oil()).text(colour, radius)

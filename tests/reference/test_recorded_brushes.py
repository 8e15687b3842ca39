from __future__ import annotations

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.mypaint.brushes.text import BrushText
from dreambrush.mypaint.strokemap import RecordedStroke
from dreambrush.reference.recorded_brushes import UNNAMED, BrushBox
from tests.reference.painted import settings_of

levels = st.floats(0, 1)


def stroke(text: str) -> RecordedStroke:
    return RecordedStroke(zlib.compress(text.encode()), {})


@given(colours=st.lists(st.tuples(levels, levels, levels), min_size=1, max_size=4), radius=st.floats(0.2, 300))
def test_colour_and_size_are_those_of_the_stroke(colours: list[tuple[float, float, float]], radius: float) -> None:
    box, text = BrushBox(), BrushText(settings_of("oil"), "dreambrush/oil")
    for number, colour in enumerate(colours):
        brush = box.brush(stroke(text.text(colour, radius / (number + 1))))
        assert brush.colour == pytest.approx(colour, abs=0.004)
        assert brush.radius == pytest.approx(max(radius / (number + 1), 0.1353), rel=0.001)
        assert brush.name == "dreambrush/oil" and not brush.erases
    assert len(box.settings) == 1


def test_brushes_are_told_apart_by_their_settings_and_names() -> None:
    box = BrushBox()
    for settings, name in (("oil", "a"), ("oil", "b"), ("ink", "a"), ("kneaded-eraser", "a")):
        brush = box.brush(stroke(BrushText(settings_of(settings), name).text((0, 0, 0), 4.0)))
    assert len(box.settings) == 4 and brush.erases


@pytest.mark.parametrize("value", ["x", None, True, 1e300, [], float("nan")])
def test_a_strangers_numbers_do_no_harm(value: object) -> None:
    document = json.loads(BrushText(settings_of("oil")).text((1, 0, 0), 4.0))
    document["settings"]["color_h"]["base_value"] = value
    brush = BrushBox().brush(stroke(json.dumps(document)))
    assert all(0 <= channel <= 1 for channel in brush.colour) and 0.1 < brush.radius < 500
    assert brush.settings is None and brush.name == UNNAMED

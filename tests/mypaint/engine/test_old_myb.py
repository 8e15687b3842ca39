"""Brush files of MyPaint 0.x, of which artists still have many."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.errors import BrushError
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.library import input_ids
from dreambrush.mypaint.engine.myb import parse_myb, read_myb
from tests.mypaint.in_mypaint import run_in_mypaint

VERSION_2 = """# mypaint brush file
# you can edit this file and then select the brush in mypaint (again) to reload
version 2
parent_brush_name deevad/some%20thing
opaque 0.8 | pressure (0.0 0.0), (1.0 1.0)
radius_logarithmic 1.01 | pressure (0.0 -0.26), (0.35 0.02), (1.0 0.26) | speed1 (0.0 0.0), (1.0 -0.5)
hardness 0.7
color_h 0.1
color_saturation 0.5 | random (0.0 -1.0), (1.0 1.0)
stroke_treshold 0.25
adapt_color_from_image 0.0
opaque_linearize what
unheard_of 3.0
"""
VERSION_1 = """# mypaint brush file
color 255 128 0
opaque 0.5 | pressure 0.5 0.2 1.0 0.9 0.0 0.0 0.0 0.0
radius_logarithmic 2.0 | speed 1.0 0.5
speed_slowness 0.04
change_radius 0.0
painting_time 3
"""


def test_a_brush_of_version_2(tmp_path: Path) -> None:
    (tmp_path / "old.myb").write_text(VERSION_2)
    brush = read_myb(tmp_path / "old.myb").settings
    assert brush["opaque"].base_value == 0.8 and brush["opaque"].inputs == {"pressure": ((0, 0), (1, 1))}
    assert brush["radius_logarithmic"].inputs["pressure"] == ((0.0, -0.26), (0.35, 0.02), (1.0, 0.26))
    assert brush["radius_logarithmic"].inputs["speed1"] == ((0, 0), (1, -0.5))
    assert brush["change_color_hsv_s"].base_value == 0.25
    assert brush["change_color_hsv_s"].inputs == {"random": ((0, -0.5), (1, 0.5))}
    assert brush["stroke_threshold"].base_value == 0.25
    assert brush["anti_aliasing"].base_value == 0 and brush["opaque_linearize"].base_value == pytest.approx(0.9)
    assert Brush.load(tmp_path / "old.myb") is not None


@pytest.mark.parametrize("text", [VERSION_1, VERSION_2])
def test_settings_are_those_that_mypaint_reads(tmp_path: Path, text: str) -> None:
    (tmp_path / "old.myb").write_text(text)
    theirs = json.loads(run_in_mypaint("mypaint_reads_old.py", tmp_path / "home", tmp_path / "old.myb"))
    ours = read_myb(tmp_path / "old.myb", paint_mode=1.0).settings
    for name, setting in ours.items():
        base, inputs = theirs[name]
        assert setting.base_value == pytest.approx(base, abs=1e-6), name
        curves = {
            key: tuple(tuple(map(float, point)) for point in points)
            for key, points in inputs.items()
            if key in input_ids()
        }
        assert {k: tuple(tuple(map(float, xy)) for xy in c) for k, c in setting.inputs.items()} == {
            key: tuple(tuple(pytest.approx(number) for number in point) for point in points)
            for key, points in curves.items()
        }, name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# brush\n", "it has no settings"),
        ("# brush\nversion 3\nopaque 1.0\n", "at most version 2"),
        ("# brush\nversion 2\nopaque one\n", "it has no settings"),
        ("# brush\nversion 2\nopaque nan\n", "finite number"),
        ("# brush\nversion 2\nopaque 1 | pressure (1 0), (0 1)\n", "from left to right"),
        ("version 2\nopaque 1.0\n", "not valid JSON"),
    ],
)
def test_what_is_no_old_brush(text: str, message: str) -> None:
    with pytest.raises(BrushError, match=message) as caught:
        parse_myb(text, "x.myb")
    assert caught.value.id == "not-a-mypaint-brush"


@given(st.text(st.sampled_from("ab|(),. 019-#\nversioncolor "), max_size=120))
def test_other_text_never_gives_another_error(text: str) -> None:
    for each in (f"#{text}", f"#\nversion 2\nopaque {text}"):
        try:
            parse_myb(each, "x.myb")
        except BrushError:
            continue

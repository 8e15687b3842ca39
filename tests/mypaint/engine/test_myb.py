from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.errors import BrushError
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.library import input_ids, setting_ids, setting_ranges
from dreambrush.mypaint.engine.myb import (
    MOST_POINTS,
    BrushSetting,
    BrushSettings,
    default_settings,
    parse_myb,
    read_myb,
)

STOCK = Path("/usr/share/mypaint-data/2.0/brushes")
EMPTY = '{"version": 3, "settings": {}}'

numbers = st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
curves = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=6).map(sorted)
good_inputs = st.dictionaries(st.sampled_from(sorted(input_ids())), curves, max_size=3)
good_settings = st.dictionaries(
    st.sampled_from(sorted(setting_ids())),
    st.fixed_dictionaries({"base_value": numbers, "inputs": good_inputs}),
    max_size=5,
)


def odd_document(draw: st.DrawFn) -> Any:
    """A brush with something unexpected somewhere in it."""
    document: Any = {"version": 3, "settings": draw(good_settings), "description": draw(anything)}
    odd = draw(anything)
    settings = document["settings"]
    where = draw(st.sampled_from(["all", "version", "settings", "setting", "base_value", "inputs", "curve", "point"]))
    setting = draw(st.sampled_from([*settings, "hardness"]))
    inner: Any = {"base_value": 0.5, "inputs": {"pressure": [[0.0, 0.0], [1.0, 1.0]]}}
    match where:
        case "all":
            return odd
        case "version" | "settings":
            document[where] = odd
        case "setting":
            settings[setting] = odd
        case "base_value" | "inputs":
            settings[setting] = inner | {where: odd}
        case "curve":
            settings[setting] = inner | {"inputs": {"pressure": odd}}
        case "point":
            settings[setting] = inner | {"inputs": {"pressure": [[0.0, 0.0], odd]}}
    return document


odd_documents = st.composite(odd_document)()


def document(name: str = "hardness", **setting: Any) -> str:
    return json.dumps({"version": 3, "settings": {name: setting}})


def test_of_a_long_value_a_message_shows_the_beginning() -> None:
    odd = {"version": [{"\U000d5201" * 9: {"\U000d5201" * 9: ["\U000d5201" * 99] * 9}}] * 9, "settings": {}}
    with pytest.raises(BrushError) as caught:
        parse_myb(json.dumps(odd), "odd.myb")
    assert len(caught.value.message) < 200


@given(odd_documents)
def test_an_odd_file_gives_a_whole_brush_or_a_brush_error(odd: Any) -> None:
    try:
        settings = parse_myb(json.dumps(odd), "odd.myb")
    except BrushError as error:
        assert error.message.startswith("odd.myb is not a MyPaint brush: ")
        assert len(error.message) < 400
    else:
        assert list(settings.settings) == list(setting_ids())
        Brush(settings)  # libmypaint aborts the process where it does not like a curve


@given(st.text() | st.text(alphabet='{}[]",:0123456789.eE+-truefalsn '))
def test_any_text_gives_a_brush_error(text: str) -> None:
    with pytest.raises(BrushError):
        parse_myb(text, "text")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "9" * 10_000, '{"version": 1' + "0" * 9000 + "}"])
def test_texts_that_upset_the_json_parser_give_a_brush_error(text: str) -> None:
    with pytest.raises(BrushError, match="is not a MyPaint brush"):
        parse_myb(text, "text")


@given(good_settings, st.text(), st.text())
@pytest.mark.slow
def test_what_is_written_is_read_again(given_settings: Any, parent: str, description: str) -> None:
    text = json.dumps(
        {"version": 3, "settings": given_settings, "parent_brush_name": parent, "description": description}
    )
    settings = parse_myb(text, "first")
    again = parse_myb(settings.to_json(), "again", paint_mode=1.0)  # it names every setting, so this has no say
    assert again == settings
    assert again.to_json() == settings.to_json()
    assert settings.parent_name == parent and settings.description == description
    for name, setting in given_settings.items():
        assert settings.settings[name].base_value == setting["base_value"]
        assert settings.settings[name].inputs == {key: tuple(curve) for key, curve in setting["inputs"].items()}


def test_settings_that_a_file_does_not_name_get_the_engines_defaults() -> None:
    settings = parse_myb(EMPTY, "empty").settings
    for name, (_, normal, _) in setting_ranges().items():
        pressed = {"pressure": ((0.0, 0.0), (1.0, 1.0))}
        expected = 0.0 if name == "paint_mode" else normal
        assert settings[name] == BrushSetting(expected, pressed if name == "opaque_multiply" else {})


def test_paint_mode_is_the_callers_choice_only_where_the_file_is_silent() -> None:
    assert parse_myb(EMPTY, "empty", paint_mode=1.0).settings["paint_mode"].base_value == 1.0
    named = parse_myb(document("paint_mode", base_value=0.25, inputs={}), "named", paint_mode=1.0)
    assert named.settings["paint_mode"].base_value == 0.25


def test_an_empty_opaque_multiply_loses_the_default_curve() -> None:
    settings = parse_myb(document("opaque_multiply", base_value=1.0, inputs={}), "tanda/splatter-02").settings
    assert settings["opaque_multiply"] == BrushSetting(1.0, {})


def test_settings_and_inputs_of_other_versions_are_passed_over_as_in_mypaint() -> None:
    inputs = {"surfacemap_x": [[0, 0], [1, 1]], "pressure": [[0, 0], [1, 2]]}
    text = json.dumps({"version": 3, "settings": {"fancy": {"base_value": 1}, "hardness": {"inputs": inputs}}})
    settings = parse_myb(text, "newer").settings
    assert "fancy" not in settings
    assert settings["hardness"].inputs == {"pressure": ((0.0, 0.0), (1.0, 2.0))}


@pytest.mark.parametrize(
    ("curve", "complaint"),
    [
        ([[0, 0]], "0 or 2 to 64 points"),
        ([[i, 0] for i in range(MOST_POINTS + 1)], "0 or 2 to 64 points"),
        ("0,0 1,1", "0 or 2 to 64 points"),
        ([[0, 0], [1]], "points of 2 numbers"),
        ([[0, 0], [1, 1, 1]], "points of 2 numbers"),
        ([[1, 0], [0, 1]], "run from left to right"),
        ([[0, 0], [1, None]], "to be a finite number"),
        ([[0, 0], [1, True]], "to be a finite number"),
        ([[0, 0], [1, float("nan")]], "to be a finite number"),
        ([[0, 0], [float("inf"), 1]], "to be a finite number"),
        ([[0, 0], [1, 1e30]], "to be a finite number"),
        ([[0, 0], [1, 10**400]], "to be a finite number"),
    ],
)
def test_bad_curves_are_named(curve: Any, complaint: str) -> None:
    with pytest.raises(BrushError, match=f"the pressure curve of setting hardness.*{complaint}"):
        parse_myb(document(base_value=0.5, inputs={"pressure": curve}), "bad")


def test_good_curves_are_kept_to_the_point() -> None:
    steps = [[i // 2, i] for i in range(MOST_POINTS)]  # upright pieces are fine
    settings = parse_myb(document(base_value=0.5, inputs={"pressure": steps, "random": []}), "good").settings
    assert settings["hardness"].inputs == {"pressure": tuple((float(x), float(y)) for x, y in steps)}


@pytest.mark.parametrize("version", [1, 2, 4, None, "3", [3]])
def test_other_versions_are_refused(version: Any) -> None:
    with pytest.raises(BrushError, match="expected version 3 but it had"):
        parse_myb(json.dumps({"version": version, "settings": {}}), "old")


def test_with_values_changes_a_copy() -> None:
    settings = parse_myb(EMPTY, "empty")
    changed = settings.with_values(hardness=0.25, opaque_multiply=0.5)
    assert changed.settings["hardness"].base_value == 0.25
    assert changed.settings["opaque_multiply"].inputs == settings.settings["opaque_multiply"].inputs
    assert settings == parse_myb(EMPTY, "empty")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30])
def test_with_values_refuses_what_is_no_setting_or_no_number(value: float) -> None:
    settings = parse_myb(EMPTY, "empty")
    with pytest.raises(BrushError, match="Expected setting hardness to be a finite number"):
        settings.with_values(hardness=value)
    with pytest.raises(BrushError, match="no brush setting named 'hardnes'"):
        settings.with_values(hardnes=0.5)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "binary.myb").write_bytes(b"\xff\xfe\x00")
    for name, reason in (("none.myb", "No such file"), ("binary.myb", "it is not text"), (".", "Is a directory")):
        with pytest.raises(BrushError, match=f"cannot be read: {reason}"):
            read_myb(tmp_path / name)


@pytest.mark.skipif(not STOCK.is_dir(), reason="MyPaint's brushes are not installed (apt: mypaint-brushes)")
def test_every_stock_brush_is_read_whole() -> None:
    files = sorted(STOCK.rglob("*.myb"))
    assert len(files) > 100
    for file in files:
        brush = read_myb(file)
        for name, given_setting in json.loads(file.read_text(encoding="utf-8"))["settings"].items():
            known = {key: curve for key, curve in given_setting["inputs"].items() if curve and key in input_ids()}
            setting = brush.settings[name]
            assert setting.base_value == given_setting["base_value"]
            assert {key: [list(point) for point in curve] for key, curve in setting.inputs.items()} == known
        assert isinstance(brush, BrushSettings)
        assert parse_myb(brush.to_json(), "again") == brush


def test_a_curve_adds_to_what_it_is_drawn_for() -> None:
    plain = default_settings()
    bent = plain.with_curve("hardness", "tilt_declination", (0, -0.5), (90, 0.5))
    assert bent.settings["hardness"].inputs == {"tilt_declination": ((0.0, -0.5), (90.0, 0.5))}
    assert bent.settings["opaque_multiply"] == plain.settings["opaque_multiply"]
    assert bent.with_curve("hardness", "tilt_declination") == plain
    assert parse_myb(bent.to_json(), "again") == bent


@pytest.mark.parametrize(
    ("call", "id"),
    [
        (("hardnes", "pressure", (0, 0), (1, 1)), "no-such-brush-setting"),
        (("hardness", "presure", (0, 0), (1, 1)), "no-such-brush-input"),
        (("hardness", "pressure", (0, 0)), "brush-curve-impossible"),
        (("hardness", "pressure", (1, 0), (0, 1)), "brush-curve-impossible"),
        (("hardness", "pressure", (0, 0), (1, float("nan"))), "brush-curve-impossible"),
        (("hardness", "pressure", 0, 1), "brush-curve-impossible"),
    ],
)
def test_a_curve_that_is_none_is_refused(call: tuple[Any, ...], id: str) -> None:
    with pytest.raises(BrushError) as caught:
        default_settings().with_curve(*call)
    assert caught.value.id == id

"""A manner as TOML: there and back, and whatever people make of it."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dreambrush.manner.manner import FIGURES, PLACES, FlowCell, Manner, StrokeGroup, Swatch
from dreambrush.manner.table import KEY, LONGEST_SOURCE, STROKES, read_manner, to_text
from tests.manner.manners import manners

ELEVEN = " ".join(["1"] * 11)
SOUND: dict[str, Any] = {
    "of": "wave.jpg",
    "found_by": "patches",
    "ground": "#d8c4a0",
    "open": 0.2,
    "palette": "#d8c4a0 41.5, #1b2c3d 12.1",
    "flow": "45/80 0/100\n180/0 90/50",
    STROKES: [
        {
            "where": "everywhere",
            "breadth": "broad",
            "share": 0.3,
            "width": "7.4 7.8 8.5 9.2 10 12 14 16 16 17 18",
            "length": "1 2 3 4 5 6 7 8 9 10 11",
            "bend": "0 0 0 .1 .1 .1 .2 .2 .2 .3 .4",
            "angle": "0 1 2 3 4 5 6 7 8 9 90",
        }
    ],
}
GROUP = SOUND[STROKES][0]


def there_and_back(manner: Manner) -> Manner:
    return read_manner(tomllib.loads(to_text(manner))[KEY])


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(manners)
def test_what_is_written_is_read_again(manner: Manner) -> None:
    found = there_and_back(manner)
    assert to_text(found) == to_text(there_and_back(found))
    assert [(each.place, each.breadth, set(each.figures)) for each in found.groups] == [
        (each.place, each.breadth, set(each.figures)) for each in manner.groups
    ]
    for mine, theirs in zip(found.groups, manner.groups, strict=True):
        assert math.isclose(mine.share, theirs.share, rel_tol=1e-3)
        for name, quantiles in theirs.figures.items():
            assert mine.figures[name] == pytest.approx(quantiles, rel=1e-3, abs=1e-6)
    for one, other in zip(found.swatches, manner.swatches, strict=True):
        assert one.colour == pytest.approx(other.colour, abs=0.5 / 255 + 1e-9)
        assert one.share == pytest.approx(other.share, rel=1e-3)
    assert found.ground == pytest.approx(manner.ground, abs=0.5 / 255 + 1e-9)
    assert found.open == pytest.approx(manner.open, rel=1e-3, abs=1e-6)
    assert found.means == manner.means and len(found.flow) == len(manner.flow)
    assert (found.order is None) == (manner.order is None)
    for row, before in zip(found.flow, manner.flow, strict=True):
        for cell, was in zip(row, before, strict=True):
            assert (cell.angle, cell.strength) == pytest.approx((was.angle, was.strength), abs=0.51)


def test_a_name_of_any_letters_and_length_makes_toml() -> None:
    sound = read_manner(SOUND)
    assert there_and_back(replace(sound, source='a "b" \\c\n')).source == 'a "b" \\c?'
    for letter in ('"', "\\", "ü", "\ud800"):  # the third quarter of an escape is no end
        for count in range(LONGEST_SOURCE - 2, LONGEST_SOURCE + 3):
            kept = there_and_back(replace(sound, source=letter * count)).source
            assert kept == ("?" if letter == "\ud800" else letter) * min(count, LONGEST_SOURCE)


def test_the_table_that_the_docs_show() -> None:
    manner = read_manner(SOUND)
    assert manner.source == "wave.jpg" and manner.order is None and manner.open == 0.2
    assert manner.swatches[0] == Swatch((0xD8 / 255, 0xC4 / 255, 0xA0 / 255), 0.415)
    assert manner.flow == ((FlowCell(45, 0.8), FlowCell(0, 1)), (FlowCell(180, 0), FlowCell(90, 0.5)))
    (group,) = manner.groups
    assert isinstance(group, StrokeGroup) and group.figures["width"][5] == 12 and group.place == PLACES[0]


def test_what_may_be_left_out() -> None:
    bare = {"ground": "#000000", "palette": "#FFFFFF 1", STROKES: [{**GROUP}]}
    del bare[STROKES][0]["share"]  # type: ignore[attr-defined]
    manner = read_manner(bare)
    assert (manner.source, manner.means, manner.open, manner.order, manner.flow) == ("", "patches", 0, None, ())
    assert manner.groups[0].share == pytest.approx(1 / 3)


def test_strokes_stand_in_any_order_in_the_file_but_broad_ones_come_first() -> None:
    mixed = [(where, breadth) for where in ("face", "everywhere") for breadth in ("fine", "broad", "middle")]
    groups = [{**GROUP, "where": where, "breadth": breadth} for where, breadth in mixed]
    found = read_manner({**SOUND, STROKES: groups})
    breadths = ["broad", "middle", "fine"]
    assert [(each.place, each.breadth) for each in found.groups] == [
        (where, breadth) for where in ("everywhere", "face") for breadth in breadths
    ]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"colour": 1}, "no key 'colour'"),
    ({"of": 5}, "'of'"),
    ({"of": "a\nb"}, "'of'"),
    ({"of": "a" * 401}, "'of'"),
    ({"found_by": "luck"}, "'found_by'"),
    ({"ground": "white"}, "'ground'"),
    ({"ground": None}, "'ground'"),
    ({"open": 0.96}, "'open'"),
    ({"open": True}, "'open'"),
    ({"open": float("nan")}, "'open'"),
    ({"order": -1.1}, "'order'"),
    ({"order": [1]}, "'order'"),
    ({"palette": ""}, "'palette'"),
    ({"palette": "#000000"}, "'palette'"),
    ({"palette": "#000000 101"}, "'palette'"),
    ({"palette": "#000000 -1"}, "'palette'"),
    ({"palette": "#00000g 1"}, "'palette'"),
    ({"palette": "#000000 0, #ffffff 0"}, "no colour of 'palette'"),
    ({"palette": ", ".join(["#000000 1"] * 65)}, "'palette'"),
    ({"flow": 5}, "'flow'"),
    ({"flow": "1/2 3/4\n5/6"}, "'flow'"),
    ({"flow": "1/2/3"}, "'flow'"),
    ({"flow": "181/2"}, "'flow'"),
    ({"flow": "\n".join(["1/2"] * 65)}, "'flow'"),
    ({STROKES: []}, "no [[manner.strokes]]"),
    ({STROKES: {}}, "no [[manner.strokes]]"),
    ({STROKES: [5]}, "no tables"),
    ({STROKES: [GROUP] * 13}, "too many"),
    ({STROKES: [GROUP, GROUP]}, "same place and breadth"),
    ({STROKES: [{**GROUP, "where": "face"}]}, 'where = "everywhere"'),
    ({STROKES: [{**GROUP, "where": "nowhere"}]}, "need where"),
    ({STROKES: [{**GROUP, "breadth": ["broad"]}]}, "need where"),
    ({STROKES: [{**GROUP, "share": 0}]}, "'share'"),
    ({STROKES: [{**GROUP, "wide": ELEVEN}]}, "no key 'wide'"),
    ({STROKES: [{key: each for key, each in GROUP.items() if key != "bend"}]}, "lacks bend"),
]


@pytest.mark.parametrize(("change", "said"), WRONG, ids=lambda each: str(each)[:40])
def test_what_is_wrong_is_said(change: dict[str, Any], said: str) -> None:
    read_manner(SOUND)
    with pytest.raises(ValueError) as raised:
        read_manner({**SOUND, **change})
    assert said in str(raised.value)


@pytest.mark.parametrize("name", FIGURES)
def test_quantiles_are_eleven_rising_numbers_within_the_range(name: str) -> None:
    low, high = FIGURES[name]
    ends = [low] * 5 + [high] * 6
    read_manner({**SOUND, STROKES: [{**GROUP, name: " ".join(map(str, ends))}]})
    for wrong in (ends[1:], [*ends, high], ends[::-1], [low - 0.1, *ends[1:]], [*ends[:-1], high + 1], ["x"] * 11):
        with pytest.raises(ValueError, match=f"'{name}'"):
            read_manner({**SOUND, STROKES: [{**GROUP, name: " ".join(map(str, wrong))}]})
    for wrong_text in (" ".join(["nan"] * 11), " ".join(["inf"] * 11), "", ends, low):
        with pytest.raises(ValueError, match=f"'{name}'"):
            read_manner({**SOUND, STROKES: [{**GROUP, name: wrong_text}]})


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.dates(),
    st.text(max_size=20),
    st.sampled_from(["#000000 1", "#00ff00", "1/2", ELEVEN, "everywhere", "broad", "patches"]),
)
keys = st.sampled_from([*SOUND, *GROUP, "order"]) | st.text(max_size=5)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=8
)


@settings(max_examples=250)
@given(st.data())
def test_whatever_stands_there_it_is_a_manner_or_a_sentence(data: st.DataObject) -> None:
    """No other exception than ValueError, and what is read can be written."""
    table: Any = {**SOUND, STROKES: [dict(GROUP)]}
    place: Any = table if data.draw(st.booleans()) else table[STROKES][0]
    for key, value in data.draw(st.dictionaries(keys, anything, min_size=1, max_size=2)).items():
        place[key] = value
    if data.draw(st.integers(0, 9)) == 0:
        table = data.draw(anything)
    try:
        manner = read_manner(table)
    except ValueError as error:
        assert str(error)
    else:
        assert to_text(there_and_back(manner)) == to_text(manner)

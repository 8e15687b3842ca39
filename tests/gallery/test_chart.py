from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from dreambrush.gallery.chart import COLOURS, HEIGHT, WIDTH, Level, PaintingCourse, draw_chart


def drawn(*arguments: object) -> ET.Element:
    text = draw_chart(*arguments)  # type: ignore[arg-type]
    return ET.fromstring(f"<div>{text}</div>")


def numbers(text: str | None) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in (text or "").split())]


COURSES = [
    PaintingCourse("<a>", 0, [(0.1, 0.04), (1.0, 0.01)], 2.0, 0.012),
    PaintingCourse("b", 1, [(0.2, 0.08), (0.4, 0.02)], 0.8, 0.02),
]


def test_halvings_are_equally_long() -> None:
    lines = [numbers(line.get("points")) for line in drawn(COURSES, ["one", "two"]).iter("polyline")]
    (a, b, _), (c, d, e) = lines
    across = (b[0] - a[0]) / math.log(10)
    down = (b[1] - a[1]) / math.log(4)
    assert across > 0 and down > 0
    assert (d[0] - c[0]) / math.log(2) == pytest.approx((e[0] - d[0]) / math.log(2), abs=0.2)
    assert (d[0] - c[0]) / math.log(2) == pytest.approx(across, abs=0.2)
    assert (d[1] - c[1]) / math.log(4) == pytest.approx(down, abs=0.2)


def test_each_line_ends_in_a_dot_and_has_a_title() -> None:
    chart = drawn(COURSES, ["one", "two"])
    ends = [(float(dot.get("cx", "")), float(dot.get("cy", ""))) for dot in chart.iter("circle")]
    assert ends == [numbers(line.get("points"))[-1] for line in chart.iter("polyline")]
    titles = [title.text for title in chart.iter("title")]
    assert titles == ["<a>: error 0.01200 after 2.0 s", "b: error 0.02000 after 0.8 s"]
    words = [text.text for text in chart.iter("text")]
    assert {"one", "two", "seconds of painting", "mean squared error", "0.1 s", "1 s", "0.02"} <= set(words)


def test_all_lies_within_and_no_name_over_another() -> None:
    same = [PaintingCourse(str(index), index, [(1, 0.01)], 1, 0.01) for index in range(COLOURS + 3)]
    levels = [Level("others", 0.01), Level("far", 3.0)]
    chart = drawn(same, [f"group {index}" for index in range(len(same))], levels)
    places = sorted(
        float(text.get("y", ""))
        for text in chart.iter("text")
        if text.text and text.text.startswith(("group", "others"))
    )
    assert len(places) == len(same) + 1 and places[0] > 0 and places[-1] < HEIGHT
    assert min(b - a for a, b in pairwise(places)) >= 14
    for line in chart.iter("polyline"):
        assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in numbers(line.get("points")))


def test_no_progress_no_time_and_no_error_are_drawn_too() -> None:
    chart = drawn([PaintingCourse("still", 0, [], 0.0, 0.0)], ["one"])
    assert len(list(chart.iter("circle"))) == 1

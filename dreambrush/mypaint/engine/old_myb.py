"""MyPaint's brush files of versions 1 and 2: one setting a line, its curves behind bars.

    radius_logarithmic 1.01 | pressure (0.0 -0.26), (1.0 0.26)

MyPaint reads them to this day (lib/brush.py).  A line that it cannot read is skipped there, and so it is here.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Iterator
from typing import Any

MARK = "#"  # MyPaint knows these files by their first character
NEWEST = 2
MOST_LINES = 1000

_RENAMED: dict[str, tuple[str, float]] = {
    "color_hue": ("change_color_h", 64 / 360),
    "color_saturation": ("change_color_hsv_s", 0.5),
    "color_value": ("change_color_v", 0.5),
    "speed_slowness": ("speed1_slowness", 1.0),
    "change_color_s": ("change_color_hsv_s", 1.0),
    "stroke_treshold": ("stroke_threshold", 1.0),
}
"""Old name -> name of today, and what its values are multiplied by."""

Points = list[list[float]]


def read_old_brush(text: str) -> dict[str, Any]:
    """Reads a brush of version 1 or 2.

    Args:
        text: of the file.

    Returns:
        The same brush as the JSON object of version 3.

    Raises:
        ValueError: it has another version, or no setting at all.
    """
    version, lines = 1, []
    for line in text.split("\n")[:MOST_LINES]:
        name, _, value = line.strip().partition(" ")
        if name == "version":
            version = int(value) if value.strip().isascii() and value.strip().isdigit() else version
        elif name and not name.startswith(MARK):
            lines.append((name, value))
    if version > NEWEST:
        raise ValueError(f"expected at most version {NEWEST} of the old format but it had {version}")
    document: dict[str, Any] = {"version": 3, "settings": {"anti_aliasing": {"base_value": 0.0, "inputs": {}}}}
    found = 0
    for name, value in lines:
        try:
            for key, setting in _settings(name, value, version):
                document["settings"][key] = setting
            found += 1
        except ValueError:
            continue
    if not found:
        raise ValueError("it has no settings")
    return document


def _settings(name: str, value: str, version: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The settings of today that one line stands for."""
    if name in ("parent_brush_name", "group", "description", "notes"):
        return
    if version == 1 and name == "color":
        red, green, blue = (int(level) / 255 for level in value.split(" "))
        for key, number in zip(("color_h", "color_s", "color_v"), colorsys.rgb_to_hsv(red, green, blue), strict=True):
            yield key, {"base_value": number, "inputs": {}}
        return
    if name == "adapt_color_from_image" or (version == 1 and name in ("change_radius", "painting_time")):
        return
    base, *parts = value.split("|")
    read: Callable[[str], Points] = _points_of_version_1 if version == 1 else _points
    inputs = {}
    for part in parts:
        source, _, points = part.strip().partition(" ")
        inputs[source] = read(points)
        if len(inputs[source]) < 2:
            raise ValueError("a curve of one point")
    key, factor = _RENAMED.get("speed1" if version == 1 and name == "speed" else name, (name, 1.0))
    curves = {source: [[x, factor * y] for x, y in points] for source, points in inputs.items()}
    yield key, {"base_value": factor * float(base), "inputs": curves}


def _points(text: str) -> Points:
    """Points such as "(0.0 -0.26), (1.0 0.26)"."""
    points = []
    for each in text.split(", "):
        each = each.strip()
        if not (each.startswith("(") and each.endswith(")")):
            raise ValueError("no point")
        x, y = (float(number) for number in each[1:-1].split(" "))
        points.append([x, y])
    return points


def _points_of_version_1(text: str) -> Points:
    """Numbers by turns; the first point is the origin, and an x of nought ends them."""
    numbers = [float(number) for number in text.split()]
    points = [[0.0, 0.0]]
    for x, y in zip(numbers[::2], numbers[1::2], strict=False):
        if x == 0:
            break
        points.append([x, y])
    return points

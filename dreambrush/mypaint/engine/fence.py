"""Keeps the curves of a brush file from driving libmypaint out of its ranges.

libmypaint adds a setting's base value and the values of its curves at the inputs.  Beyond its last two points a curve
goes on straight, as far as the input goes.  So a few points of a stranger's file can make a setting infinite.  Where
two curves pull against each other, they can make it no number at all.  In most settings that only spoils the stroke.
In some it ends the process: the smudge bucket is the index of an array, and the grid map is an input to all others.

brush.c does the same for the states that feed back into the inputs.  Together they keep every input within
``FARTHEST`` and every setting finite.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

from dreambrush.mypaint.engine.library import engine
from dreambrush.mypaint.engine.myb import LARGEST_NUMBER, MOST_POINTS, Curve

LARGEST_VALUE = 1e15  # of any curve: eighteen of them add up far below the largest float
LARGEST_GRID_SCALE = 70.0  # of all curves together: e^80 with the base value's 10, which leaves floats finite
LARGEST_GRID_FACTOR = 1e6
SHORTEST = 1e-6  # a segment's width below which rounding could lengthen it without end

BOUNDED = ("smudge_bucket", "gridmap_scale", "gridmap_scale_x", "gridmap_scale_y")
"""The settings whose values must stay within limits.  All others only have to stay finite."""


def fenced(setting: str, curves: Mapping[str, Curve]) -> dict[str, Curve]:
    """Makes the curves of a setting safe for the engine.  Those of a sound brush stay as they are.

    Values beyond a setting's limit become the limit.  A curve that would go on beyond the limit goes on level.  Between
    its first and its last point, a curve within the limits stays the same to the last bit.

    Args:
        setting: name of the setting.
        curves: curves by the name of their input.

    Raises:
        ValueError: libmypaint does not accept a curve.  It has one point or more than 64, its points do not go from
            left to right, or its numbers are not finite or beyond 1e9.
    """
    limit = _limit(setting, sum(map(bool, curves.values())))
    for key, curve in curves.items():
        _check(curve, f"the {key} curve of setting {setting}")
    return {key: _fence(curve, limit, setting in BOUNDED) if curve else curve for key, curve in curves.items()}


def _limit(setting: str, count: int) -> float:
    """The largest value that each of so many curves may have."""
    match setting:
        case "smudge_bucket":
            return float(engine()[1].DB_HIGHEST_BUCKET)
        case "gridmap_scale":
            return LARGEST_GRID_SCALE / max(count, 1)
        case "gridmap_scale_x" | "gridmap_scale_y":
            return LARGEST_GRID_FACTOR
    return LARGEST_VALUE


def _check(curve: Curve, what: str) -> None:
    if len(curve) == 1 or len(curve) > MOST_POINTS:
        raise ValueError(f"Expected {what} to have 0 or 2 to {MOST_POINTS} points but it had {len(curve)}")
    if not all(abs(number) <= LARGEST_NUMBER for point in curve for number in point):  # not so of NaN
        raise ValueError(f"Expected {what} to have finite numbers up to {LARGEST_NUMBER:g}")
    if any(after[0] < before[0] for before, after in pairwise(curve)):
        raise ValueError(f"Expected {what} to run from left to right")


def _fence(curve: Curve, limit: float, bounded: bool) -> Curve:
    points = [(x, min(max(y, -limit), limit)) for x, y in curve]
    right = _beyond(points[-2], points[-1], limit, bounded)
    mirrored = [(-x, y) for x, y in points[1::-1]]
    left = [(-x, y) for x, y in reversed(_beyond(mirrored[0], mirrored[1], limit, bounded))]
    if len(points) + len(left) + len(right) > MOST_POINTS:
        # No room for more points: the ends themselves become level.
        points[-1] = (points[-1][0], points[-2][1]) if right else points[-1]
        points[0] = (points[0][0], points[1][1]) if left else points[0]
        return tuple(points)
    return (*left, *points, *right)


def _beyond(before: tuple[float, float], last: tuple[float, float], limit: float, bounded: bool) -> Curve:
    """Points to the right of a curve's end: along its last segment to the limit, and from there on level.

    No points are needed if the curve stays within the limit.  A ``bounded`` curve still gets its value at the farthest
    input: between two points rounding adds next to nothing, but beyond them it may double a value.
    """
    farthest = float(engine()[1].DB_FARTHEST_INPUT)
    (x0, y0), (x, y) = before, last
    width, height = x - x0, y - y0
    if width == 0 or height == 0 or x >= farthest:
        return ()
    if width < SHORTEST:
        return ((farthest, y),)
    end = y + height / width * (farthest - x)
    if abs(end) <= limit:
        return ((farthest, end),) if bounded else ()
    crossing = x + (math.copysign(limit, height) - y) / height * width
    return ((min(max(crossing, x), farthest), math.copysign(limit, height)), (farthest, math.copysign(limit, height)))

"""Makes events of strokes: what a hand would send to the engine while it draws.

A pen tablet reports where the pen is about a hundred times a second.  So does this.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from dreambrush.arrays import Float32, Float64
from dreambrush.bezier import PATH, PRESSURES, RADIUS, point_at, polyline_length

SPEED = 600.0  # pixels a second: an unhurried sweep of the arm over a screen at 100 % zoom
LEAST_SECONDS = 0.08  # even a dab takes this long
SECONDS_PER_EVENT = 0.01  # a tablet reports about 100 times a second
MOST_EVENTS = 64  # enough for a smooth quadratic curve of any length
APPROACH = 0.02  # share of the radius: far too little for a dab, enough for a direction
LANDING_SECONDS = 10.0  # longer than libmypaint's max_dtime of 5 s, so that the brush lands without a trail

AT_ONCE = 128  # strokes whose events are made together


def stroke_events(path: ArrayLike, pressure: ArrayLike, radius: float) -> Float64:
    """The events that a hand would send while drawing one stroke.  Collecting and painting both use them.

    After a pause the pen lands a hair before the start, with pressure 0.  The pause makes libmypaint start afresh
    there, whatever the previous stroke did.  The hair tells brushes that follow direction which way the stroke goes,
    from the first dab on.  Then the pen presses, moves along the curve at an even speed, and ends at the end point.

    Args:
        path: (3, 2) start, control and end point in pixels.
        pressure: (2,) pressure at start and end, 0..1; linear in between along the curve.
        radius: radius in pixels.

    Returns:
        (m, 4) float64: x, y, pressure, and seconds since the previous event, for :meth:`Canvas.stroke`.
    """
    return events_of_all(np.asarray(path)[None], np.asarray(pressure)[None], np.array([radius]))[0]


def events_of_all(path: ArrayLike, pressure: ArrayLike, radius: ArrayLike) -> list[Float64]:
    """The events of many strokes at once.  This is far quicker than one by one.

    Args:
        path: (n, 3, 2) start, control and end points in pixels.
        pressure: (n, 2) pressures at start and end, 0..1.
        radius: (n,) radii in pixels.

    Returns:
        The events of each stroke, equal to those of :func:`stroke_events` to the last bit.
    """
    path, pressure, radius = (np.asarray(array, np.float64) for array in (path, pressure, radius))
    seconds = np.maximum(polyline_length(path) / SPEED, LEAST_SECONDS)
    counts = np.clip(np.ceil(seconds / SECONDS_PER_EVENT), 8, MOST_EVENTS).astype(int)
    events: list[Float64] = [np.empty((0, 4))] * len(path)
    for count in sorted(set(counts.tolist())):  # np.unique would load numpy.ma, which takes longer
        rows = np.flatnonzero(counts == count)
        made = _events(path[rows], pressure[rows], radius[rows], seconds[rows], count)
        for row, stroke in zip(rows, made, strict=True):
            events[row] = stroke
    return events


def events_of_rows(strokes: Float32) -> list[Float64]:
    """The events of strokes that are rows of nine numbers (n, 9); see :func:`events_of_all`."""
    return events_of_all(strokes[:, PATH].reshape(-1, 3, 2), strokes[:, PRESSURES], strokes[:, RADIUS])


def events_in_turn(strokes: Float32) -> Iterator[Float64]:
    """The events of each stroke (n, 9), one after the other, made for some at a time: quick, and in little memory."""
    for first in range(0, len(strokes), AT_ONCE):
        yield from events_of_rows(strokes[first : first + AT_ONCE])


def _events(
    path: Float64,
    pressure: Float64,
    radius: Float64,
    seconds: Float64,
    count: int,
) -> Float64:
    """Events (n, count + 2, 4) of n strokes that take equally many events."""
    # Even in arc length, so that speed is even too: tabulate the curve finely and walk along it.
    t = np.linspace(0.0, 1.0, 4 * count + 1)[:, None]
    fine = point_at(path[:, None, 0], path[:, None, 1], path[:, None, 2], t)
    walked = np.zeros((len(path), 4 * count + 1))
    edges = np.diff(fine, axis=1)
    np.cumsum(np.hypot(edges[..., 0], edges[..., 1]), axis=1, out=walked[:, 1:])
    along = np.linspace(0.0, 1.0, count + 1)
    events = np.empty((len(path), count + 2, 4))
    ahead = edges[:, 0] / np.maximum(np.hypot(edges[:, 0, 0], edges[:, 0, 1]), 1e-9)[:, None]
    events[:, 0, :2] = path[:, 0] - (APPROACH * radius)[:, None] * ahead
    events[:, 0, 2:] = 0.0, LANDING_SECONDS
    # Linear interpolation, as np.interp does it, in all rows at once.
    wanted = along * walked[:, -1:]
    before = np.count_nonzero(walked[:, None, 1:] <= wanted[..., None], axis=2)
    after = np.minimum(before + 1, 4 * count)
    rows = np.arange(len(path))[:, None]
    piece = walked[rows, after] - walked[rows, before]
    slope = (fine[rows, after] - fine[rows, before]) / np.where(piece > 0, piece, 1.0)[..., None]
    events[:, 1:, :2] = slope * (wanted - walked[rows, before])[..., None] + fine[rows, before]
    events[:, 1:, 2] = pressure[:, :1] + (pressure[:, 1:] - pressure[:, :1]) * along
    events[:, 1, 3] = 1e-4
    events[:, 2:, 3] = (seconds / count)[:, None]
    return events

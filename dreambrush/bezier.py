"""The curve of a stroke, and the nine numbers that make it.

A stroke is a row of float32.  First comes its path, a quadratic Bezier curve in pixels:
B(t) = (1-t)^2 start + 2 t (1-t) control + t^2 end, with t from 0 to 1.  Then come pressure at start and end, 0..1, and
the radius in pixels.

The formulas add in one fixed order, so that paintings keep their last bits.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import numpy as np

from dreambrush.arrays import Float32, Float64

START, CONTROL, END = slice(0, 2), slice(2, 4), slice(4, 6)  # x and y, in pixels
PATH = slice(0, 6)
PRESSURES, RADIUS = slice(6, 8), 8
NUMBERS = 9


class _Array(Protocol):
    """An array of numpy, or a tensor of torch, which is not imported here."""

    def __getitem__(self, key: Any, /) -> Any: ...

    def __sub__(self, other: Any, /) -> Any: ...


Array = TypeVar("Array", bound=_Array)


def control_points(strokes: Array) -> tuple[Array, Array, Array]:
    """Start, control and end point, (..., 2) each, of strokes (..., 9)."""
    return strokes[..., START], strokes[..., CONTROL], strokes[..., END]


def point_at(start: Array, control: Array, end: Array, t: Any) -> Array:
    """Points of curves at t.

    Args:
        start: start points.
        control: control points.
        end: end points.
        t: 0..1, a number or an array.  All four broadcast against each other.
    """
    point: Array = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    return point


def velocity_at(start: Array, control: Array, end: Array, t: Any) -> Array:
    """How points of curves move with t, in pixels; the arguments are those of :func:`point_at`."""
    velocity: Array = 2 * (1 - t) * (control - start) + 2 * t * (end - control)
    return velocity


def path_nodes(strokes: Float32, pieces: int) -> Float32:
    """Points (k, pieces + 1, 2) on the path of each stroke (k, 9), at even steps of t."""
    t = np.linspace(0.0, 1.0, pieces + 1, dtype=np.float32)[:, None]
    # Strokes come last, for numpy is slow where it has but two numbers side by side.
    start, control, end = (np.ascontiguousarray(each.T)[:, None] for each in control_points(strokes))
    points = point_at(start, control, end, t)
    return np.ascontiguousarray(points.transpose(2, 1, 0), np.float32)


def path_length(strokes: Float32) -> Float32:
    """Length of each path (k,) in pixels: the mean of chord and control polygon, within 1 % for gentle bends.

    After Gravesen, "Adaptive subdivision and the length and energy of Bezier curves" (1997): for a quadratic curve
    (2 chord + polygon) / 3.
    """
    start, control, end = control_points(strokes)
    chord = np.hypot(*(end - start).T)
    polygon = np.hypot(*(control - start).T) + np.hypot(*(end - control).T)
    return np.asarray((2 * chord + polygon) / 3, np.float32)


def polyline_length(paths: Float64, pieces: int = 32) -> Float64:
    """Length (n,) in pixels of each path (n, 3, 2), from a polyline of that many pieces."""
    t = np.linspace(0.0, 1.0, pieces + 1)[:, None]
    edges = np.diff(point_at(paths[:, None, 0], paths[:, None, 1], paths[:, None, 2], t), axis=1)
    return np.asarray(np.hypot(edges[..., 0], edges[..., 1]).sum(axis=1))

"""The curve of a stroke, and the nine numbers that make it.

A stroke is a row of float32.  First comes its path, a quadratic Bezier curve in pixels:
B(t) = (1-t)^2 start + 2 t (1-t) control + t^2 end, with t from 0 to 1.  Then come pressure at start and end, 0..1, and
the radius in pixels.
"""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32

START, CONTROL, END = slice(0, 2), slice(2, 4), slice(4, 6)  # x and y, in pixels
PATH = slice(0, 6)
PRESSURES, RADIUS = slice(6, 8), 8
NUMBERS = 9


def point_at(start: Float32, control: Float32, end: Float32, t: Float32 | float) -> Float32:
    """Points of curves at t, 0..1; all arguments broadcast against each other."""
    return np.asarray((1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end)


def velocity_at(start: Float32, control: Float32, end: Float32, t: Float32 | float) -> Float32:
    """How points of curves move with t, in pixels; all arguments broadcast against each other."""
    return np.asarray(2 * (1 - t) * (control - start) + 2 * t * (end - control))


def path_nodes(strokes: Float32, pieces: int) -> Float32:
    """Points (k, pieces + 1, 2) on the path of each stroke (k, 9), at even steps of t."""
    t = np.linspace(0.0, 1.0, pieces + 1, dtype=np.float32)[None, :, None]
    points = point_at(strokes[:, None, START], strokes[:, None, CONTROL], strokes[:, None, END], t)
    return np.asarray(points, np.float32)


def path_length(strokes: Float32) -> Float32:
    """Length of each path (k,) in pixels: the mean of chord and control polygon, within 1 % for gentle bends.

    After Gravesen, "Adaptive subdivision and the length and energy of Bezier curves" (1997): for a quadratic curve
    (2 chord + polygon) / 3.
    """
    start, control, end = strokes[:, START], strokes[:, CONTROL], strokes[:, END]
    chord = np.hypot(*(end - start).T)
    polygon = np.hypot(*(control - start).T) + np.hypot(*(end - control).T)
    return np.asarray((2 * chord + polygon) / 3, np.float32)

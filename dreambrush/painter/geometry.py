"""Stroke geometry: sample points along and around a stroke, its box, its shape, and random changes of it.

Strokes are rows of nine float32: start, control and end x and y in pixels, pressure at start and end, radius.
"""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32

ALONG, ACROSS = 14, 6  # sample points of a ribbon
MOST_SIDEWAYS = 0.45  # of the chord: how far the control point may lie off it, so that no stroke curls
SHORTEST = 0.05  # pixels between a stroke's ends
LIGHTEST = 0.05  # pressure
EARLIEST, LATEST = 0.25, 0.75  # of the chord: where along it the control point may lie


def ribbon(strokes: Float32, reach: float) -> tuple[Float32, Float32, Float32]:
    """Points that follow the stroke, each with the area that it stands for.

    A grid of ALONG x ACROSS points in the stroke's own coordinates (arc length and offset) needs seven times fewer
    points than a square of pixels around it, and none are wasted where no paint gets.

    Args:
        strokes: (b, 9).
        reach: how far paint gets from the path, in radii.

    Returns:
        Points (b, ALONG * ACROSS, 2) in pixels, areas (b, ALONG * ACROSS) in square pixels, spacing (b,) in pixels.
    """
    count = len(strokes)
    start, control, end, margin = strokes[:, 0:2], strokes[:, 2:4], strokes[:, 4:6], strokes[:, 8] * reach + 0.7
    length = path_length(strokes)
    # Arc length from a margin before the start to a margin beyond the end, at the middle of each piece.
    total = length + 2 * margin
    arc = (np.arange(ALONG, dtype=np.float32)[None] + 0.5) / ALONG * total[:, None] - margin[:, None]
    t = np.clip(arc / np.maximum(length, 1e-3)[:, None], 0.0, 1.0)
    beyond = arc - t * length[:, None]
    t = t[..., None]
    centre = (1 - t) ** 2 * start[:, None] + 2 * t * (1 - t) * control[:, None] + t**2 * end[:, None]
    velocity = 2 * (1 - t) * (control - start)[:, None] + 2 * t * (end - control)[:, None]
    speed = np.sqrt((velocity**2).sum(-1)) + 1e-6
    tangent = velocity / speed[..., None]
    centre = centre + beyond[..., None] * tangent
    offset = ((np.arange(ACROSS, dtype=np.float32) + 0.5) / ACROSS * 2 - 1) * margin[:, None]
    normal = np.stack([-tangent[..., 1], tangent[..., 0]], -1)
    points = centre[:, :, None] + offset[:, None, :, None] * normal[:, :, None]
    # A piece of ribbon is long where t moves fast and, on the inside of a bend, short: (1 - curvature * offset).
    acceleration = 2 * (start - 2 * control + end)
    turning = (tangent[..., 0] * acceleration[:, None, 1] - tangent[..., 1] * acceleration[:, None, 0]) / speed**2
    inside = (beyond == 0).astype(np.float32)
    stretch = np.where(beyond == 0, speed / np.maximum(length, 1e-3)[:, None], 1.0)
    squeeze = np.maximum(1 - (turning * inside)[..., None] * offset[:, None], 0.0)
    along, across = total / ALONG, 2 * margin / ACROSS
    areas = (along * across)[:, None, None] * stretch[..., None] * squeeze
    spacing = np.sqrt(along * across)
    flat = points.reshape(count, -1, 2).astype(np.float32)
    return flat, areas.reshape(count, -1).astype(np.float32), spacing.astype(np.float32)


def path_length(strokes: Float32) -> Float32:
    """Length of each path (b,) in pixels: the mean of chord and control polygon, within 1 % for gentle bends.

    After Gravesen, "Adaptive subdivision and the length and energy of Bezier curves" (1997): for a quadratic curve
    (2 chord + polygon) / 3.
    """
    chord = np.hypot(*(strokes[:, 4:6] - strokes[:, 0:2]).T)
    polygon = np.hypot(*(strokes[:, 2:4] - strokes[:, 0:2]).T) + np.hypot(*(strokes[:, 4:6] - strokes[:, 2:4]).T)
    return np.asarray((2 * chord + polygon) / 3, np.float32)


def dotness(strokes: Float32) -> Float32:
    """How much strokes look like mere dots (b,): 1 for a dot, half that at 1.4 widths, towards 0 for long ones."""
    return np.asarray(np.exp(-path_length(strokes) / (4 * strokes[:, 8])), np.float32)


def constrained(
    strokes: Float32,
    width: int,
    height: int,
    smallest: float,
    largest: float,
    shortest: float = 0.0,
    longest: float | None = None,
    lightest: float = LIGHTEST,
) -> Float32:
    """The strokes brought within what a hand would do.

    Ends on the canvas (or a little off it), control points that do not curl, radius and pressure within range.

    Args:
        strokes: (b, 9).
        width: of the canvas in pixels.
        height: of the canvas in pixels.
        smallest: radius in pixels.
        largest: radius in pixels.
        shortest: chord in widths (twice the radius); what is shorter is made narrower and drawn out both ways.
        longest: path in widths; what is longer is shrunk towards its middle, in the same shape.
        lightest: pressure.
    """
    out = strokes.copy()
    out[:, 8] = np.clip(out[:, 8], smallest, largest)
    if shortest:
        _draw_out(out, shortest, smallest)
    slack = 0.5 * out[:, 8]
    for column, side in ((0, width), (1, height), (4, width), (5, height)):
        out[:, column] = np.clip(out[:, column], -slack, side + slack)
    chord = out[:, 4:6] - out[:, 0:2]
    # A path of no length has no direction, and of that no dream can be had.
    out[:, 4] = np.where((chord**2).sum(1) < SHORTEST**2, out[:, 0] + np.float32(SHORTEST), out[:, 4])
    chord = out[:, 4:6] - out[:, 0:2]
    squared = (chord**2).sum(1)
    arm = out[:, 2:4] - out[:, 0:2]
    forward = np.clip((arm * chord).sum(1) / squared, EARLIEST, LATEST)
    sideways = (chord[:, 0] * arm[:, 1] - chord[:, 1] * arm[:, 0]) / squared
    sideways = np.clip(sideways, -MOST_SIDEWAYS, MOST_SIDEWAYS)
    normal = np.stack([-chord[:, 1], chord[:, 0]], 1)
    out[:, 2:4] = out[:, 0:2] + forward[:, None] * chord + sideways[:, None] * normal
    out[:, 6:8] = np.clip(out[:, 6:8], lightest, 1.0)
    if longest is not None:
        _shorten(out, longest)
    return out


def _shorten(strokes: Float32, longest: float) -> None:
    """Shrinks the paths of strokes (b, 9) that are longer than so many widths."""
    most = np.maximum(2 * longest * strokes[:, 8], SHORTEST)
    share = np.minimum(most / np.maximum(path_length(strokes), SHORTEST), 1)[:, None]
    middle = 0.25 * strokes[:, 0:2] + 0.5 * strokes[:, 2:4] + 0.25 * strokes[:, 4:6]
    for column in (0, 2, 4):
        point = strokes[:, column : column + 2]
        strokes[:, column : column + 2] = np.where(share < 1, middle + share * (point - middle), point)


def _draw_out(strokes: Float32, shortest: float, smallest: float) -> None:
    """Makes strokes (b, 9) narrower, and moves their ends apart, until the chord has so many widths.

    Half and half, so that they cover about as much as before: only drawn out, strokes would hide one another.
    """
    chord = strokes[:, 4:6] - strokes[:, 0:2]
    length = np.sqrt((chord**2).sum(1))
    missing = np.maximum(2 * shortest * strokes[:, 8] / np.maximum(length, 1e-3), 1)
    strokes[:, 8] = np.where(missing > 1, np.maximum(strokes[:, 8] / np.sqrt(missing), smallest), strokes[:, 8])
    more = np.maximum(2 * shortest * strokes[:, 8] - length, 0)
    ahead = chord / np.maximum(length, 1e-3)[:, None]
    ahead[length < 1e-3] = 1, 0
    strokes[:, 0:2] -= 0.5 * more[:, None] * ahead
    strokes[:, 4:6] += 0.5 * more[:, None] * ahead

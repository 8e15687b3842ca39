"""The shape of strokes: sample points along and around them, and the limits that a hand keeps.

Strokes are rows of nine float32: start, control and end x and y in pixels, pressure at start and end, radius.
"""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.bezier import PRESSURES, RADIUS, control_points, path_length, point_at, velocity_at

ALONG, ACROSS = 14, 6  # numbers of sample points along and across a ribbon
MOST_SIDEWAYS = 0.45  # share of the chord: how far the control point may lie off it, so that no stroke curls
SHORTEST = 0.05  # least distance between a stroke's ends, in pixels
LIGHTEST = 0.05  # least pressure
EARLIEST, LATEST = 0.25, 0.75  # shares of the chord: where along it the control point may lie


def ribbon(strokes: Float32, reach: float) -> tuple[Float32, Float32, Float32]:
    """Samples points that follow the stroke; each stands for an area.

    A grid of ALONG x ACROSS points in the stroke's own coordinates (arc length and offset) needs seven times fewer
    points than a square of pixels around it, and none are wasted where no paint gets.

    Args:
        strokes: (b, 9) strokes.
        reach: how far paint gets from the path, in radii.

    Returns:
        Points (b, ALONG * ACROSS, 2) in pixels, areas (b, ALONG * ACROSS) in square pixels, spacing (b,) in pixels.
    """
    count = len(strokes)
    start, control, end = (point[:, None] for point in control_points(strokes))
    margin = strokes[:, RADIUS] * reach + 0.7
    length = path_length(strokes)
    # Arc length from a margin before the start to a margin beyond the end, at the middle of each piece.
    total = length + 2 * margin
    arc = (np.arange(ALONG, dtype=np.float32)[None] + 0.5) / ALONG * total[:, None] - margin[:, None]
    t = np.clip(arc / np.maximum(length, 1e-3)[:, None], 0.0, 1.0)
    beyond = arc - t * length[:, None]
    t = t[..., None]
    centre = point_at(start, control, end, t)
    velocity = velocity_at(start, control, end, t)
    speed = np.sqrt((velocity**2).sum(-1)) + 1e-6
    tangent = velocity / speed[..., None]
    centre = centre + beyond[..., None] * tangent
    offset = ((np.arange(ACROSS, dtype=np.float32) + 0.5) / ACROSS * 2 - 1) * margin[:, None]
    normal = np.stack([-tangent[..., 1], tangent[..., 0]], -1)
    points = centre[:, :, None] + offset[:, None, :, None] * normal[:, :, None]
    # A piece of ribbon is long where t moves fast and, on the inside of a bend, short: (1 - curvature * offset).
    acceleration = 2 * (start - 2 * control + end)
    turning = (tangent[..., 0] * acceleration[..., 1] - tangent[..., 1] * acceleration[..., 0]) / speed**2
    inside = (beyond == 0).astype(np.float32)
    stretch = np.where(beyond == 0, speed / np.maximum(length, 1e-3)[:, None], 1.0)
    squeeze = np.maximum(1 - (turning * inside)[..., None] * offset[:, None], 0.0)
    along, across = total / ALONG, 2 * margin / ACROSS
    areas = (along * across)[:, None, None] * stretch[..., None] * squeeze
    spacing = np.sqrt(along * across)
    flat = points.reshape(count, -1, 2).astype(np.float32)
    return flat, areas.reshape(count, -1).astype(np.float32), spacing.astype(np.float32)


def dotness(strokes: Float32) -> Float32:
    """How much strokes look like mere dots (b,): 1 for a dot, half that at 1.4 widths, towards 0 for long ones."""
    return steady.exp(-path_length(strokes) / (4 * strokes[:, RADIUS]))


def constrained(
    strokes: Float32,
    width: int,
    height: int,
    smallest: float | Float32,
    largest: float,
    shortest: float | Float32 = 0.0,
    longest: float | None = None,
    lightest: float = LIGHTEST,
) -> Float32:
    """Brings strokes within what a hand would do.

    Ends lie on the canvas or a little off it, control points do not curl, radius and pressure are within range.

    Args:
        strokes: (b, 9) strokes.
        width: width of the canvas in pixels.
        height: height of the canvas in pixels.
        smallest: least radius in pixels, of each or of all.
        largest: greatest radius in pixels.
        shortest: least chord in widths (twice the radius), of each or of all; shorter strokes are made narrower and
            drawn out both ways.
        longest: greatest length of a path in widths; longer ones are shrunk towards their middle, in the same shape.
        lightest: least pressure, 0..1.
    """
    out = strokes.copy()
    out[:, RADIUS] = np.clip(out[:, RADIUS], smallest, largest)
    if np.any(shortest):
        _draw_out(out, shortest, smallest)
    start, control, end = control_points(out)  # views: what is written to them is written to the strokes
    slack = 0.5 * out[:, RADIUS, None]
    sides = np.array([width, height], np.float32)
    for point in (start, end):
        point[:] = np.clip(point, -slack, sides + slack)
    # A path of no length has no direction, and no dream can be asked about it.
    still = ((end - start) ** 2).sum(1) < SHORTEST**2
    end[still, 0] = start[still, 0] + np.float32(SHORTEST)
    chord = end - start
    squared = (chord**2).sum(1)
    arm = control - start
    forward = np.clip((arm * chord).sum(1) / squared, EARLIEST, LATEST)
    sideways = (chord[:, 0] * arm[:, 1] - chord[:, 1] * arm[:, 0]) / squared
    sideways = np.clip(sideways, -MOST_SIDEWAYS, MOST_SIDEWAYS)
    normal = np.stack([-chord[:, 1], chord[:, 0]], 1)
    control[:] = start + forward[:, None] * chord + sideways[:, None] * normal
    out[:, PRESSURES] = np.clip(out[:, PRESSURES], lightest, 1.0)
    if longest is not None:
        _shorten(out, longest)
    return out


def _shorten(strokes: Float32, longest: float) -> None:
    """Shrinks the paths of strokes (b, 9) that are longer than so many widths."""
    most = np.maximum(2 * longest * strokes[:, RADIUS], SHORTEST)
    share = np.minimum(most / np.maximum(path_length(strokes), SHORTEST), 1)[:, None]
    middle = point_at(*control_points(strokes), 0.5)
    for point in control_points(strokes):
        point[:] = np.where(share < 1, middle + share * (point - middle), point)


def _draw_out(strokes: Float32, shortest: float | Float32, smallest: float | Float32) -> None:
    """Makes strokes (b, 9) narrower, and moves their ends apart, until the chord has so many widths.

    Both together keep the area that they cover.  If they were only drawn out, they would hide one another.
    """
    start, _, end = control_points(strokes)
    chord = end - start
    length = np.sqrt((chord**2).sum(1))
    radius = strokes[:, RADIUS]
    missing = np.maximum(2 * shortest * radius / np.maximum(length, 1e-3), 1)
    radius[:] = np.where(missing > 1, np.maximum(radius / np.sqrt(missing), smallest), radius)
    more = np.maximum(2 * shortest * radius - length, 0)
    ahead = chord / np.maximum(length, 1e-3)[:, None]
    ahead[length < 1e-3] = 1, 0
    start -= 0.5 * more[:, None] * ahead
    end += 0.5 * more[:, None] * ahead

"""Lines of many points as quadratic Bezier curves: one, or as many as it takes."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float64
from dreambrush.bezier import point_at, velocity_at

ROUNDS = 4  # how often it is asked anew which place of the curve belongs to which point
TRIALS = 7  # places at which a line is cut for trial
MOST_PIECES = 32
FINE = 33  # points of a curve, by which its length is told


def fitted(line: Float64) -> Float64:
    """Start, control and end (3, 2) of the curve with the least squared distance from points (k, 2), k >= 2."""
    at = _places(line)
    if len(line) < 4 or at[-1] <= 0:
        return np.stack([line[0], (line[0] + line[-1]) / 2, line[-1]])
    t = at / at[-1]
    curve = np.zeros((3, 2))
    for _ in range(ROUNDS):
        basis = np.stack([(1 - t) ** 2, 2 * t * (1 - t), t**2], 1)
        curve = np.linalg.lstsq(basis, line, rcond=None)[0]
        fine = np.linspace(0, 1, FINE)
        length = _places(point_at(curve[0], curve[1], curve[2], fine[:, None]))
        t = np.interp(at / at[-1] * length[-1], length, fine)
    return np.asarray(curve)


def pieces(line: Float64, tolerance: float) -> list[tuple[int, int, Float64]]:
    """Cuts a line into parts that are each close to one curve.

    Args:
        line: (k, 2) points, k >= 2.
        tolerance: root of the mean squared distance, in the unit of the points, that is close enough.

    Returns:
        Of each part its first point, its last point, and the curve (3, 2).  The last point of a part is the first of
        the next.
    """
    done: list[tuple[int, int, Float64]] = []
    waiting = [(0, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        part = line[first : last + 1]
        curve = fitted(part)
        close = distance(part, curve) <= tolerance
        if close or last - first < 8 or len(done) + len(waiting) + 1 >= MOST_PIECES:
            done.append((first, last, curve))
            continue
        cuts = np.unique(np.linspace(first, last, TRIALS + 2).round().astype(int)[1:-1])
        worst = [
            max(distance(half, fitted(half)) for half in (line[first : cut + 1], line[cut : last + 1])) for cut in cuts
        ]
        cut = int(cuts[int(np.argmin(worst))])
        waiting += [(cut, last), (first, cut)]
    return done


def distance(line: Float64, curve: Float64) -> float:
    """Root of the mean squared distance of points (k, 2) from a curve (3, 2)."""
    return float(np.sqrt((distances(line, curve) ** 2).mean()))


def distances(line: Float64, curve: Float64) -> Float64:
    """How far points (k, 2) are from a curve (3, 2), sideways from the nearest of many places on it."""
    t = np.linspace(0, 1, 2 * FINE)
    points = point_at(curve[0], curve[1], curve[2], t[:, None])
    apart = line[:, None] - points[None]
    nearest = (apart**2).sum(-1).argmin(1)
    way = velocity_at(curve[0], curve[1], curve[2], t[nearest][:, None])
    away = apart[np.arange(len(line)), nearest]
    speed = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)
    return np.asarray(np.abs(away[:, 0] * way[:, 1] - away[:, 1] * way[:, 0]) / speed)


def _places(line: Float64) -> Float64:
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])

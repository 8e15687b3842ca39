"""Strokes that follow a guide: they are turned about their middle, and bent as the flow bends there."""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.bezier import control_points, path_nodes, point_at
from dreambrush.painter.geometry import MOST_SIDEWAYS, SHORTEST
from dreambrush.painter.see.guide import Guide

HALF_TURN, QUARTER_TURN = np.float32(np.pi), np.float32(np.pi / 2)
STEEPEST = np.float32(0.9)  # radians: no stroke bends more than the control point can


def led(strokes: Float32, guide: Guide) -> Float32:
    """Strokes (k, 9), turned towards the flow by as much of the angle between as it is strong."""
    return _turned(strokes, guide, firmly=False)


def kept_along(strokes: Float32, guide: Guide) -> Float32:
    """Strokes (k, 9), turned back to the flow where they stray farther from it than its strength allows.

    Where it is 1 they follow it; where it is a half they may stray by half a right angle; where it is 0, as they like.
    What is within these limits stays as it is.
    """
    return _turned(strokes, guide, firmly=True)


def _turned(strokes: Float32, guide: Guide, *, firmly: bool) -> Float32:
    if not len(strokes):
        return strokes
    nodes = path_nodes(strokes, 2)
    direction, strength = guide.at(nodes)
    mean = strength.min(1)
    if not mean.any():
        return strokes
    chord = nodes[:, 2] - nodes[:, 0]
    away = direction - steady.arctan2(chord[:, 1], chord[:, 0])[:, None]
    vectors = (strength[..., None] * steady.unit_vectors(2 * away)).sum(1)
    turn = np.float32(0.5) * steady.arctan2(vectors[:, 1], vectors[:, 0])
    # What is left of the bend once the chord lies along the flow.
    first, last = (_within_quarter(away[:, end] - turn) for end in (0, 2))
    bend = np.float32(0.5) * (first - last)
    # Where the flow turns more sharply than a stroke can, it is shorter.
    shrunk = 1 - mean * (1 - STEEPEST / np.maximum(np.abs(bend), STEEPEST))
    bend = np.clip(bend, -STEEPEST, STEEPEST)
    wanted = np.float32(0.5) * _tangent(bend)
    if firmly:
        turn = np.sign(turn) * np.maximum(np.abs(turn) - (1 - mean) * QUARTER_TURN, 0)
    else:
        turn = turn * mean
    out = strokes.copy()
    start, control, end = control_points(out)  # views
    middle = point_at(start, control, end, np.float32(0.5))
    x, y = np.moveaxis(shrunk[:, None] * steady.unit_vectors(turn), -1, 0)
    for point in (start, control, end):
        arm = point - middle
        point[:] = middle + np.stack([x * arm[:, 0] - y * arm[:, 1], y * arm[:, 0] + x * arm[:, 1]], 1)
    chord, arm = end - start, control - start
    squared = np.maximum((chord**2).sum(1), np.float32(SHORTEST**2))
    sideways = (chord[:, 0] * arm[:, 1] - chord[:, 1] * arm[:, 0]) / squared
    if firmly:
        room = (1 - mean) * np.float32(2 * MOST_SIDEWAYS)
        change = np.clip(sideways, wanted - room, wanted + room) - sideways
    else:
        change = mean * (wanted - sideways)
    control += change[:, None] * np.stack([-chord[:, 1], chord[:, 0]], 1)
    return out


def _within_quarter(angle: Float32) -> Float32:
    """Angles that are known up to half a turn, as -pi/2..pi/2."""
    return np.asarray(angle - HALF_TURN * np.rint(angle / HALF_TURN), np.float32)


def _tangent(angle: Float32) -> Float32:
    x, y = np.moveaxis(steady.unit_vectors(angle), -1, 0)
    return np.asarray(y / x, np.float32)

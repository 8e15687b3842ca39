"""Strokes that follow a guide: they are turned about their middle, and bent as the flow bends there."""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.bezier import control_points, path_nodes, point_at
from dreambrush.painter.geometry import SHORTEST
from dreambrush.painter.see.guide import Guide

HALF_TURN, QUARTER_TURN = np.float32(np.pi), np.float32(np.pi / 2)
STEEPEST = np.float32(0.9)  # radians between an end of a stroke and its chord: where the flow bends more, it is shorter
BENT = np.float32(2.0)  # chords that the control point may lie off where the guide wants it, where there is none


def led(strokes: Float32, guide: Guide) -> Float32:
    """Strokes (k, 9), turned towards the flow by as much of the angle between as it is strong, and bent so."""
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
    weak = 1 - strength.min(1)  # so that a stroke that reaches an edge which the guide spares, keeps along that
    chord = nodes[:, 2] - nodes[:, 0]
    away = direction - steady.arctan2(chord[:, 1], chord[:, 0])[:, None]
    wanted = _within_quarter(away[:, 1])
    first, last = (_within_quarter(away[:, end] - wanted) for end in (0, 2))
    bend = np.float32(0.5) * (first - last)
    most = STEEPEST + weak * (QUARTER_TURN - STEEPEST)
    shorter = most / np.maximum(np.abs(bend), most)
    turn = _beyond(wanted, weak * QUARTER_TURN) if firmly else wanted * (1 - weak)
    out = strokes.copy()
    start, control, end = control_points(out)  # views
    middle = point_at(start, control, end, np.float32(0.5))
    x, y = np.moveaxis(shorter[:, None] * steady.unit_vectors(turn), -1, 0)
    for point in (start, control, end):
        arm = point - middle
        point[:] = middle + np.stack([x * arm[:, 0] - y * arm[:, 1], y * arm[:, 0] + x * arm[:, 1]], 1)
    change = _change(start, control, end, np.clip(bend, -STEEPEST, STEEPEST), weak, firmly=firmly)
    sideways = change[:, None] * np.stack([start[:, 1] - end[:, 1], end[:, 0] - start[:, 0]], 1)
    control += sideways
    for point in (start, control, end):  # the middle stays where it is, or strokes would wander off
        point -= np.float32(0.5) * sideways
    same = (turn == 0) & (shorter == 1) & (change == 0)
    out[same] = strokes[same]
    return out


def _change(start: Float32, control: Float32, end: Float32, bend: Float32, weak: Float32, *, firmly: bool) -> Float32:
    """How far (k,) control points are to move sideways, in chords, so that paths bend by an angle at each end."""
    chord, arm = end - start, control - start
    squared = np.maximum((chord**2).sum(1), np.float32(SHORTEST**2))
    sideways = (chord[:, 0] * arm[:, 1] - chord[:, 1] * arm[:, 0]) / squared
    x, y = np.moveaxis(steady.unit_vectors(bend), -1, 0)
    change = np.float32(0.5) * y / x - sideways  # half the tangent of the angle
    return _beyond(change, weak * BENT) if firmly else np.asarray(change * (1 - weak), np.float32)


def _beyond(value: Float32, room: Float32) -> Float32:
    """By how much values are farther from 0 than they may be."""
    return np.asarray(np.sign(value) * np.maximum(np.abs(value) - room, 0), np.float32)


def _within_quarter(angle: Float32) -> Float32:
    """Angles that are known up to half a turn, as -pi/2..pi/2."""
    return np.asarray(angle - HALF_TURN * np.rint(angle / HALF_TURN), np.float32)

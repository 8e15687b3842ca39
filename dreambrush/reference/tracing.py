"""Paths and pressures of a stroke, from its shape and from what marks its brush leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from dreambrush.arrays import Float32, Float64, Mask
from dreambrush.reference.curves import pieces
from dreambrush.reference.marks import MOUSE, Marks, trimmed_mean
from dreambrush.reference.outline import beyond, outline, resampled, smoothed, tangents
from dreambrush.reference.shapes import Shape
from dreambrush.reference.skeleton import joined, length_of, longest_lines, thinned

FINE = 4.0  # cells, at least, in half of a usual width where a shape is thinned
MOST_CELLS = 20_000  # covered cells of a shape that is thinned; larger ones are made coarser
MOST_POINTS = 400  # of a line that is cut into curves
DENSE = 0.5  # share of the usual cover from which a cell is part of the shape
BRANCH = 3.0  # half-widths: a shorter branch of a centre line is a bump of the outline
GAP = 7.0  # half-widths between two parts of a stroke that belong together
SHORT = 1.0  # half-widths: a shorter centre line has no direction of its own
LOOKS = ((2.2, 2), (1.5, 3))  # how often the line is laid in the middle: how far it is looked, how much it is smoothed
STEP = 0.5  # half-widths between the points of a line
TOLERANCE, LEAST_TOLERANCE = 0.15, 0.6  # of a piece from its curve: half-widths; pixels
REACH = 6.0  # half-widths beyond an end that are looked at
ONWARD = 3  # points from an end, that tell which way a line leaves it
FEWEST = 3  # points that tell a course of pressures
ROUND_OFF = 2 / np.sqrt(3)  # a disc is so many times as wide as a bar of the same variance
LEAST = 0.1  # half-widths: the least length of a path


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a stroke, as one curve.

    Attributes:
        path: (3, 2) start, control and end point in pixels.
        pressure: (2,) at start and end, 0..1.
        width: of the mark in pixels.
        line: number of the unbroken line that it is part of, among those of the stroke.
    """

    path: Float64
    pressure: Float64
    width: float
    line: int = 0


def trace(shape: Shape, marks: Marks, radius: float, usual: float) -> list[Piece]:
    """The pieces of a stroke, the longest line first; at least one.

    Which way the hand went cannot be seen in a shape.  Of the two ways each line goes the one to the right, or down.

    Args:
        shape: its shape.
        marks: of its brush, at about the radius, on what it was painted on.
        radius: basic radius of the brush in pixels.
        usual: half-width in pixels that is usual for the brush.
    """
    lines = centre_lines(shape, usual)
    found: list[Piece] = []
    for number, line in enumerate(lines):
        if length_of(line) >= SHORT * usual:
            found += [replace(piece, line=number) for piece in _along(shape, line, usual, marks, radius)]
    return found or [_dab(shape, marks, radius)]


def centre_lines(shape: Shape, usual: float) -> list[Float64]:
    """Rough centre lines (k, 2) of a shape in pixels, the longest first; none that is a bump of the outline."""
    factor = 1
    while usual / (shape.cell * factor * 2) >= FINE or shape.area / (shape.cell * factor) ** 2 > MOST_CELLS:
        factor *= 2
    coarse = shape.coarser(factor)
    soft = _softened(coarse.cover) if usual >= 2 * coarse.cell else coarse.cover
    painted = soft[soft > 0]
    body = soft >= DENSE * float(np.quantile(painted, 0.8))
    cells = usual / coarse.cell
    lines = [coarse.pixels_of(line) for line in longest_lines(thinned(body), BRANCH * cells)]
    whole = joined([line for line in lines if len(line) > 1], GAP * usual)
    # Of separate specks those count that are as long as a branch; where there is nothing else, the longest.
    kept = [line for line in whole if length_of(line) >= BRANCH * usual]
    return [_rightwards(line) for line in kept or sorted(whole, key=length_of)[-1:]]


def _softened(cover: Float32) -> Float32:
    """The mean over 3 x 3 cells; the rim is empty and stays so."""
    soft = np.zeros_like(cover)
    rows = cover[:-2] + cover[1:-1] + cover[2:]
    soft[1:-1, 1:-1] = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / np.float32(9)
    return soft


def _rightwards(line: Float64) -> Float64:
    across, down = line[-1] - line[0]
    return line[::-1] if across < -abs(down) or (abs(across) <= abs(down) and down < 0) else line


def _along(shape: Shape, line: Float64, usual: float, marks: Marks, radius: float) -> list[Piece]:
    """The pieces of one line."""
    for far, reach in LOOKS:
        line = resampled(line, max(STEP * usual, 1.0))
        line = smoothed(line, reach)
        if len(line) < 2:
            return []
        seen = outline(shape, line, usual, far)
        usual = max(trimmed_mean(seen.half), 0.5)
        line = smoothed(seen.points, reach)
    seen = outline(shape, line, usual, LOOKS[-1][0])
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    # Where the brush was set down and lifted, a mark is narrower for its round end alone.
    ways = -_way_at_start(line), _way_at_start(line[::-1]) * -1
    tips = line[0], line[-1]
    reached = [beyond(shape, tip, way, usual, seen.density, REACH) for tip, way in zip(tips, ways, strict=True)]
    whole = (at >= usual - reached[0]) & (at <= at[-1] + reached[1] - usual) & (seen.half > 0)
    if whole.sum() < 2:
        whole = seen.half > 0
    pressure = _Pressures(at[whole], seen.half[whole], _angles(line)[whole], marks, radius, usual)
    more = [
        far - float(marks.overhang_at(np.array(pressed), np.array(np.arctan2(*way[::-1])))) * radius
        for far, way, pressed in zip(reached, ways, pressure.between(0.0, at[-1]), strict=True)
    ]
    begin, end = -more[0], at[-1] + more[1]
    if end - begin < LEAST * usual:  # a dab that was hardly moved
        begin, end = (begin + end - LEAST * usual) / 2, (begin + end + LEAST * usual) / 2
    count = np.clip(round((end - begin) / max(STEP * usual, 1.0)), 2, MOST_POINTS)
    places = np.linspace(begin, end, count + 1)
    points = _carried_on(line, at, ways, places)
    tolerance = max(TOLERANCE * usual, LEAST_TOLERANCE)
    found = []
    for first, last, curve in _connected(pieces(points, tolerance)):
        within = pressure.between(places[first], places[last])
        found.append(Piece(curve, np.array(within), 2 * pressure.half_between(places[first], places[last])))
    return found


def _connected(parts: list[tuple[int, int, Float64]]) -> list[tuple[int, int, Float64]]:
    """Parts of a line, each curve of which begins where the one before ends."""
    for (_, _, one), (_, _, other) in pairwise(parts):
        one[2] = other[0] = (one[2] + other[0]) / 2
    return parts


class _Pressures:
    """Pressures along a line, as far as widths tell them.

    Args:
        at: (k,) places along the line in pixels, where the width is that of the mark and not of its round end.
        half: (k,) half-widths there in pixels.
        angle: (k,) directions there in radians.
        marks: of the brush.
        radius: basic radius in pixels.
        usual: half-width in pixels that is usual.
    """

    def __init__(self, at: Float64, half: Float64, angle: Float64, marks: Marks, radius: float, usual: float) -> None:
        self._at, self._half, self._usual = at, half, usual
        self._pressed = marks.pressure_of(half / radius, angle) if len(at) else np.zeros(0)

    def between(self, begin: float, end: float) -> tuple[float, float]:
        """The pressures at two places, of the straight line that is nearest to those between."""
        some = self._some(begin, end)
        at, pressed = self._at[some], self._pressed[some]
        if not len(at):
            return MOUSE, MOUSE
        if len(at) < FEWEST or np.ptp(at) < 2 * self._usual:
            mean = float(np.median(pressed))
            return mean, mean
        slope, rest = np.polyfit(at, pressed, 1)
        return tuple(float(np.clip(rest + slope * place, 0, 1)) for place in (begin, end))  # type: ignore[return-value]

    def half_between(self, begin: float, end: float) -> float:
        """The usual half-width in pixels between two places."""
        some = self._half[self._some(begin, end)]
        return float(np.median(some)) if len(some) else self._usual

    def _some(self, begin: float, end: float) -> Mask:
        within = (self._at >= begin) & (self._at <= end)
        return np.asarray(within if within.sum() >= FEWEST else np.ones(len(self._at), bool))


def _way_at_start(line: Float64) -> Float64:
    """Unit vector (2,) along the start of a line."""
    way = line[min(ONWARD, len(line) - 1)] - line[0]
    return np.asarray(way / max(float(np.hypot(*way)), 1e-9))


def _angles(line: Float64) -> Float64:
    way = tangents(line)
    return np.asarray(np.arctan2(way[:, 1], way[:, 0]))


def _carried_on(line: Float64, at: Float64, ways: tuple[Float64, Float64], places: Float64) -> Float64:
    """Points at places along a line, which beyond its ends goes straight on."""
    points = np.stack([np.interp(places, at, line[:, axis]) for axis in (0, 1)], 1)
    points += np.clip(-places, 0, None)[:, None] * ways[0] + np.clip(places - at[-1], 0, None)[:, None] * ways[1]
    return points


def _dab(shape: Shape, marks: Marks, radius: float) -> Piece:
    """What can be told of a stroke that is about as long as wide: from its moments."""
    rows, columns = np.nonzero(shape.cover)
    weight = shape.cover[rows, columns].astype(np.float64)
    points = shape.pixels_of(np.stack([columns, rows], 1).astype(np.float64))
    middle = np.average(points, axis=0, weights=weight)
    spread = np.cov((points - middle).T, aweights=weight, bias=True) if len(points) > 1 else np.zeros((2, 2))
    spread = spread + np.eye(2) * shape.cell**2 / 12
    values, vectors = np.linalg.eigh(spread)
    along, angle = vectors[:, 1], float(np.arctan2(vectors[1, 1], vectors[0, 1]))
    half = float(np.sqrt(3 * values[0])) * ROUND_OFF
    pressed = float(marks.pressure_of(np.array([half / radius]), np.array([angle]))[0])
    over = float(marks.overhang_at(np.array(pressed), np.array(angle))) * radius
    reach = max(float(np.sqrt(3 * values[1])) * ROUND_OFF - over, LEAST * half)
    path = middle + np.array([-reach, 0.0, reach])[:, None] * along
    return Piece(_rightwards(path), np.array([pressed, pressed]), 2 * half)

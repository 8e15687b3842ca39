"""StrokeFigures: what is measured of each stroke of a painting, so that two hands can be compared.

Lengths are measured against the stroke's own width, and widths against the picture.  So the figures are the same for
the same painting at another size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Float64, Int64
from dreambrush.bezier import control_points, path_length, path_nodes
from dreambrush.painter.measure.stroke_metrics import angles_to_form, visible_shares
from dreambrush.painter.see.orientation import OrientationField
from dreambrush.pictures.palette import oklab
from dreambrush.strokes import Strokes

NEIGHBOURS = 6
CHUNK = 256  # strokes whose distances to all others are held at once
UNLIKE = 4.0  # how much farther a neighbour counts that is twice as wide or half as wide


@dataclass(frozen=True, eq=False)
class StrokeFigures:
    """What is measured of n strokes, (n,) float64 each.

    Attributes:
        width: width in per cent of the picture's longer side.
        length: length of the path in widths.
        bend: how far the path bows, as a share of its chord.
        pressure: mean of the pressures at both ends, 0..1.
        taper: pressure at the end less that at the start, without its sign, 0..1.
        angle: degrees 0..90 between the stroke and the form below it.
        formed: 0..1 how surely there is a form; the weight of ``angle``.
        turn: degrees 0..90 between the stroke and the mean direction of its neighbours.
        spacing: mean distance to its neighbours in widths.
        covered: share of it that later strokes hide, 0..1.
        step: distance in Oklab between its colour and the mean colour of its neighbours.
        seen: area that is to be seen, in squares of the longer side.
        middle: (n, 2) middle of the path in pixels.
        colour: (n, 3) Oklab.
    """

    width: Float64
    length: Float64
    bend: Float64
    pressure: Float64
    taper: Float64
    angle: Float64
    formed: Float64
    turn: Float64
    spacing: Float64
    covered: Float64
    step: Float64
    seen: Float64
    middle: Float64
    colour: Float64


def figures_of(strokes: Strokes, picture: Float32, seen: Float64 | None = None) -> StrokeFigures:
    """Measures strokes.

    Args:
        strokes: n strokes in painting order, at least one.
        picture: (h, w, 3) float32, sRGB 0..1, of the strokes' size: where the form is read.
        seen: (n,) area in pixels that is to be seen of each, if that is known better than from geometry.
    """
    rows, side = strokes.rows(), max(strokes.size)
    length, width = path_length(rows).astype(np.float64), 2.0 * strokes.radius
    start, control, end = (each.astype(np.float64) for each in control_points(rows))
    chord, arm = end - start, control - start
    squared = np.maximum((chord**2).sum(1), 1e-9)
    bend = np.abs(chord[:, 0] * arm[:, 1] - chord[:, 1] * arm[:, 0]) / squared
    angle, weight = (each.astype(np.float64) for each in angles_to_form(OrientationField(picture), strokes))
    formed = weight.sum(1)
    area, colour = width * (length + width), oklab(strokes.colour)
    visible = visible_shares(strokes).astype(np.float64) if seen is None else np.clip(seen / area, 0, 1)
    middle = path_nodes(rows, 2)[:, 1].astype(np.float64)
    near, apart = neighbours(middle, np.log2(width))
    double = 2 * np.arctan2(chord[:, 1], chord[:, 0])
    mean = np.arctan2(np.sin(double)[near].sum(1), np.cos(double)[near].sum(1))
    turn = np.degrees(np.abs((double - mean + np.pi) % (2 * np.pi) - np.pi)) / 2
    return StrokeFigures(
        width=100 * width / side,
        length=length / width,
        bend=bend,
        pressure=strokes.pressure.mean(1).astype(np.float64),
        taper=np.abs(np.diff(strokes.pressure, axis=1)[:, 0]).astype(np.float64),
        angle=(angle * weight).sum(1) / np.maximum(formed, 1e-9),
        formed=formed,
        turn=turn,
        spacing=apart.mean(1) / width,
        covered=1 - visible,
        step=np.sqrt(((colour - colour[near].mean(1)) ** 2).sum(1)),
        seen=(area * visible if seen is None else seen) / side**2,
        middle=middle,
        colour=colour,
    )


def neighbours(middle: Float64, size: Float64) -> tuple[Int64, Float64]:
    """The nearest strokes of about the same width.

    Args:
        middle: (n, 2) middles of strokes in pixels.
        size: (n,) logarithm of their widths to the base 2.

    Returns:
        Their numbers (n, k) and how far they are (n, k) in pixels; k is NEIGHBOURS, or n - 1 if that is less; a single
        stroke is its own neighbour.
    """
    count = len(middle)
    if count == 1:
        return np.zeros((1, 1), np.int64), np.zeros((1, 1))
    k = min(NEIGHBOURS, count - 1)
    near, apart = np.empty((count, k), np.int64), np.empty((count, k))
    for first in range(0, count, CHUNK):
        some = slice(first, first + CHUNK)
        distance = np.hypot(*(middle[some, None] - middle).transpose(2, 0, 1))
        felt = (distance + 1e-6) * UNLIKE ** np.abs(size[some, None] - size)
        felt[np.arange(len(felt)), np.arange(first, first + len(felt))] = np.inf
        found = np.sort(np.argpartition(felt, k - 1, 1)[:, :k], 1)  # in an order that no processor decides
        near[some], apart[some] = found, np.take_along_axis(distance, found, 1)
    return near, apart

"""Stroke metrics: figures for what squared error does not see.  Would a painter lay such strokes?

All lengths are measured against the strokes' own width or against the picture, so that the figures are the same for
the same painting at another size.  Thresholds were found by looking at marked strokes in paintings of photographs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Floats, Int64, Mask
from dreambrush.bezier import control_points, path_length, path_nodes, point_at, velocity_at
from dreambrush.painter.refine.fragments import enumerated
from dreambrush.painter.see.orientation import OrientationField
from dreambrush.strokes import Strokes

PIECES = 5  # number of pieces of a path; in the middle of each its direction is compared with the form's
CHANCE = 45.0  # degrees: the mean angle between directions that have nothing to do with each other
HIDDEN = 0.1  # a stroke of which less is seen counts as covered
LIGHT_WIDTH = 0.4  # share of the full width at no pressure: about what our opaque brushes do

THIN = 1 / 200  # share of the picture's longer side: the half-width of a sliver is less
LONG = 4.0  # widths: a sliver is longer
ALONG = 0.25  # mean of coherence times cos 2 angle: 1 along a clear form, -1 across it, 0 where there is none

SMALL = 0.5  # share of the picture's area over the number of strokes: a speck is smaller
SURROUNDINGS = 0.6, 1.25  # shares of a speck's length: the ring around its middle in which the target is looked at
RING = 12  # number of points across that ring
CALM = 0.08  # greatest standard deviation of the target's colours there
STANDS_OUT = 2.0, 0.06  # least distance from the mean there: in standard deviations, and in any case

CELLS = 1024  # number of cells along the longer side of the finest map of what lies on top
LEVELS = 8  # number of such maps, each half as fine as the one before
CELL = 0.6  # share of a stroke's half-width: a cell of its map is no wider
ACROSS, STEP = 8, 0.2  # number of points across a stroke, and their distance along it in half-widths
EDGE = 0.3  # share of a cell: closer to its edge a stroke is not put on the map, where it would fill the whole cell


@dataclass(frozen=True)
class StrokeMetrics:
    """Figures of a painting's strokes.

    Attributes:
        length_by_width: median of path length by twice the radius.
        angle: mean angle in degrees between strokes and the form of the target at the scale of their radius, weighted
            by coherence; every stroke counts alike.  Dots have no direction and are left out.  Chance is 45, which
            also stands for a target without any form.
        dots: share of strokes that are shorter than wide.
        slivers: share of strokes that are thin, long for their width, still to be seen, and not along the form: lines
            where the picture has none.  Thin lines along the form are what an artist would draw.
        specks: share of strokes that are small, compact, still to be seen, and stand out from calm surroundings: dust,
            pores and tiny reflections, which an artist would leave out (or, like the light in an eye, place by hand).
        covered: share of strokes of which less than a tenth is to be seen at the end.
    """

    length_by_width: float
    angle: float
    dots: float
    slivers: float
    specks: float
    covered: float


def measure_strokes(target: Float32, strokes: Strokes, visible: Floats | None = None) -> StrokeMetrics:
    """Measures the strokes of a painting.

    Args:
        target: (h, w, 3) float32, 0..1, of the strokes' size.
        strokes: strokes of the painting.
        visible: (n,) share of each stroke that is seen at the end, 0..1; by default :func:`visible_shares`.
    """
    if not len(strokes):
        return StrokeMetrics(0.0, CHANCE, 0.0, 0.0, 0.0, 0.0)
    length = path_length(strokes.rows())
    by_width = length / (2 * strokes.radius)
    dots = by_width < 1
    seen = (visible_shares(strokes) if visible is None else np.asarray(visible)) >= HIDDEN
    angle, weight = angles_to_form(OrientationField(target), strokes)
    total = float(weight[~dots].sum())
    return StrokeMetrics(
        length_by_width=float(np.median(by_width)),
        angle=float((angle * weight)[~dots].sum()) / total if total > 0 else CHANCE,
        dots=float(dots.mean()),
        slivers=float((find_slivers(strokes, angle, weight) & seen).mean()),
        specks=float((find_specks(target, strokes) & seen).mean()),
        covered=float(1 - seen.mean()),
    )


def angles_to_form(form: OrientationField, strokes: Strokes) -> tuple[Float32, Float32]:
    """Angles between the pieces of strokes and the form there.

    Returns:
        Degrees 0..90 and weights 0..1, both (n, PIECES): coherence times the piece's share of the stroke's length.
    """
    nodes = path_nodes(strokes.rows(), PIECES)
    steps = np.diff(nodes, axis=1)
    direction, coherence = form.at(0.5 * (nodes[:, 1:] + nodes[:, :-1]), strokes.radius)
    apart = np.arctan2(steps[..., 1], steps[..., 0]) - direction
    angle = np.degrees(np.abs((apart + np.pi / 2) % np.pi - np.pi / 2))
    lengths = np.hypot(steps[..., 0], steps[..., 1]) + np.float32(1e-6)
    weight = coherence * lengths / lengths.sum(1, keepdims=True)
    return np.asarray(angle, np.float32), np.asarray(weight, np.float32)


def find_slivers(strokes: Strokes, angle: Float32, weight: Float32) -> Mask:
    """Which strokes (n,) are slivers, hidden ones included, from what :func:`angles_to_form` gives."""
    half_width = _half_widths(strokes).mean(1)
    along = (np.cos(2 * np.radians(angle)) * weight).sum(1)
    thin = half_width < THIN * max(strokes.size)
    return np.asarray(thin & (path_length(strokes.rows()) > LONG * 2 * half_width) & (along < ALONG))


def find_specks(target: Float32, strokes: Strokes) -> Mask:
    """Which strokes (n,) are specks, hidden ones included, on a target (h, w, 3)."""
    rows, half_width = strokes.rows(), _half_widths(strokes).mean(1)
    length, width = path_length(rows), 2 * half_width
    small = length * width + np.pi * half_width**2 < SMALL * strokes.size[0] * strokes.size[1] / len(strokes)
    found = np.zeros(len(strokes), bool)
    at = np.flatnonzero(small & (length <= LONG * width))
    inner, outer = SURROUNDINGS
    x, y = (np.stack(np.meshgrid(*[np.arange(RING) + 0.5] * 2)).reshape(2, -1) / RING * 2 - 1) * outer
    ring = np.stack([x, y], -1)[(np.hypot(x, y) > inner) & (np.hypot(x, y) < outer)]
    points = path_nodes(rows[at], 2)[:, 1:2] + (length + width)[at, None, None] * ring
    column, row = (np.clip(points[..., i], 0, target.shape[1 - i] - 1).astype(np.int64) for i in (0, 1))
    around = target[row, column]
    spread = np.sqrt(around.var(1).mean(-1))
    apart = np.sqrt(((strokes.colour[at] - around.mean(1)) ** 2).mean(-1))
    found[at] = (spread < CALM) & (apart > np.maximum(STANDS_OUT[0] * spread, STANDS_OUT[1]))
    return found


def visible_shares(strokes: Strokes) -> Float32:
    """The share (n,) of each stroke that is seen at the end, from geometry alone, within about 0.03.

    Strokes are taken for opaque ribbons with round ends, as wide as pressure makes them.  Of a soft brush at least that
    much is seen.  What lies off the canvas does not count, and a stroke that is all off it is not seen.

    Each stroke is put on a map of its own fineness.  So large strokes cost no more than small ones.
    """
    order = np.argsort(strokes.layer, kind="stable")  # layer on layer
    upward = strokes[order]
    owner, x, y, margin, area = _ribbons(upward)
    unit = max(strokes.size) / CELLS
    x, y = x / np.float32(unit), y / np.float32(unit)
    width, height = (side / unit for side in strokes.size)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    column, row = np.where(inside, x, 0).astype(np.int32), np.where(inside, y, 0).astype(np.int32)
    level = np.floor(np.log2(CELL * _half_widths(upward).max(1) / unit))
    level = np.clip(level, 0, LEVELS - 1).astype(np.int32)[owner]
    within = margin >= np.minimum(EDGE * unit * np.exp2(level)[:, None], 0.5 * margin.max(1, keepdims=True))
    solid = inside & within
    coarsest = 1 << (LEVELS - 1)
    rows, columns = (-(-int(np.ceil(side)) // coarsest) for side in (height, width))
    top = np.full((rows, columns), -1, np.int32)
    for each in range(LEVELS - 1, -1, -1):
        if each < LEVELS - 1:
            top = np.repeat(np.repeat(top, 2, 0), 2, 1)
        at = np.flatnonzero(level == each)
        cells = (row[at] >> each) * top.shape[1] + (column[at] >> each)
        on = solid[at]
        latest = np.full(top.size, -1, np.int32)
        # Of strokes that share a cell the last one stays, for owners never fall.
        latest[cells[on]] = np.broadcast_to(owner[at, None], on.shape)[on]
        top = np.maximum(top, latest.reshape(top.shape))
    seen = inside & (top.ravel()[row * top.shape[1] + column] <= owner[:, None])
    shares = np.zeros(len(strokes), np.float32)
    seen_area, whole = (np.bincount(owner, area * share.mean(1), len(strokes)) for share in (seen, inside))
    shares[order] = seen_area / np.maximum(whole, 1e-9)
    return shares


def _ribbons(strokes: Strokes) -> tuple[Int64, Float32, Float32, Float32, Float32]:
    """Rows of points across strokes, end to end.

    Returns:
        Which stroke each of m rows belongs to (m,), never falling; x, y, and the distance from the stroke's side, all
        (m, ACROSS) in pixels; and the area that each row stands for (m,).
    """
    rows, ends = strokes.rows(), _half_widths(strokes)
    length = path_length(rows)
    total = length + ends.sum(1)
    counts = np.maximum(np.ceil(total / (STEP * ends.max(1))), 4).astype(np.int64)
    owner, index = enumerated(counts)
    piece = (total / counts).astype(np.float32)[owner]
    arc = (index + np.float32(0.5)) * piece - ends[owner, 0]
    t = np.clip(arc / np.maximum(length, np.float32(1e-6))[owner], 0, 1)
    beyond = arc - t * length[owner]
    start, control, end = (point.T for point in control_points(rows[owner]))
    centre = point_at(start, control, end, t)
    velocity = velocity_at(start, control, end, t)
    speed = np.hypot(*velocity)
    ahead = np.where(speed > 2e-6, velocity / np.maximum(speed, np.float32(2e-6)), np.array([[1], [0]], np.float32))
    centre += beyond * ahead
    half = np.sqrt(np.maximum(((1 - t) * ends[owner, 0] + t * ends[owner, 1]) ** 2 - beyond**2, 0))
    offset = (np.arange(ACROSS, dtype=np.float32) + np.float32(0.5)) / ACROSS * 2 - 1
    aside = half[:, None] * offset
    x, y = centre[0][:, None] - aside * ahead[1][:, None], centre[1][:, None] + aside * ahead[0][:, None]
    return owner, x, y, half[:, None] - np.abs(aside), 2 * half * piece


def _half_widths(strokes: Strokes) -> Float32:
    """(n, 2) at start and end in pixels: light pressure narrows a stroke."""
    return strokes.radius[:, None] * (LIGHT_WIDTH + (1 - LIGHT_WIDTH) * strokes.pressure)

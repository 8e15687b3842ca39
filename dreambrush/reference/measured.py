"""From strokes to a manner: distributions of what is measured, by place and breadth."""

from __future__ import annotations

import math

import numpy as np

from dreambrush.arrays import Float32, Float64, Int64
from dreambrush.bezier import control_points
from dreambrush.manner.colours import palette_distance, swatches_of
from dreambrush.manner.distribution import EVEN, Quantiles, at_levels, distance, quantiles_of
from dreambrush.manner.manner import (
    BREADTHS,
    FIGURES,
    FLOW_SIDE,
    LEAST_SHARE,
    PLACES,
    FlowCell,
    Manner,
    Place,
    StrokeGroup,
    Swatch,
)
from dreambrush.painter.measure.figures import StrokeFigures
from dreambrush.painter.see.places import EVERYWHERE, place_map, places_at
from dreambrush.strokes import Strokes

FEWEST = 60  # strokes of a place, below which nothing is known of it
SWATCHES = 24
UNKNOWN_OF_PATCHES = ("pressure", "taper", "covered")
UNKNOWN_OF_SPARSE = ("angle", "turn", "spacing", "covered")
REACH = 1.2  # cells: standard deviation within which strokes tell a cell how they run


def manner_of(
    figures: StrokeFigures,
    strokes: Strokes,
    picture: Float32,
    source: str,
    means: str,
    ground: tuple[float, float, float],
    unknown: tuple[str, ...] = (),
    open_: float = 0.0,
    swatches: tuple[Swatch, ...] = (),
) -> Manner:
    """The manner of a painting.

    Args:
        figures: what was measured of its n strokes.
        strokes: the strokes.
        picture: (h, w, 3) float32, sRGB 0..1: the painting.
        source: its name, for people.
        means: how the strokes were found.
        ground: colour of the ground, sRGB 0..1.
        unknown: figures of which these strokes tell nothing.
        open_: share of the picture where the ground shows, 0..1.
        swatches: its colours, if they are not those of the picture.
    """
    at = places_at(place_map(picture), figures.middle)
    groups = [
        group
        for number, place in enumerate(PLACES)
        if len(some := np.flatnonzero((at == number) | (number == EVERYWHERE))) >= FEWEST or number == EVERYWHERE
        for group in _groups(place, figures, some, unknown)
    ]
    return Manner(
        source,
        means,
        tuple(groups),
        swatches or swatches_of(picture, SWATCHES),
        ground,
        open_,
        None if unknown else _order(figures.width),
        _flow(strokes, figures),
    )


def distances(manner: Manner, figures: StrokeFigures, at: Int64) -> dict[str, float]:
    """Wasserstein distances of figures and colours between a manner and a painting, each in its own unit.

    They are means over the places of the painting, by their visible paint.  Widths, lengths and spacings are compared
    by their logarithms to the base 2.

    Args:
        manner: the manner.
        figures: of the painting's n strokes.
        at: (n,) number of the place of each, among PLACES.
    """
    found = dict.fromkeys(FIGURES, 0.0)
    for number in np.unique(at):
        here = at == number
        share = float(figures.seen[here].sum() / figures.seen.sum())
        for name in FIGURES:
            groups = [each for each in manner.of_place(PLACES[number]) if name in each.figures]
            if not groups or name not in found:  # what is unknown of one place cannot be compared
                found.pop(name, None)
                continue
            values = getattr(figures, name)[here]
            weights = figures.seen[here] * (figures.formed[here] if name == "angle" else 1)
            whole = _joined(groups, name)
            if name in ("width", "length", "spacing"):
                whole = tuple(math.log2(max(each, 0.01)) for each in whole)
                values = np.log2(np.maximum(values, 0.01))
            found[name] += share * distance(whole, values, weights)
    found["palette"] = palette_distance(manner.swatches, figures.colour, figures.seen)
    return found


def _joined(groups: list[StrokeGroup], name: str) -> Quantiles:
    """The distribution of several groups as one."""
    values = np.concatenate([at_levels(each.figures[name], EVEN) for each in groups])
    weights = np.repeat([each.share for each in groups], len(EVEN))
    return quantiles_of(values, weights)


def _groups(place: Place, figures: StrokeFigures, of: Int64, unknown: tuple[str, ...]) -> list[StrokeGroup]:
    """Strokes by breadth, each with a third of the visible paint."""
    broadest = of[np.argsort(-figures.width[of], kind="stable")]
    share = np.cumsum(figures.seen[broadest])
    whole = float(share[-1])
    if not whole:
        return []
    third = np.clip((share - 0.5 * figures.seen[broadest]) / whole * 3, 0, 2.999).astype(np.int64)
    found = []
    for number, breadth in enumerate(BREADTHS):
        some = broadest[third == number]
        if not len(some):
            continue
        weights = figures.seen[some]
        told = {
            name: _told(
                name,
                quantiles_of(getattr(figures, name)[some], weights * (figures.formed[some] if name == "angle" else 1)),
            )
            for name in FIGURES
            if name not in unknown
        }
        found.append(StrokeGroup(place, breadth, max(round(float(weights.sum()) / whole, 4), LEAST_SHARE), told))
    return found


def _told(name: str, quantiles: Quantiles) -> Quantiles:
    """To four digits, so that a file of them can be read, and within what a file may say."""
    low, high = FIGURES[name]
    return tuple(float(f"{min(max(each, low), high):.4g}") for each in quantiles)


def _order(width: Float64) -> float:
    """Rank correlation of strokes (n,) in their order: 1 if they go from broad to fine, -1 the other way round."""
    if len(width) < 2 or np.ptp(width) == 0:
        return 0.0
    ranks = np.argsort(np.argsort(-width, kind="stable"), kind="stable")
    return round(float(np.corrcoef(ranks, np.arange(len(width)))[0, 1]), 3)


def _flow(strokes: Strokes, figures: StrokeFigures) -> tuple[tuple[FlowCell, ...], ...]:
    """How the strokes run in each cell of a coarse grid."""
    width, height = strokes.size
    cell = max(width, height) / FLOW_SIDE
    rows, columns = max(round(height / cell), 1), max(round(width / cell), 1)
    start, _, end = control_points(strokes.rows())
    way = (end - start).astype(np.float64)
    double = 2 * np.arctan2(way[:, 1], way[:, 0])
    weight = figures.seen * np.clip(1 - np.exp(-(figures.length - 1) / 2), 0, 1)
    y, x = np.mgrid[:rows, :columns].reshape(2, -1) + 0.5
    middles = np.stack([x * width / columns, y * height / rows], 1)
    apart = ((middles[:, None] - figures.middle) ** 2).sum(2)
    near = np.exp(-apart / (2 * (REACH * cell) ** 2)) * weight
    total = near.sum(1) + 1e-12
    even, odd = (near @ np.cos(double)) / total, (near @ np.sin(double)) / total
    angle = np.degrees(0.5 * np.arctan2(odd, even)) % 180
    strength = np.hypot(even, odd)
    cells = [FlowCell(round(a, 1), round(s, 3)) for a, s in zip(angle.tolist(), strength.tolist(), strict=True)]
    return tuple(tuple(cells[row * columns : (row + 1) * columns]) for row in range(rows))

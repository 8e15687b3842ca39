"""A manner: what is known of a painter's hand.

It says how wide, long and bent the strokes are, how they lie to the form and to each other, and which colours they
have.  It says nothing of where they lie, and it holds no pixel of the painting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from dreambrush.arrays import Float64
from dreambrush.manner.distribution import EVEN, Quantiles, at_levels

Place = Literal["everywhere", "subject", "background", "face"]
PLACES: tuple[Place, ...] = get_args(Place)
FACE = PLACES[-1]
BREADTHS = ("broad", "middle", "fine")  # a third of all visible paint each
# Each figure of a stroke: its least and greatest value.
FIGURES: dict[str, tuple[float, float]] = {
    "width": (0.05, 100.0),
    "length": (0.05, 100.0),
    "bend": (0.0, 5.0),
    "pressure": (0.0, 1.0),
    "taper": (0.0, 1.0),
    "angle": (0.0, 90.0),
    "turn": (0.0, 90.0),
    "spacing": (0.0, 100.0),
    "covered": (0.0, 1.0),
    "step": (0.0, 1.0),
}
LEAST_SHARE = 1e-4  # of the visible paint of a place, that a group has
LEAST_OPEN = 0.05  # share of the ground that stays open below strokes without number
MOST_COLOURS = 64
FLAT_FROM, FLAT_SHARE, MOST_FLAT = 4.5, 0.4, 2.2  # per cent: widths of broad strokes, from which shapes are flat
FINER = 0.7  # times as wide as elsewhere are strokes in faces, where nothing is known of them
FLOW_SIDE = 16  # cells along the longer side of the flow


@dataclass(frozen=True)
class StrokeGroup:
    """Strokes of one place and one breadth.

    Attributes:
        place: where in the picture they lie.
        breadth: "broad", "middle" or "fine".
        share: of the visible paint of that place, 0..1.
        figures: distributions by visible area, of what painter/measure/figures.py measures, by its names.
    """

    place: Place
    breadth: str
    share: float
    figures: Mapping[str, Quantiles]


@dataclass(frozen=True)
class Swatch:
    """A colour and how much of the painting has it.

    Attributes:
        colour: red, green, blue, sRGB 0..1.
        share: of the painting, 0..1.
    """

    colour: tuple[float, float, float]
    share: float


@dataclass(frozen=True)
class FlowCell:
    """How strokes run in one cell of the painting.

    Attributes:
        angle: degrees 0..180 from the x axis towards the y axis, which points down.
        strength: 0, where they run every way, to 1, where all run one way.
    """

    angle: float
    strength: float


@dataclass(frozen=True)
class Manner:
    """What is known of a painter's hand.

    Attributes:
        source: of which works it was learned, for people.
        means: how strokes were found there: "patches", "recipe", "stroke maps", or of several works "several ways".
        groups: strokes by place and breadth; those of everywhere are there in any case.
        swatches: colours and their shares, the most frequent first.
        ground: colour of the ground, sRGB 0..1.
        open: share of the picture where the ground shows, 0..1.
        order: how surely strokes go from broad to fine, -1..1; None if the order is not known.
        flow: rows of cells, how strokes run over the painting; none if they do not.
    """

    source: str
    means: str
    groups: tuple[StrokeGroup, ...]
    swatches: tuple[Swatch, ...]
    ground: tuple[float, float, float]
    open: float = 0.0
    order: float | None = None
    flow: tuple[tuple[FlowCell, ...], ...] = field(default=())

    def of_place(self, place: Place) -> tuple[StrokeGroup, ...]:
        """The groups of a place, broad ones first.

        Where nothing is known of it, they are those of everywhere.  For faces these are the finer ones, made finer
        still: whoever paints no faces tells nothing of how to paint eyes.
        """
        found = tuple(each for each in self.groups if each.place == place)
        if found:
            return found
        everywhere = tuple(each for each in self.groups if each.place == PLACES[0])
        return tuple(map(_finer, everywhere[-2:])) if place == FACE else everywhere

    @property
    def flat(self) -> float:
        """Width in per cent of the longer side of the smallest flat shapes that such a painter sees; 0 for none.

        Whoever lays broad flat washes, as for woodcuts, gathers what is small into them.
        """
        broad = self.of_place(PLACES[0])[0]
        width = float(at_levels(broad.figures["width"], np.array([0.5]))[0])
        return min(FLAT_SHARE * max(width - FLAT_FROM, 0.0), MOST_FLAT)

    @cached_property
    def places(self) -> frozenset[Place]:
        """The places of which something is known."""
        return frozenset(each.place for each in self.groups)

    @cached_property
    def strokes(self) -> int:
        """About how many strokes cover a square picture, half of which is subject and half background."""
        return round(float(np.mean([laid_of(self.of_place(place)).counts.sum() for place in PLACES[1:3]])))


def _finer(group: StrokeGroup) -> StrokeGroup:
    widths = tuple(FINER * each for each in group.figures["width"])
    return replace(group, figures={**group.figures, "width": widths})


@dataclass(frozen=True, eq=False)
class LaidStrokes:
    """Strokes as they were laid, from broad to fine, other than what is seen of them.

    Attributes:
        widths: (n,) per cent of the longer side, falling.
        counts: (n,) how many have about that width, for a square picture.
        breadth: (n,) number of the group that each belongs to.
    """

    widths: Float64
    counts: Float64
    breadth: Float64

    def at(self, levels: Float64) -> tuple[Float64, Float64]:
        """Widths and numbers of groups at levels 0, the broadest stroke, to 1, the finest."""
        total = np.cumsum(self.counts)
        middles = (total - 0.5 * self.counts) / total[-1]
        nearest = np.clip(np.searchsorted(total / total[-1], levels), 0, len(total) - 1)
        return np.exp(np.interp(levels, middles, np.log(self.widths))), self.breadth[nearest]


def laid_of(groups: tuple[StrokeGroup, ...]) -> LaidStrokes:
    """Strokes as they were laid, of groups that say how much is seen of them.

    Broad strokes lie below, so most of their paint is hidden.  If strokes lie at random, as dead leaves do, a share of
    exp(-c) of the canvas stays free below finer strokes whose areas add up to c canvases (Lee, Mumford and Huang,
    "Occlusion models for natural images", 2001).  So visible shares F, from the finest on, tell c = -ln(1 - F).
    """
    parts = []
    for number, group in enumerate(groups):
        levels = EVEN[2::5]
        width = at_levels(group.figures["width"], levels)
        # Strokes by area: the mean area of a stroke is a harmonic mean.
        length = np.full(len(levels), 1 / np.mean(1 / (at_levels(group.figures["length"], EVEN) + 1)))
        parts.append(np.stack([width, length, np.full(len(levels), group.share / len(levels)), 0 * width + number]))
    width, length, share, number = np.concatenate(parts, 1)
    finest = np.argsort(width, kind="stable")
    width, length, share, number = (each[finest] for each in (width, length, share, number))
    seen = np.concatenate([[0.0], np.cumsum(share) / share.sum()]) * (1 - LEAST_OPEN)
    area = (width / 100) ** 2 * length
    counts = np.diff(-np.log(1 - seen)) / area
    return LaidStrokes(width[::-1], counts[::-1], number[::-1])

"""The dial of the hand: from as exact as possible to as free as possible.

An exact hand lays whatever stroke removes most error.  A free one prefers strokes that a painter would lay even where
they gain less: long for their width, along the form, and none that is tiny.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.bezier import RADIUS, path_nodes
from dreambrush.painter.geometry import LIGHTEST, constrained, dotness
from dreambrush.painter.plan.follow import kept_along, led
from dreambrush.painter.see.cells import grown
from dreambrush.painter.see.guide import Guide, GuidedField
from dreambrush.painter.see.orientation import OrientationField

EXACT, DEFAULT, FREE = 0.0, 0.5, 1.0
LONG, ALONG, SHORTEST = 1.0, 0.75, 5.6  # preferences of the freest hand, as Hand has them
SLENDER = 3.5  # widths, times the root of the dial: even a careful hand lays strokes, not dots
NARROWEST, FREE_NARROWEST = 1.8, 0.025  # width of a stroke: exact hand (pixels), freest (share of the side)
SHORTEST_OF_LONGEST = 0.5  # least chord of a stroke, as a share of the greatest length, if that is given
BROAD, VAGUE = 0.024, 0.045  # least width of a stroke of the freest hand where nobody looks, and where nothing is sharp
FEATURE = 0.006  # greatest least width of a stroke in faces (share of the side), so that eyes survive any hand
# Where no form runs one way, strokes lie from lower left to upper right, as a right-handed painter hatches; how much
# a stroke across that loses, with the freest hand.
SLANT, SLANTED = -0.9, 0.6  # radians, share
ROOM = 1.5  # share of the canvas that strokes may cover, if all are the narrowest and shortest of the freest hand
WIDEST = 0.4  # greatest stroke width, as a share of the shorter side
LED = 0.9  # share of its gain that a stroke straight across a guide of strength 1 loses, whatever the hand
PLACES = 5  # number of places along a stroke where its direction is compared with the form's


@dataclass(frozen=True)
class Hand:
    """What a hand prefers.

    Attributes:
        long: share of its gain that a mere dot loses.
        along: share of its gain that a stroke straight across a clear form loses.
        shortest: least chord of a stroke in widths.
        careful: the same beside clear edges, over which a long stroke would run.
        smallest: least radius in pixels.
        largest: greatest radius in pixels.
        width: width of the canvas in pixels.
        height: height of the canvas in pixels.
        form: orientation field of the target.
        longest: greatest length of a path in widths; None for any.
        lightest: least pressure, 0..1.
        breadth: (rows, columns) least radius in pixels at each place of the canvas; None for the smallest everywhere.
        formed: (rows, columns) 0..1: how much the form counts at each place of the canvas; None for everywhere in full.
        edged: (rows, columns) 0..1: how clear the edges are at each place of the canvas; None for no edges.
        slant: share of its gain that a stroke across the slant loses where no form runs one way.
        guide: what leads the strokes; None for the form alone.
    """

    long: float
    along: float
    shortest: float
    smallest: float
    largest: float
    width: int
    height: int
    form: OrientationField
    longest: float | None = None
    lightest: float = LIGHTEST
    breadth: Float32 | None = None
    formed: Float32 | None = None
    edged: Float32 | None = None
    careful: float = 0.0
    slant: float = 0.0
    guide: Guide | None = None

    def score(self, gain: Float32, strokes: Float32) -> Float32:
        """Scores (b,) of strokes (b, 9), from what they gain (b,)."""
        score = gain * (1 - self.long * dotness(strokes))
        if self.along or self.guide is not None:
            nodes = path_nodes(strokes, PLACES)
            steps = np.diff(nodes, axis=1)
            places = 0.5 * (nodes[:, 1:] + nodes[:, :-1])
            direction, coherence = self.form.at(places, strokes[:, RADIUS])
            if self.formed is not None:
                coherence = coherence * self._read(self.formed, places)
            way = steady.arctan2(steps[..., 1], steps[..., 0])
            across = steady.sin(way - direction) ** 2 * coherence
            if self.slant:
                across += np.float32(self.slant) * (1 - coherence) * steady.sin(way - np.float32(SLANT)) ** 2
            weight = np.sqrt((steps**2).sum(-1)) + np.float32(1e-6)
            if self.guide is None:
                score = score * (1 - self.along * (across * weight).sum(1) / weight.sum(1))
            else:
                loses = self.along + np.float32(max(LED - self.along, 0)) * self.guide.at(places)[1]
                score = score * (1 - (loses * across * weight).sum(1) / weight.sum(1))
        return np.asarray(np.where(gain > 0, score, gain), np.float32)

    def lead(self, strokes: Float32) -> Float32:
        """Turns new strokes (b, 9) towards the guide, if there is one."""
        return strokes if self.guide is None else led(strokes, self.guide)

    def guided(self, guide: Guide) -> Hand:
        """The same hand, led by a guide."""
        formed = self.formed
        if formed is not None:
            formed = np.maximum(formed, grown(guide.flow.strength, (formed.shape[0], formed.shape[1])))
        return replace(self, form=GuidedField(self.form, guide), guide=guide, formed=formed)

    def constrain(self, strokes: Float32) -> Float32:
        """Brings strokes (b, 9) within what this hand would lay."""
        if self.guide is not None:
            strokes = kept_along(strokes, self.guide)
        shortest: float | Float32 = self.shortest
        if self.edged is not None and self.careful < self.shortest:
            edge = self._read(self.edged, path_nodes(strokes, 2)).max(1)
            shortest = np.float32(self.shortest) + np.float32(self.careful - self.shortest) * edge
        limits = self._smallest(strokes), self.largest, shortest, self.longest, self.lightest
        return constrained(strokes, self.width, self.height, *limits)

    def _smallest(self, strokes: Float32) -> float | Float32:
        """The least radius of each stroke."""
        if self.breadth is None:
            return self.smallest
        return self._read(self.breadth, path_nodes(strokes, 2)[:, 1])

    def _read(self, cells: Float32, places: Float32) -> Float32:
        """What a map (rows, columns) of the canvas has at places (..., 2) in pixels."""
        rows, columns = cells.shape
        x = np.clip(places[..., 0] * (columns / self.width), 0, columns - 1).astype(np.int64)
        y = np.clip(places[..., 1] * (rows / self.height), 0, rows - 1).astype(np.int64)
        return np.asarray(cells[y, x])


def hand_for(
    freedom: float,
    picture: Float32,
    form: OrientationField,
    narrowest: float | None = None,
    widest: float | None = None,
    strokes: int = 1,
    longest: float | None = None,
    lightest: float = LIGHTEST,
    looked: Float32 | None = None,
    formed: Float32 | None = None,
    edged: Float32 | None = None,
    care: Float32 | None = None,
) -> Hand:
    """The hand of a dial.

    Args:
        freedom: 0, as exact as possible, to 1, as free as possible.
        picture: (h, w, 3) picture that is painted.
        form: orientation field of that picture.
        narrowest: least width of a stroke in pixels; by default as this hand likes it.
        widest: greatest width of a stroke in pixels; by default as this hand likes it.
        strokes: number of strokes of the painting; many may be narrower than few, lest they hide one another.
        longest: greatest length of a path in widths; by default any.
        lightest: least pressure, 0..1.
        looked: (rows, columns) float32, 0..1: where one looks.  Elsewhere strokes are broader, unless their least width
            is given.  None for everywhere.
        formed: (rows, columns) float32, 0..1: how much the form counts; elsewhere strokes hatch.  None for everywhere.
        edged: (rows, columns) float32, 0..1: how clear edges are; beside them strokes may be shorter.  None for none.
        care: (rows, columns) float32, how much more an error counts in faces; strokes may be finer there.  None for no
            faces.  It counts where ``looked`` is given.
    """
    height, width = picture.shape[:2]
    shorter = min(height, width)
    fits = np.sqrt(ROOM * height * width / (max(strokes, 1) * SHORTEST))
    free = max(min(FREE_NARROWEST * shorter, float(fits)), NARROWEST)
    least = NARROWEST + freedom**3 * (free - NARROWEST) if narrowest is None else narrowest
    most = max(WIDEST * shorter, 2 * least) if widest is None else widest
    least = min(least, most)
    slender = freedom**0.5
    most_of_all = np.inf if longest is None else SHORTEST_OF_LONGEST * longest
    careful = min(SLENDER * slender, most_of_all)
    shortest = min(max(SLENDER * slender, SHORTEST * freedom), most_of_all)
    limits = shortest, least / 2, most / 2, width, height
    breadth = None
    if looked is not None and narrowest is None and freedom:
        breadth = np.maximum(
            *(
                _least_radii(least, min(share * freedom * shorter, most), where)
                for share, where in ((BROAD, looked), (VAGUE, looked if formed is None else formed))
            )
        )
        if care is not None:
            face, fine = np.clip(care, 0, 1), np.float32(max(FEATURE * shorter, NARROWEST) / 2)
            breadth = np.asarray(breadth + face * (np.minimum(breadth, fine) - breadth), np.float32)
    lightest, slant = max(lightest, LIGHTEST), SLANTED * freedom
    return Hand(
        LONG * slender, ALONG * freedom, *limits, form, longest, lightest, breadth, formed, edged, careful, slant
    )


def _least_radii(least: float, broad: float, looked: Float32) -> Float32:
    """Least radii in pixels (rows, columns), from the least width where one looks (1) to a broad one elsewhere (0)."""
    return np.asarray((max(least, broad) + (least - max(least, broad)) * looked) / 2, np.float32)

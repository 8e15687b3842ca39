"""Strokes in the manner of a reference: shapes are moved, rank by rank, to those that its painter lays.

The broadest stroke becomes as broad as the reference's broadest, the longest as long as its longest, and so on.  In one
dimension this is the shortest way from one distribution to another (Villani, "Topics in optimal transportation", 2003,
remark 2.19).  Strokes keep their places, so the photo stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from dreambrush.arrays import Float32, Float64, Int64
from dreambrush.bezier import CONTROL, PRESSURES, RADIUS, control_points, path_length, path_nodes, point_at
from dreambrush.manner.distribution import EVEN, at_levels, levels_by_number, ranks
from dreambrush.manner.manner import PLACES, Manner, StrokeGroup, laid_of
from dreambrush.painter.measure.stroke_metrics import visible_shares
from dreambrush.painter.plan.hand import Hand
from dreambrush.painter.see.drawn_flow import Flow, over
from dreambrush.painter.see.orientation import OrientationField
from dreambrush.painter.see.places import place_map, places_at
from dreambrush.painter.see.target import Target
from dreambrush.strokes import Strokes

FORMED = 0.15  # coherence below which a stroke has no form to lie along
PIECES = 5  # of a path, in the middle of which the form is looked at
STEEPEST = 60.0  # degrees by which a stroke is turned at most
FREEST = 0.45  # share of the chord that a path may bow

SETTLINGS = 2  # more change little
FLOWS = 0.6  # how surely strokes follow the reference's flow where that is of one mind, with likeness 1

PlaceOf = Callable[[Float32], Int64]
"""Numbers of places (k,) of points (k, 2) in pixels."""


@dataclass(frozen=True, eq=False)
class InManner:
    """Shapes strokes in a manner.

    Attributes:
        manner: the manner.
        likeness: 0, as the painter would lay them anyway, to 1.
        size: width and height of the painting in pixels.
        form: orientation field of the picture.
        place_of: in which of PLACES a point lies.
        least: radius of the narrowest stroke that was asked for, in pixels.
        most: radius of the widest one, in pixels.
        longest: length of the longest path that was asked for, in widths.
    """

    manner: Manner
    likeness: float
    size: tuple[int, int]
    form: OrientationField
    place_of: PlaceOf
    least: float = 0.0
    most: float = np.inf
    longest: float = np.inf

    def shaped(self, strokes: Float32, low: float = 0.0, high: float = 1.0) -> Float32:
        """Strokes (k, 9) of the reference's shapes.

        Args:
            strokes: strokes in pixels.
            low: share of the painting's strokes that are laid before these.
            high: the same with them.
        """
        out = strokes.copy()
        if not len(out):
            return out
        place = self.place_of(path_nodes(out, 2)[:, 1])
        for number, name in enumerate(PLACES):
            some = np.flatnonzero(place == number)
            if len(some):
                out[some] = self._shaped(out[some], self.manner.of_place(name), low, high)
        return out

    def settled(self, strokes: Float32, high: float) -> Float32:
        """The strokes (k, 9) of a whole plan, so that of each width and length so much is seen as in the reference.

        Strokes crowd where the picture has details, and hide one another.  So widths and lengths are found by how much
        of the strokes is seen, and what is seen changes with them.
        """
        out = self.shaped(strokes, 0.0, high)
        place = self.place_of(path_nodes(out, 2)[:, 1])
        for _ in range(SETTLINGS):
            seen = visible_areas(out, self.size)
            for number, name in enumerate(PLACES):
                some = np.flatnonzero(place == number)
                if len(some):
                    out[some] = self._settled(strokes[some], out[some], seen[some], self.manner.of_place(name))
        return out

    def _settled(self, before: Float32, strokes: Float32, seen: Float64, groups: tuple[StrokeGroup, ...]) -> Float32:
        """Gives strokes (k, 9) the widths and lengths that so much seen paint asks for; ``before`` they were free."""
        breadths, lengths = strokes[:, RADIUS].astype(np.float64), _lengths(strokes)
        shares = np.array([group.share for group in groups])
        ends = np.concatenate([[0.0], np.cumsum(shares) / shares.sum()])
        level = 1 - ranks(breadths, seen)  # 0 for the broadest
        for number, group in enumerate(groups):
            some = np.flatnonzero((level >= ends[number]) & (level < ends[number + 1]))
            if not len(some):
                continue
            within = (level[some] - ends[number]) / (ends[number + 1] - ends[number])
            radius = at_levels(group.figures["width"], 1 - within) * max(self.size) / 200
            part = strokes[some]
            wished = before[some, RADIUS] * (np.maximum(radius, 0.5) / before[some, RADIUS]) ** self.likeness
            wished = np.clip(wished, self.least, self.most)
            length = lengths[some] * part[:, RADIUS] / wished  # in widths, as the path stays what it is
            part[:, RADIUS] = wished
            asked = at_levels(group.figures["length"], ranks(lengths[some], seen[some]))
            free = _lengths(before[some])
            self._scale(part, (free * (asked / np.maximum(free, 0.01)) ** self.likeness) / np.maximum(length, 0.01))
            self._bow(part, group, seen[some])
            self._shorten(part)
            self._turn(part, group, seen[some])
            strokes[some] = part
        return strokes

    def freed(self, hand: Hand) -> Hand:
        """A hand that leaves it to the manner how wide, how long and how narrow strokes are, within what was asked."""
        radii = laid_of(self.manner.of_place(PLACES[0])).widths * max(self.size) / 200
        smallest, largest = (max(float(each), 0.5) for each in (radii.min(), radii.max()))
        return replace(
            hand,
            long=0.0,
            shortest=0.0,
            careful=0.0,
            smallest=min(max(smallest, self.least), self.most),
            largest=min(max(largest, self.least), self.most),
            longest=None if self.longest == np.inf else self.longest,
            breadth=None,
        )

    def _shaped(self, strokes: Float32, groups: tuple[StrokeGroup, ...], low: float, high: float) -> Float32:
        levels = low + (high - low) * ranks(-strokes[:, RADIUS].astype(np.float64))
        width, breadth = laid_of(groups).at(levels)
        radius = np.maximum(width * max(self.size) / 200, 0.5)
        strokes[:, RADIUS] *= (radius / strokes[:, RADIUS]) ** self.likeness
        strokes[:, RADIUS] = np.clip(strokes[:, RADIUS], self.least, self.most)
        for number, group in enumerate(groups):
            some = np.flatnonzero(breadth == number)
            if len(some):
                strokes[some] = self._in_group(strokes[some], group)
        return strokes

    def _in_group(self, strokes: Float32, group: StrokeGroup) -> Float32:
        """Strokes of one breadth, of which only the width is right yet."""
        figures = group.figures
        self._press(strokes, group)
        length = figures["length"]
        levels = levels_by_number(1 / (at_levels(length, EVEN) + 1), ranks(_lengths(strokes)))
        self._stretch(strokes, at_levels(length, levels))
        self._bow(strokes, group)
        self._shorten(strokes)
        self._turn(strokes, group)
        return strokes

    def _stretch(self, strokes: Float32, wanted: Float64) -> None:
        """Gives paths lengths (k,) in widths; they stay where they are, and keep their shape."""
        self._scale(strokes, (wanted / np.maximum(_lengths(strokes), 0.01)) ** self.likeness)

    def _shorten(self, strokes: Float32) -> None:
        """Makes paths shorter that are longer than was asked for."""
        if self.longest < np.inf:
            self._scale(strokes, np.minimum(self.longest / np.maximum(_lengths(strokes), 0.01), 1))

    @staticmethod
    def _scale(strokes: Float32, share: Float64) -> None:
        """Makes paths (k, 9) so many times (k,) as long about their middles."""
        middle = point_at(*control_points(strokes), 0.5).copy()
        for point in control_points(strokes):
            point[:] = middle + share[:, None] * (point - middle)

    def _bow(self, strokes: Float32, group: StrokeGroup, seen: Float64 | None = None) -> None:
        """Bends paths as the reference's are bent, each the way that it is bent already."""
        start, control, end = control_points(strokes)
        chord = end - start
        squared = np.maximum((chord**2).sum(1), 1e-6)
        arm = control - start
        forward, sideways = ((arm * way).sum(1) / squared for way in (chord, _normals(chord)))
        wanted = at_levels(group.figures["bend"], ranks(np.abs(sideways), seen))
        bend = np.where(sideways < 0, -1, 1) * np.minimum(
            np.abs(sideways) + self.likeness * (wanted - np.abs(sideways)), FREEST
        )
        strokes[:, CONTROL] = start + forward[:, None] * chord + bend[:, None] * _normals(chord)

    def _turn(self, strokes: Float32, group: StrokeGroup, seen: Float64 | None = None) -> None:
        """Turns strokes to the form, or away from it, until they lie to it as the reference's do.

        ``seen`` (k,) is how much is seen of each; all count alike without it.
        """
        if "angle" not in group.figures:
            return
        nodes = path_nodes(strokes, PIECES)
        steps = np.diff(nodes, axis=1)
        direction, coherence = self.form.at(0.5 * (nodes[:, 1:] + nodes[:, :-1]), strokes[:, RADIUS])
        apart = np.arctan2(steps[..., 1], steps[..., 0]) - direction
        apart = (apart + np.pi / 2) % np.pi - np.pi / 2
        weight = coherence * (np.hypot(steps[..., 0], steps[..., 1]) + 1e-6)
        weight /= weight.sum(1, keepdims=True) + 1e-12
        formed = np.flatnonzero(coherence.mean(1) > FORMED)
        if not len(formed):
            return
        now = np.degrees((np.abs(apart) * weight).sum(1)[formed])
        shares = coherence.mean(1)[formed].astype(np.float64) * (1 if seen is None else seen[formed])
        wanted = at_levels(group.figures["angle"], ranks(now, shares))
        more = np.clip(wanted - now, -STEEPEST, STEEPEST) * self.likeness
        side = np.where((apart * weight).sum(1)[formed] < 0, -1, 1)
        rotate(strokes, formed, np.radians(more) * side)

    def _press(self, strokes: Float32, group: StrokeGroup) -> None:
        """Presses as the reference's painter does, and eases off as far, where either is known."""
        figures = group.figures
        if not figures.keys() & {"pressure", "taper"}:
            return
        pressure = strokes[:, PRESSURES].astype(np.float64)
        mean, taper = pressure.mean(1), pressure[:, 1] - pressure[:, 0]
        if "pressure" in figures:
            wanted = at_levels(figures["pressure"], ranks(mean))
            mean += self.likeness * (wanted - mean)
        if "taper" in figures:
            ease = at_levels(figures["taper"], ranks(np.abs(taper)))
            taper += np.where(taper < 0, -1, 1) * self.likeness * (ease - np.abs(taper))
        strokes[:, PRESSURES] = np.clip(mean[:, None] + taper[:, None] * np.array([-0.5, 0.5]), 0.05, 1)


def rotate(strokes: Float32, which: Int64, angle: Float64) -> None:
    """Turns some strokes of (k, 9) about their middles, by angles in radians; it changes them in place."""
    some = strokes[which]
    middle = point_at(*control_points(some), 0.5).copy()
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    for point in control_points(some):
        away = point - middle
        point[:] = middle + cos * away + sin * np.stack([-away[:, 1], away[:, 0]], 1)
    strokes[which] = some


def _lengths(strokes: Float32) -> Float64:
    """Lengths (k,) of paths in widths."""
    return path_length(strokes).astype(np.float64) / (2 * strokes[:, RADIUS])


def _normals(chord: Float32) -> Float32:
    return np.stack([-chord[:, 1], chord[:, 0]], 1)


def visible_areas(strokes: Float32, size: tuple[int, int]) -> Float64:
    """The area in pixels (k,) that is seen of each of (k, 9) strokes in their order, on a canvas of that size."""
    width = 2.0 * strokes[:, RADIUS]
    return np.asarray(
        visible_shares(Strokes.of_rows(strokes, size)) * width * (path_length(strokes) + width), np.float64
    )


def in_manner(
    manner: Manner | None,
    likeness: float,
    target: Target,
    narrowest: float | None = None,
    widest: float | None = None,
    longest: float | None = None,
) -> InManner | None:
    """What shapes strokes in a manner; None if there is none, or if nothing is to be like it.

    Args:
        manner: the manner.
        likeness: 0 to 1.
        target: what is painted.
        narrowest: least width of a stroke in pixels; by default as the manner has it.
        widest: greatest width of a stroke in pixels; by default as the manner has it.
        longest: greatest length of a path in widths; by default as the manner has it.
    """
    if manner is None or not likeness:
        return None
    height, width = target.size
    places = place_map(target.picture)
    return InManner(
        manner,
        likeness,
        (width, height),
        OrientationField(target.picture),
        partial(places_at, places),
        0.0 if narrowest is None else narrowest / 2,
        np.inf if widest is None else widest / 2,
        np.inf if longest is None else longest,
    )


def followed(drawn: Flow | None, manner: Manner | None, likeness: float) -> Flow | None:
    """The flow that strokes follow: lines that the artist drew, and elsewhere, less surely, the reference's own.

    The reference's flow lies over the picture from corner to corner.

    Args:
        drawn: by the artist; None if nothing is.
        manner: of the reference; None without one.
        likeness: 0 to 1.
    """
    if manner is None or not manner.flow or not likeness:
        return drawn
    angle = np.radians(np.array([[cell.angle for cell in row] for row in manner.flow]), dtype=np.float32)
    strength = np.array([[cell.strength for cell in row] for row in manner.flow], np.float32)
    theirs = Flow(angle, np.asarray(FLOWS * likeness * strength, np.float32))
    return theirs if drawn is None else over(drawn, theirs)

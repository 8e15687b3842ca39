"""Strews strokes evenly over the canvas, side by side: dots, and hatching along the form.

A painter who lays dots does not look where the error is largest, but covers the picture.  So each stroke has a place
of its own on a net of triangles, a little off it as a hand is.  What it is like there the picture says: its direction
is that of the form, its colour the one that gains most.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32, Float64, Int64
from dreambrush.bezier import CONTROL, END, NUMBERS, PRESSURES, RADIUS, START
from dreambrush.painter.propose.divided import divided
from dreambrush.painter.propose.grow import Grower, Score
from dreambrush.painter.propose.round_grower import RoundBudget
from dreambrush.painter.refine.descent import refine
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.see.orientation import OrientationField
from dreambrush.painter.sketch import Sketch

OFF = 0.22  # of the distance between two places: standard deviation of a stroke's distance from its own
INSIDE = 0.5  # of a zone, from which a place is in it
ROUNDS = 6  # in which all strokes are laid: later ones know of those before
SHORTER = 0.6  # least length, as a share of the greatest
LONGEST = 8.0  # widths, where the hand knows no limit
SURE = 0.45  # coherence from which strokes follow the form, and not the slant
SLANT = -0.9  # radians: from lower left to upper right, as a right-handed painter hatches
TURNED = 0.09  # radians: standard deviation of direction
BENT = 0.04  # of the length: standard deviation of the control point from the middle
PRESSED = 0.35, 0.9  # least and greatest pressure
# Times a stroke's radius, at which the form is looked at, the first that is sure; and the share of its coherence that
# counts.  Fur and hair run one way in small only, hills and cloths in large.
SCALES = (6.0, 1.0), (2.0, 0.9), (14.0, 0.9), (30.0, 0.8)
DOT = 0.5  # greatest length in widths of what is a dot: all dots are laid, but lines only where they gain something
FLAT = 6.0  # rows of a net are turned against the picture by so many degrees, so that none can be seen


class HandLimits(Protocol):
    """What a hand would lay; see :class:`~dreambrush.painter.plan.hand.Hand`."""

    @property
    def smallest(self) -> float:
        """Least radius in pixels."""

    @property
    def largest(self) -> float:
        """Greatest radius in pixels."""

    @property
    def longest(self) -> float | None:
        """Greatest length of a path in widths; None for any."""

    @property
    def form(self) -> OrientationField:
        """Orientation field of the target."""

    @property
    def score(self) -> Score:
        """What the hand makes of gains."""


class EvenGrower(Grower):
    """Lays strokes side by side.  It is idle when all that there is room for are laid.

    Args:
        scene: as of every grower.
        hand: what the hand would lay.
        zone: (height, width) float32, 0..1, where strokes may be; None for everywhere.
        rng: as of every grower.
        canvas: as of every grower.
        room: as of every grower.
        budget: how much is done in each round.
    """

    def __init__(
        self,
        scene: Scene,
        hand: HandLimits,
        zone: Float32 | None,
        rng: np.random.Generator,
        canvas: Float32,
        room: int,
        budget: RoundBudget,
    ) -> None:
        super().__init__(scene, rng, canvas, room, hand.score)
        self.hand, self.budget = hand, budget
        # From numbers of their own, so that a painting that goes on finds the same places.
        self._strokes = self._strewn(zone)
        self._divided = None
        if self.dots and scene.snap is not None:
            self._divided = divided(self._strokes[:, CONTROL], self._seen_at(self._strokes[:, CONTROL]), scene.snap)

    @property
    def dots(self) -> bool:
        """Whether it lays dots."""
        return self.hand.longest is not None and self.hand.longest <= DOT

    def wanted(self, there: int, left: int) -> int:
        """See :class:`Grower`."""
        return min(max(-(-self.room // ROUNDS), 1), left)

    def round(self, there: int, wanted: int, needed: bool = True) -> Sketch:
        """See :class:`Grower`."""
        strokes = self._strokes[there : there + wanted]
        self.idle = not len(strokes)
        if self.idle:
            return Sketch.empty()
        found = [self.scorer.judge(strokes, brush) for brush in range(len(self.scene.dreams.each))]
        brush = np.argmax([gains for _, gains in found], 0)
        rows = np.arange(len(strokes))
        colours = np.stack([colours for colours, _ in found])[brush, rows]
        if self._divided is not None:
            colours = self._divided[there : there + wanted]
        sketch = Sketch(strokes, colours, brush.astype(np.int64))
        if not self.dots:  # dots that were moved to where they gain most would leave holes
            sketch = refine(self.scene, sketch, self.canvas, self.budget.steps, self.rng, 0.5, (16,), self.room)
        view = self.scene.view(sketch, self.canvas)
        self.see(view.composite.canvas, view.fragments.cell_id)
        return sketch

    def _strewn(self, zone: Float32 | None) -> Float32:
        """All strokes (room, 9) that there is room for, in the order in which they are laid: to and fro at random."""
        longest = LONGEST if self.hand.longest is None else self.hand.longest
        more = self.room if self.dots else 2 * self.room
        places = self._places(zone, more)
        n = len(places)
        rng = self.rng
        small, large = self.hand.smallest, min(self.hand.largest, 4 * self.hand.smallest)
        radius = (small + (large - small) * rng.random(n)).astype(np.float32)
        length = 2 * radius * np.float32(longest) * rng.uniform(SHORTER, 1, n).astype(np.float32)
        way = (self._along(places, radius) + rng.normal(0, TURNED, n)).astype(np.float32)
        ahead = np.stack([steady.cos(way), steady.sin(way)], 1)
        half = 0.5 * length[:, None] * ahead
        strokes = np.empty((n, NUMBERS), np.float32)
        strokes[:, START], strokes[:, END] = places - half, places + half
        aside = np.stack([-ahead[:, 1], ahead[:, 0]], 1) * (rng.normal(0, BENT, (n, 1)) * length[:, None])
        strokes[:, CONTROL] = places + aside
        strokes[:, PRESSURES] = rng.uniform(*PRESSED, (n, 2))
        strokes[:, RADIUS] = radius
        strokes = self.scene.admitted(strokes)
        if self.dots:
            strokes[:, PRESSURES] = 1
            return strokes[rng.permutation(n)[: self.room]]
        gains = np.max([self.scorer.gains(strokes, brush) for brush in range(len(self.scene.dreams.each))], 0)
        best = np.argsort(-gains, kind="stable")[: self.room]
        best = best[gains[best] > 0] if (gains > 0).any() else best[:1]
        return np.asarray(strokes[rng.permutation(best)], np.float32)

    def _along(self, places: Float32, radius: Float32) -> Float32:
        """Directions (n,) of the form at places (n, 2), for strokes of these radii (n,); the slant where none runs."""
        way = np.full(len(places), SLANT, np.float32)
        unsure = np.ones(len(places), bool)
        for scale, counts in SCALES:
            direction, coherence = self.hand.form.at(places[:, None], np.float32(scale) * radius)
            found = unsure & (np.float32(counts) * coherence[:, 0] > SURE)
            way[found] = direction[found, 0]
            unsure &= ~found
        return way

    def _seen_at(self, places: Float32) -> Float32:
        """The colours (n, 3) of the picture at places (n, 2)."""
        scene = self.scene
        at = np.clip(places / scene.cell, 0, (scene.width - 1, scene.height - 1)).astype(np.int64)
        return np.asarray(scene.target[at[:, 1] * scene.width + at[:, 0]])

    def _places(self, zone: Float32 | None, count: int) -> Float32:
        """Places (n, 2), x and y in pixels, about so many of them, on a net all over the zone."""
        cell = self.scene.cell
        width, height = self.scene.width * cell, self.scene.height * cell
        share = 1.0 if zone is None else max(float((zone > INSIDE).mean()), 1e-3)
        spacing = float(np.sqrt(width * height * share / max(count, 1) * 2 / np.sqrt(3)))
        across = int(np.hypot(width, height) / spacing) + 2
        row, column = np.mgrid[-across : across + 1, -across : across + 1]
        net = np.stack([column + 0.5 * (row % 2), row * (np.sqrt(3) / 2)], -1).reshape(-1, 2) * spacing
        angle = np.deg2rad(FLAT)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        places: Float64 = net @ turn.T + (width / 2, height / 2) + self.rng.normal(0, OFF * spacing, net.shape)
        inside = ((places >= 0) & (places < (width, height))).all(1)
        if zone is not None:
            at: Int64 = np.clip(places / cell, 0, (zone.shape[1] - 1, zone.shape[0] - 1)).astype(np.int64)
            inside &= zone[at[:, 1], at[:, 0]] > INSIDE
        if zone is not None and not inside.any():  # it is smaller than the holes of the net
            row, column = divmod(int(zone.argmax()), zone.shape[1])
            return np.array([[column + 0.5, row + 0.5]], np.float32) * np.float32(cell)
        return np.asarray(places[inside], np.float32)

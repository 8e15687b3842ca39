"""A scratch canvas: candidates are laid on it one after the other, to see what each gains beside those before it."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32, Floats, Int64
from dreambrush.painter.gain import best_colour_and_gain_at, best_wet_colour_and_gain_at
from dreambrush.painter.refine.pickup import DRY
from dreambrush.painter.refine.scene import Scene, View
from dreambrush.painter.sketch import Sketch


class ScratchCanvas:
    """Candidates laid one after the other on a thinned-out canvas."""

    def __init__(self, scene: Scene, candidates: Sketch, view: View) -> None:
        pairs = scene.pairs(candidates, view.grid)
        self._place, self._starts = pairs.cell_id, pairs.starts
        self._mean, self._variance = scene.dreams.alpha(candidates, pairs)
        self._canvas, self._target = np.array(view.canvas), view.target
        self._weight, self._share, self._snap = view.weight, view.grid.share, scene.snap
        self._pickup = scene.pickup(candidates, pairs, view.grid)

    def colour_and_gain(self, index: int) -> tuple[Float32, float]:
        """The colour that suits a candidate best now, and what it then gains (see gain.py)."""
        part = slice(self._starts[index], self._starts[index + 1])
        at, mean = self._place[part], self._mean[part]
        weight, canvas = self._weight[at], self._canvas[at]
        first, second = weight * mean, weight * (mean * mean + self._variance[part])
        given = first, second, canvas, self._target[at] - canvas
        mixed = self._mixed(index, part, at)
        if mixed is None:
            colour, gain = best_colour_and_gain_at(*given, self._snap)
        else:
            colour, gain = best_wet_colour_and_gain_at(*given, *mixed, self._snap)
        return colour, gain / self._share

    def lay(self, index: int, colour: Float32) -> None:
        """Lays a candidate."""
        part = slice(self._starts[index], self._starts[index + 1])
        at = self._place[part]
        paint: Floats = colour
        mixed = self._mixed(index, part, at)
        if mixed is not None:
            own, rest = mixed
            paint = own[:, None] * colour + rest
        self._canvas[at] += self._mean[part, None] * (paint - self._canvas[at])

    def _mixed(self, index: int, part: slice, at: Int64) -> tuple[Floats, Floats] | None:
        """Of what a wet candidate's paint consists; None for a dry one."""
        pickup = self._pickup
        if pickup is None or pickup.brush[index] == DRY:
            return None
        return pickup.mixed(part, at, self._canvas[at], pickup.found(index, self._canvas))

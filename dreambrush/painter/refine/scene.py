"""The scene: what is to be painted, on pixels or on coarser cells, and what a sketch makes of a canvas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dreambrush.arrays import Float32, Float64, Floats, Int64
from dreambrush.dream.pigment import Pigment
from dreambrush.painter.gain import Snap
from dreambrush.painter.refine.bands import PlainPaint, by_shown, in_bands
from dreambrush.painter.refine.compositing import (
    Composite,
    Contributions,
    Gradients,
    compose,
    contributions,
    gradients,
)
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.fragments import Fragments, Grid, all_cells, find_fragments, some_cells
from dreambrush.painter.refine.pickup import Pickup, WetComposite, compose_wet, wet_gradients
from dreambrush.painter.see.cells import FEW, reduced
from dreambrush.painter.sketch import Sketch


@dataclass(frozen=True)
class View:
    """A sketch on a canvas, seen at the cells of a grid.

    Attributes:
        grid: grid of n cells.
        fragments: fragments of the strokes on these cells.
        mean: (p,) mean of alpha at each fragment.
        variance: (p,) variance of alpha at each fragment.
        composite: what comes of it; with pigment, in its bands.
        target: (n, 3).
        weight: (n,).
        colours: (k, 3) of the strokes; with pigment, in its bands, as is the shift.
        shift: (p, 3) what brushes add to their colours; None if they add nothing.
        pickup: what wet strokes pick up; None if all brushes are dry.
        pigment: how paint mixes; None if it mixes as display sRGB does.
        plain: of what wet paint would consist without pigment; None where that makes no difference.
    """

    grid: Grid
    fragments: Fragments
    mean: Float32
    variance: Float32
    composite: Composite
    target: Float32
    weight: Float32
    colours: Float32
    shift: Float32 | None = None
    pickup: Pickup | None = None
    pigment: Pigment | None = None
    plain: PlainPaint | None = None

    @property
    def canvas(self) -> Floats:
        """What is expected to be seen, (n, 3), display sRGB."""
        canvas = self.composite.canvas
        return canvas if self.pigment is None else self.pigment.shown(canvas)

    def gradients(self, by_paint: bool = True) -> Gradients:
        """How the error of its cells changes with the strokes' paint, and with what wet ones pick up.

        Args:
            by_paint: whether it is asked how it changes with what wet paint consists of.
        """
        composite, target, weight = self.composite, self.target, self.weight
        fragments, mean, variance = self.fragments, self.mean, self.variance
        if self.pickup is None or not isinstance(composite, WetComposite):
            by = gradients(composite, target, weight, fragments, mean, variance, self.pigment)
        else:
            laid = self.colours, fragments, mean, variance, self.pickup, self.shift
            by = wet_gradients(composite, target, weight, *laid, by_paint, self.pigment)
        if self.pigment is None:
            return by
        return by_shown(by, self.pigment, self.colours, composite.canvas, fragments, mean, self.plain)

    def contributions(self) -> Contributions:
        """What every stroke contributes to what is seen."""
        given = self.composite, self.target, self.weight, self.fragments, self.mean
        return contributions(*given, self.pigment)

    def errors(self, weight: Float32) -> Float64:
        """Expected squared error (n,) of its cells, weighted by (n,), summed over the channels."""
        return self.composite.errors(self.target, weight, self.pigment)

    @property
    def error(self) -> float:
        """Expected squared error, weighted, summed over all cells and channels of the scene."""
        return self.composite.error(self.target, self.weight, self.pigment) / self.grid.share


class Scene:
    """What is to be painted.

    Args:
        target: (h, w, 3) float32, sRGB 0..1.
        dreams: dreams of the brushes.
        constrain: brings strokes (k, 9) within what is allowed.
        cell: pixels along the side of a cell, a power of 2.
        counts: (h, w) float32 how much an error counts; 1 everywhere by default.
        attention: (h, w) float32 how much more than that it is minded while painting; 1 everywhere by default.
        snap: brings colours to those that may be used; by default any colour may.
        base: (height * width, 3) float32 what is seen where no paint is; the mean of the target by default.
        pigment: how paint mixes; as display sRGB does, by default.
        lead: turns new strokes (k, 9) to where they are led; by default they are not.
        stiff: 0, strokes may change their shapes while they are refined, to 1, they only move and change colours.

    Attributes:
        height: height of the canvas in cells.
        width: width of the canvas in cells.
        target: (height * width, 3) float32.
        counts: (height * width,) float32; may be one number in all places, so that it takes no memory.
        weight: (height * width,) float32 counts and attention together.
    """

    def __init__(
        self,
        target: Float32,
        dreams: Dreams,
        constrain: Callable[[Float32], Float32],
        cell: int = 1,
        counts: Float32 | None = None,
        attention: Float32 | None = None,
        snap: Snap | None = None,
        base: Float32 | None = None,
        pigment: Pigment | None = None,
        lead: Callable[[Float32], Float32] | None = None,
        stiff: float = 0.0,
    ) -> None:
        self.dreams, self.constrain, self.cell, self.snap, self.pigment = dreams, constrain, cell, snap, pigment
        self._lead = lead
        self.stiff = stiff
        small = reduced(target, cell)
        self.height, self.width = small.shape[:2]
        self.target = small.reshape(-1, 3)
        ones = np.broadcast_to(np.float32(1), len(self.target))
        self.counts = ones if counts is None else reduced(counts, cell).ravel()
        self.weight = self.counts if attention is None else self.counts * reduced(attention, cell).ravel()
        self._base = base
        self._total = float(self.counts.sum(dtype=np.float64))

    def admitted(self, strokes: Float32) -> Float32:
        """New strokes (k, 9), turned to where they are led, and within what is allowed."""
        return self.constrain(strokes if self._lead is None else self._lead(strokes))

    @cached_property
    def base(self) -> Float32:
        """(height * width, 3) what is seen where no paint is."""
        if self._base is not None:
            return self._base
        return np.broadcast_to(self.target.mean(0, dtype=np.float32), self.target.shape)

    def _base_at(self, grid: Grid) -> Float32:
        """What is seen on a grid where no paint is; one colour that is repeated, if it is the same everywhere."""
        return np.broadcast_to(self.base[0], (len(grid.cells), 3)) if self._even else _rows(self.base, grid.cells)

    @cached_property
    def _even(self) -> bool:
        return bool((self.base == self.base[:1]).all())

    @cached_property
    def everywhere(self) -> Grid:
        """All cells."""
        return all_cells(self.height, self.width, self.cell)

    def some(self, cells: int, strokes: int, rng: np.random.Generator) -> Grid:
        """A grid of about ``cells`` cells for each of so many strokes, drawn at random from squares of a few."""
        step = max(round(float(np.sqrt(self.height * self.width / (cells * max(strokes, FEW))))), 1)
        if step == 1:
            return self.everywhere
        return some_cells(self.height, self.width, self.cell, step, rng)

    def view(self, sketch: Sketch, canvas: Float32, grid: Grid | None = None, rough: bool = False) -> View:
        """Dreams a sketch on a canvas (height * width, 3); it may be told roughly of what wet paint consists."""
        grid = grid or self.everywhere
        return self._view(sketch, canvas, grid, self.pairs(sketch, grid), rough)

    def view_touched(self, sketch: Sketch, canvas: Float32, grid: Grid) -> View:
        """As :meth:`view`, but without cells that no stroke reaches, if these are most.

        Those cells do not change with the strokes.  The view's error counts them all the same.  If there are wet
        strokes, all cells of the grid are seen, and it is told roughly of what their paint consists.
        """
        pairs = self.pairs(sketch, grid)
        if self.dreams.any_wet:  # wet strokes read cells that they do not reach
            return self._view(sketch, canvas, grid, pairs, rough=True)
        touched = np.zeros(len(grid.cells), bool)
        touched[pairs.cell_id] = True
        which = np.flatnonzero(touched)
        if 2 * len(which) < len(touched):
            pairs = replace(pairs, cell_id=(np.cumsum(touched) - 1)[pairs.cell_id])
            grid = replace(grid, cells=grid.cells[which], points=grid.points[which], parts=grid.parts[which])
        return self._view(sketch, canvas, grid, pairs)

    def _view(self, sketch: Sketch, canvas: Float32, grid: Grid, pairs: Fragments, rough: bool = False) -> View:
        mean, variance = self.dreams.alpha(sketch, pairs)
        shift = self.dreams.shift(sketch, pairs)
        if grid.share == 1 and len(grid.cells) == len(self.target):
            start, target, weight = canvas, self.target, self.weight
        else:
            start, target = _rows(canvas, grid.cells), _rows(self.target, grid.cells)
            weight = self.weight[grid.cells] * grid.parts
        pickup, colours, plain = self.pickup(sketch, pairs, grid, mean if rough else None), sketch.colours, None
        if self.pigment is not None:
            start, colours, shift, pickup, plain = in_bands(self.pigment, start, sketch, pairs, mean, shift, pickup)
        laid = start, colours, pairs, mean, variance
        composite = compose(*laid, shift) if pickup is None else compose_wet(*laid, pickup, shift)
        seen = composite, target, weight, colours, shift, pickup, self.pigment, plain
        return View(grid, pairs, mean, variance, *seen)

    def pairs(self, sketch: Sketch, grid: Grid) -> Fragments:
        """The fragments of a sketch on a grid."""
        return find_fragments(sketch.strokes, self.dreams.reach(sketch), grid)

    def pickup(self, sketch: Sketch, fragments: Fragments, grid: Grid, mean: Float32 | None = None) -> Pickup | None:
        """What wet strokes pick up on a whole grid; None if all brushes are dry.

        Args:
            sketch: a sketch.
            fragments: its fragments on the grid.
            grid: a whole grid.
            mean: (p,) mean of alpha, if a rough answer will do.
        """
        if not self.dreams.any_wet:
            return None
        return self.dreams.pickup(sketch, fragments, grid, self._base_at(grid), mean)

    def canvas_error(self, canvas: Float32) -> float:
        """Mean squared error of a canvas (height * width, 3), over cells and channels."""
        left = canvas - self.target
        squares = sum(left[:, channel] ** 2 for channel in range(3))
        return self.mean_squared(float(np.sum(squares * self.counts, dtype=np.float64)))

    def mean_squared(self, error: float) -> float:
        """Mean squared error over cells and channels, from the weighted sum of squared errors."""
        return error / (3 * max(self._total, 1e-9))


def _rows(colours: Float32, which: Int64) -> Float32:
    """Some rows of colours (n, 3)."""
    # take is twice as quick, but copies first what does not lie row by row in memory.
    return np.take(colours, which, 0) if colours.flags.c_contiguous else colours[which]

"""The dreams of all brushes that a painting is made with, asked for many strokes at once on all cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from dreambrush.arrays import Float32, Int64, Mask
from dreambrush.bezier import NUMBERS, RADIUS
from dreambrush.cores import available_cores
from dreambrush.dream.dream import Dream
from dreambrush.dream.gradient import DreamGradient
from dreambrush.dream.wet import WetDream, WetGradient, WetPaint, is_wet
from dreambrush.painter.refine.fragments import Fragments, Grid, together
from dreambrush.painter.refine.pickup import DRY, LIGHT, Pickup, all_own, thinned
from dreambrush.painter.sketch import Sketch

CHUNK = 1 << 12  # number of points in one call, about: enough that calls cost little, few enough for all cores
ASKED = 2.0  # a stroke's gradient is taken from about so many points, times the root of how many it has
DULL = 0.004  # weight of a point whose alpha can hardly change, against 0.25 for one of alpha 0.5


class Dreams:
    """Dreams and their gradients, one pair for each brush.

    Use as a context manager: it owns the threads on which dreams run.

    Args:
        folders: folders of the dreams, one for each brush.
        cores: how many to use; all by default.  The answers do not depend on it.

    Raises:
        ModelError: a dream or its gradient is missing or broken.
    """

    def __init__(self, folders: Sequence[Path], cores: int | None = None) -> None:
        self.each = [Dream(folder, threads=1) for folder in folders]
        self._gradients = [DreamGradient(folder, threads=1) for folder in folders]
        self.wet = [WetDream(folder, threads=1) if is_wet(folder) else None for folder in folders]
        self._wet_gradients = [WetGradient(folder, threads=1) if is_wet(folder) else None for folder in folders]
        self._reach = np.array([dream.reach for dream in self.each], np.float32)
        cores = cores or available_cores()
        self._alone = cores == 1
        self._pool = ThreadPoolExecutor(cores)

    def __enter__(self) -> Dreams:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def some(self, which: Sequence[int]) -> Dreams:
        """The dreams of some of the brushes, in that order, on the same threads, which stay those of the whole."""
        part = copy(self)
        for name in ("each", "_gradients", "wet", "_wet_gradients"):
            setattr(part, name, [getattr(self, name)[brush] for brush in which])
        part._reach = self._reach[np.asarray(which, np.int64)]
        return part

    @property
    def any_wet(self) -> bool:
        """Whether a brush picks up paint, or takes it away."""
        return any(each is not None for each in self.wet)

    def reach(self, sketch: Sketch) -> Float32:
        """How far each stroke's paint gets from its path (k,), in radii."""
        return np.asarray(self._reach[sketch.brush], np.float32)

    def map(self, function: Callable[[Any], Any], parts: Sequence[Any]) -> list[Any]:
        """Calls a function for each part, on all cores."""
        if len(parts) < 2 or self._alone:  # to wake another thread would take longer than many a call
            return [function(part) for part in parts]
        return list(self._pool.map(function, parts))

    def alpha(self, sketch: Sketch, fragments: Fragments) -> tuple[Float32, Float32]:
        """Mean and variance of alpha (n,) at each fragment."""
        mean, variance = np.zeros((2, len(fragments)), np.float32)
        for number, dream in enumerate(self.each):
            own = _Own(sketch, fragments, number if len(self.each) > 1 else None)
            answers = self._asked(dream.at, own, sketch.strokes, per_point=(own.points,))
            for answer, part in zip((mean, variance), zip(*answers, strict=True), strict=False):
                answer[own.pairs] = np.concatenate(part)
        return mean, variance

    def shift(self, sketch: Sketch, fragments: Fragments) -> Float32 | None:
        """What brushes add to their colours (n, 3) at each fragment; None if no brush adds anything."""
        if not any(dream.shifts_colour for dream in self.each):
            return None
        shift = np.zeros((len(fragments), 3), np.float32)
        for number, dream in enumerate(self.each):
            if not dream.shifts_colour:
                continue
            own = _Own(sketch, fragments, number if len(self.each) > 1 else None)
            answers = self._asked(dream.shift_at, own, sketch.strokes, (own.points,), sketch.colours)
            if answers:
                shift[own.pairs] = np.concatenate(answers)
        return shift

    def pickup(
        self, sketch: Sketch, fragments: Fragments, grid: Grid, base: Float32, seen: Mask | None = None
    ) -> Pickup | None:
        """What wet strokes pick up, and what they make of it at each fragment; None if all brushes are dry.

        Args:
            sketch: a sketch of k strokes.
            fragments: n fragments of these on the grid.
            grid: a whole grid.
            base: (cells, 3) what is seen where no paint is.
            seen: (n,) where it matters of what paint consists; everywhere by default.  Elsewhere it has as much of the
                brush's own colour as on the mean, and nothing is picked up.
        """
        if not self.any_wet:
            return None
        wet = [each for each in self.wet if each is not None]
        per = max(each.node_count for each in wet)
        # Where not all cells are looked at, a third of the taps tells as much.
        light = 0.0 if seen is None else LIGHT
        rings = [
            None if each is None else thinned(each.rings, light) if grid.share < 1 else each.rings for each in self.wet
        ]
        k = len(sketch)
        paint = all_own(len(fragments), per)
        brush, nodes = np.full(k, DRY, np.int64), np.zeros((k, per, 2), np.float32)
        count = max(len(each) for each in rings if each is not None)
        taps = np.zeros((len(self.wet), count, 3), np.float32)
        for number, dream in enumerate(self.wet):
            if dream is None:
                continue
            around = rings[number]
            assert around is not None
            taps[number, : len(around)] = around
            strokes = np.flatnonzero(sketch.brush == number)
            brush[strokes] = number
            nodes[strokes, : dream.node_count] = dream.nodes(sketch.strokes[strokes])
            self._ask_wet(dream, sketch, fragments, number, seen, paint)
        radius = np.ascontiguousarray(sketch.strokes[:, RADIUS])
        down = len(grid.cells) // grid.across
        return Pickup(brush, nodes, radius, taps, paint, base, grid.across, down, grid.size)

    def _ask_wet(
        self, dream: WetDream, sketch: Sketch, fragments: Fragments, number: int, seen: Mask | None, paint: WetPaint
    ) -> None:
        """Asks one brush's dream where its paint is seen, and writes the answers."""
        which = np.arange(len(fragments)) if seen is None else np.flatnonzero(seen)
        asked = fragments if seen is None else fragments.some(which)
        own = _Own(sketch, asked, number if len(self.each) > 1 else None)
        every = which[own.pairs]

        def answer(strokes: Float32, starts: Int64, points: Float32, rows: Int64) -> int:
            for made, part in zip(paint, dream.at(strokes, starts, points), strict=True):
                whole = made if part.ndim == 1 else made[:, : part.shape[1]]
                whole[rows] = part
            return 0

        self._asked(answer, own, sketch.strokes, (own.points, every))
        if seen is not None:
            hidden = ~seen if len(self.each) == 1 else ~seen & (sketch.brush == number)[fragments.stroke_id]
            share = paint.own[every].mean(dtype=np.float32) if len(every) else np.float32(0)
            paint.own[hidden], paint.kept[hidden] = share, 1 - share

    def vjp(
        self,
        sketch: Sketch,
        fragments: Fragments,
        mean: Float32,
        grad_mean: Float32,
        grad_variance: Float32,
        rng: np.random.Generator,
    ) -> Float32:
        """How an error changes with the strokes (k, 9), from how it changes with means and variances (n,).

        The gradient through a dream costs four times the dream.  So it is taken from a few points of each stroke.
        Points are drawn by how much they are likely to say, and weighted so that the mean is right (importance
        sampling).  Where there is surely full paint, or surely none, small changes of the stroke change nothing.

        Args:
            sketch: a sketch of k strokes.
            fragments: n fragments.
            mean: (n,) mean of alpha, as :meth:`alpha` gave it.
            grad_mean: (n,) gradient of the error with respect to the mean of alpha at each fragment.
            grad_variance: (n,) gradient of the error with respect to the variance of alpha.
            rng: random numbers, which draw the points.
        """
        # A variance changes by about a quarter of what the mean does (it is a share of mean * (1 - mean)).
        says = (np.abs(grad_mean) + np.abs(grad_variance) / 4) * (mean * (1 - mean) + np.float32(DULL))
        part, drawn, heavier = self._drawn(sketch, fragments, says, rng)
        return self.vjp_everywhere(sketch, part, grad_mean[drawn] * heavier, grad_variance[drawn] * heavier)

    def wet_vjp(self, sketch: Sketch, fragments: Fragments, by: WetPaint, rng: np.random.Generator) -> Float32:
        """How an error changes with strokes (k, 9) through what their paint consists of; from few points as above.

        Args:
            sketch: a sketch of k strokes.
            fragments: n fragments.
            by: gradient of the error with respect to own, kept, carried and weights at each fragment.
            rng: random numbers, which draw the points.
        """
        says = np.abs(by.own) + np.abs(by.carried) + np.float32(1e-12)
        part, drawn, heavier = self._drawn(sketch, fragments, says, rng)
        shares = [each[drawn] * heavier for each in by[:3]]
        some = WetPaint(shares[0], shares[1], shares[2], by.weights[drawn] * heavier[:, None])
        by_strokes = np.zeros((len(sketch), NUMBERS), np.float32)
        for number, (dream, gradient) in enumerate(zip(self.wet, self._wet_gradients, strict=True)):
            if dream is None or gradient is None:
                continue
            own = _Own(sketch, part, number if len(self.each) > 1 else None)
            weights = some.weights[own.pairs, : dream.node_count]

            def asked(strokes: Float32, starts: Int64, points: Float32, *by: Float32, ask: Any = gradient) -> Float32:
                return np.asarray(ask.at(strokes, starts, points, WetPaint(*by)))

            given = own.points, *(each[own.pairs] for each in some[:3]), np.ascontiguousarray(weights)
            answers = self._asked(asked, own, sketch.strokes, given)
            if answers:
                by_strokes += np.concatenate(answers)
        return by_strokes

    @staticmethod
    def _drawn(
        sketch: Sketch, fragments: Fragments, says: Float32, rng: np.random.Generator
    ) -> tuple[Fragments, Mask, Float32]:
        """Draws a few fragments of each stroke by how much they say; which, and how much heavier each then counts."""
        counts = fragments.counts
        asked = np.minimum(counts, ASKED * np.sqrt(counts))
        total = np.maximum(np.bincount(fragments.stroke_id, says, len(sketch)), 1e-12)
        chance = np.minimum(says * (asked / total)[fragments.stroke_id], 1.0)
        drawn = rng.random(len(fragments), dtype=np.float32) < chance
        heavier = (1 / np.maximum(chance[drawn], 1e-6)).astype(np.float32)
        stroke_id = fragments.stroke_id[drawn]
        part = Fragments(
            fragments.cell_id[drawn],
            stroke_id,
            fragments.points[drawn],
            np.searchsorted(stroke_id, np.arange(len(sketch) + 1)),
        )
        return part, drawn, heavier

    def vjp_everywhere(
        self, sketch: Sketch, fragments: Fragments, grad_mean: Float32, grad_variance: Float32
    ) -> Float32:
        """As :meth:`vjp`, exactly: from all of the fragments."""
        weights = grad_mean, grad_variance
        by_strokes = np.zeros((len(sketch), NUMBERS), np.float32)
        for number, gradient in enumerate(self._gradients):
            own = _Own(sketch, fragments, number if len(self.each) > 1 else None)
            answers = self._asked(gradient.at, own, sketch.strokes, (own.points, *(w[own.pairs] for w in weights)))
            if answers:
                by_strokes += np.concatenate(answers)
        return by_strokes

    def _asked(
        self,
        dream: Callable[..., Any],
        own: _Own,
        strokes: Float32,
        per_point: tuple[Float32 | Int64, ...],
        *per_stroke: Float32,
    ) -> list[Any]:
        """Asks about all strokes, some at a time; what is given for each point comes after the starts."""

        def answer(some: slice) -> Any:
            starts = own.starts[some.start : some.stop + 1]
            points = slice(starts[0], starts[-1])
            arrays = (*(array[points] for array in per_point), *(array[some] for array in per_stroke))
            return dream(strokes[some], starts - starts[0], *arrays)

        return self.map(answer, together(np.diff(own.starts), CHUNK) if len(own.points) else ())


class _Own:
    """The fragments of one brush.

    Args:
        sketch: strokes of all brushes.
        fragments: fragments of all brushes.
        brush: number of the brush; None if there is no other.

    Attributes:
        pairs: numbers of the brush's fragments, or a slice of them all.
        starts: (k + 1,) where those of each of all strokes begin; other brushes' strokes have none.
        points: (n, 2) x and y in pixels.
    """

    def __init__(self, sketch: Sketch, fragments: Fragments, brush: int | None) -> None:
        self.pairs: Int64 | slice = slice(None)
        self.starts, self.points = fragments.starts, fragments.points
        if brush is not None:
            own = sketch.brush == brush
            self.pairs = np.flatnonzero(own[fragments.stroke_id])
            self.starts = np.concatenate([[0], np.cumsum(np.where(own, fragments.counts, 0))])
            self.points = fragments.points[self.pairs]

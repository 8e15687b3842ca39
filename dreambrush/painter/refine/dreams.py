"""The dreams of all brushes that a painting is made with, asked for many strokes at once on all cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from dreambrush.arrays import Float32, Int64, Mask
from dreambrush.bezier import NUMBERS, RADIUS, path_nodes
from dreambrush.cores import available_cores
from dreambrush.dream.dream import Dream
from dreambrush.dream.gradient import DreamGradient
from dreambrush.dream.wet import PLACES, WetDream, WetGradient, WetPaint, is_wet, own_share
from dreambrush.painter.refine.asked import LIGHT, Asked, every_other, find_seen, pooled, thinned
from dreambrush.painter.refine.fragments import Fragments, Grid, draw, find_along, together
from dreambrush.painter.refine.pickup import DRY, Pickup, all_own
from dreambrush.painter.sketch import Sketch

CHUNK, PARTS = 1 << 12, 8  # points in one call, at least: enough that calls cost little; calls, enough for all cores
ASKED = 2.0  # a stroke's gradient is taken from about so many points, times the root of how many it has
MOSTLY_OWN = 0.5  # share of a wet brush's own colour, beyond which its paint hardly differs across a stroke
HIDDEN = 0.005  # share of what is seen of a cell, up to which it does not matter of what other paint consists
ALONG = 8  # places on a path where such a brush's wet dream is asked, if a rough answer will do
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
        self, sketch: Sketch, fragments: Fragments, grid: Grid, base: Float32, mean: Float32 | None = None
    ) -> Pickup | None:
        """What wet strokes pick up, and what they make of it at each fragment; None if all brushes are dry.

        Args:
            sketch: a sketch of k strokes.
            fragments: n fragments of these on the grid.
            grid: a whole grid.
            base: (cells, 3) what is seen where no paint is.
            mean: (n,) mean of alpha, if a rough answer will do: it is asked at few places.  On a grid that is not whole
                a canvas is then looked at less closely, and it is not asked where blended paint is hidden in the end.
        """
        if not self.any_wet:
            return None
        asked = None if mean is None or not any(self._mostly_own) else self._few_places(sketch, fragments)
        # Where not all cells are looked at, a third of the taps tells as much, and of own paint every other node.
        thin = grid.share < 1
        few = asked is not None and thin and not self._mixing
        per_lane = PLACES // 2 + 1 if few else PLACES
        per = max(each.node_count for each in self.wet if each is not None) // PLACES * per_lane
        light = 0.0 if mean is None else LIGHT
        k, at = len(sketch), fragments if asked is None else asked.at
        paint, seen = all_own(len(at), per), None
        if mean is not None and thin and self._mixing:
            seen = self._seen(sketch, fragments, mean, len(grid.cells), asked)
        brush, nodes = np.full(k, DRY, np.int64), np.zeros((k, per, 2), np.float32)
        rings = [None if each is None else thinned(each.rings, light) if thin else each.rings for each in self.wet]
        taps = np.zeros((len(self.wet), max(len(each) for each in rings if each is not None), 3), np.float32)
        for number, (dream, around) in enumerate(zip(self.wet, rings, strict=True)):
            if dream is None or around is None:
                continue
            taps[number, : len(around)] = around
            strokes = np.flatnonzero(sketch.brush == number)
            brush[strokes] = number
            own = dream.nodes(sketch.strokes[strokes])
            own = every_other(own, PLACES) if few else own
            nodes[strokes, : own.shape[1]] = own
            self._ask_wet(dream, sketch, at, number, seen, few, paint)
        radius = np.ascontiguousarray(sketch.strokes[:, RADIUS])
        down = len(grid.cells) // grid.across
        return Pickup(brush, nodes, radius, taps, paint, base, grid.across, down, grid.size, asked, per_lane)

    @cached_property
    def _mostly_own(self) -> list[bool]:
        """Of each brush whether its paint is wet, and mostly the brush's own."""
        return [each is not None and own_share(each) > MOSTLY_OWN for each in self.wet]

    @property
    def blends(self) -> bool:
        """Whether there is a brush whose paint is mostly not its own."""
        return bool(self._mixing)

    def mixes(self, sketch: Sketch, fragments: Fragments) -> bool:
        """Whether most of a sketch is paint of brushes that is mostly not their own."""
        mixed = fragments.counts[np.isin(sketch.brush, self._mixing)].sum()
        return bool(2 * mixed > len(fragments))

    @property
    def _mixing(self) -> list[int]:
        return [i for i, each in enumerate(self.wet) if each is not None and not self._mostly_own[i]]

    def _few_places(self, sketch: Sketch, fragments: Fragments) -> Asked:
        """Where it is asked of what paint consists, if it need not be told everywhere.

        Paint that is mostly the brush's own consists of nearly the same across a stroke: it is asked at places on the
        path.  What a blender lays is asked at each fragment.
        """
        k, path = len(sketch), path_nodes(sketch.strokes, ALONG - 1)
        few = np.array(self._mostly_own)[sketch.brush]
        places = np.where(few, ALONG, 0)
        if few.all():
            counts, points = places, path.reshape(-1, 2)
        else:
            whole = np.isin(sketch.brush, self._mixing)
            counts = np.where(whole, fragments.counts, places)
            of = np.repeat(few, counts)
            points = np.empty((len(of), 2), np.float32)
            points[of] = path[few].reshape(-1, 2)
            points[~of] = fragments.points[whole[fragments.stroke_id]]
        starts = np.concatenate([[0], np.cumsum(counts)])
        at = Fragments(np.zeros(len(points), np.int64), np.repeat(np.arange(k), counts), points, starts)
        return Asked(at, places, find_along(fragments, path))

    def _seen(self, sketch: Sketch, fragments: Fragments, mean: Float32, cells: int, asked: Asked | None) -> Mask:
        """Of the places where a wet dream may be asked those where it matters of what paint consists."""
        seen = find_seen(fragments, mean, cells, HIDDEN)
        if asked is None:
            return seen
        every, mixing = np.ones(len(asked.at), bool), np.isin(sketch.brush, self._mixing)
        every[mixing[asked.at.stroke_id]] = seen[mixing[fragments.stroke_id]]
        return every

    def _ask_wet(
        self,
        dream: WetDream,
        sketch: Sketch,
        places: Fragments,
        number: int,
        seen: Mask | None,
        few: bool,
        paint: WetPaint,
    ) -> None:
        """Asks one brush's dream at places that are seen, and writes the answers; of weights those of few nodes."""
        which = None if seen is None else np.flatnonzero(seen)
        own = _Own(sketch, places if which is None else places.some(which), number if len(self.each) > 1 else None)
        rows = own.pairs if which is None else which[own.pairs]

        def answer(strokes: Float32, starts: Int64, points: Float32) -> WetPaint:
            told = dream.at(strokes, starts, points)
            return told._replace(weights=pooled(told.weights, PLACES)) if few else told

        answers = self._asked(answer, own, sketch.strokes, (own.points,))
        for made, parts in zip(paint, zip(*answers, strict=True), strict=False):
            part = np.concatenate(parts) if len(parts) > 1 else parts[0]
            whole = made if part.ndim == 1 else made[:, : part.shape[1]]
            whole[rows] = part
        if seen is not None:
            # What is hidden has as much of the brush's own colour as the rest on the mean, and picks up nothing.
            hidden = ~seen if len(self.each) == 1 else ~seen & (sketch.brush == number)[places.stroke_id]
            share = paint.own[rows].mean(dtype=np.float32) if len(own.points) else np.float32(0)
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
        part, drawn, heavier = draw(fragments, says, ASKED, rng)
        return self.vjp_everywhere(sketch, part, grad_mean[drawn] * heavier, grad_variance[drawn] * heavier)

    def wet_vjp(self, sketch: Sketch, fragments: Fragments, by: WetPaint) -> Float32:
        """How an error changes with strokes (k, 9) through what their paint consists of.

        Args:
            sketch: a sketch of k strokes.
            fragments: n fragments, or other places.
            by: gradient of the error with respect to own, kept, carried and weights at each.
        """
        by_strokes = np.zeros((len(sketch), NUMBERS), np.float32)
        for number, (dream, gradient) in enumerate(zip(self.wet, self._wet_gradients, strict=True)):
            if dream is None or gradient is None:
                continue
            own = _Own(sketch, fragments, number if len(self.each) > 1 else None)
            weights = by.weights[own.pairs, : dream.node_count]

            def asked(strokes: Float32, starts: Int64, points: Float32, *by: Float32, ask: Any = gradient) -> Float32:
                return np.asarray(ask.at(strokes, starts, points, WetPaint(*by)))

            given = own.points, *(each[own.pairs] for each in by[:3]), np.ascontiguousarray(weights)
            answers = self._asked(asked, own, sketch.strokes, given)
            if answers:
                by_strokes += np.concatenate(answers)
        return by_strokes

    def wet_vjp_of_some(self, sketch: Sketch, fragments: Fragments, by: WetPaint, rng: np.random.Generator) -> Float32:
        """The same from few points as in :meth:`vjp`, and only of strokes whose paint is mostly not the brush's own.

        What others' paint consists of changes little with the stroke.  To follow that would take an eighth of the time,
        and paintings are no closer for it.
        """
        mixing = np.isin(sketch.brush, self._mixing)[fragments.stroke_id]
        says = (np.abs(by.own) + np.abs(by.carried) + np.float32(1e-12)) * mixing
        part, drawn, heavier = draw(fragments, says, ASKED, rng)
        own, kept, carried = (each[drawn] * heavier for each in by[:3])
        return self.wet_vjp(sketch, part, WetPaint(own, kept, carried, by.weights[drawn] * heavier[:, None]))

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

        size = max(CHUNK, len(own.points) // PARTS)
        return self.map(answer, together(np.diff(own.starts), size) if len(own.points) else ())


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

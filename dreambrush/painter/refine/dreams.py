"""The dreams of all brushes that a painting is made with, asked for many strokes at once on all cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import NUMBERS
from dreambrush.cores import available_cores
from dreambrush.dream.dream import Dream
from dreambrush.dream.gradient import DreamGradient
from dreambrush.painter.refine.fragments import Fragments, enumerated
from dreambrush.painter.sketch import Sketch

BLOCK = 16  # number of points of one stroke dreamt together; small, so that little is padding
CHUNK = 256  # number of blocks in one call: their arrays fit a core's cache; fixed, so that sums never change
NOWHERE = -1e4  # both coordinates of points that only fill a block
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
        self._reach = np.array([dream.reach for dream in self.each], np.float32)
        self._pool = ThreadPoolExecutor(cores or available_cores())

    def __enter__(self) -> Dreams:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def reach(self, sketch: Sketch) -> Float32:
        """How far each stroke's paint gets from its path (k,), in radii."""
        return np.asarray(self._reach[sketch.brush], np.float32)

    def map(self, function: Callable[[Any], Any], parts: Sequence[Any]) -> list[Any]:
        """Calls a function for each part, on all cores."""
        if len(parts) < 2:  # to wake another thread would take longer than many a call
            return [function(part) for part in parts]
        return list(self._pool.map(function, parts))

    def alpha(self, sketch: Sketch, fragments: Fragments) -> tuple[Float32, Float32]:
        """Mean and variance of alpha (n,) at each fragment."""
        mean, variance = np.zeros((2, len(fragments)), np.float32)
        for dream, blocks in zip(self.each, self._blocks(sketch, fragments), strict=True):
            parts = self._asked(dream, blocks, sketch.strokes[blocks.stroke_id], blocks.points)
            for answer, part in zip((mean, variance), zip(*parts, strict=True), strict=False):
                answer[blocks.pairs] = np.concatenate(part).ravel()[blocks.place]
        return mean, variance

    def shift(self, sketch: Sketch, fragments: Fragments) -> Float32 | None:
        """What brushes add to their colours (n, 3) at each fragment; None if no brush adds anything."""
        if not any(dream.shifts_colour for dream in self.each):
            return None
        shift = np.zeros((len(fragments), 3), np.float32)
        for dream, blocks in zip(self.each, self._blocks(sketch, fragments), strict=True):
            if not dream.shifts_colour or not len(blocks.pairs):
                continue
            stroke_id = blocks.stroke_id
            parts = self._asked(
                dream.shift, blocks, sketch.strokes[stroke_id], blocks.points, sketch.colours[stroke_id]
            )
            shift[blocks.pairs] = np.concatenate(parts).reshape(-1, 3)[blocks.place]
        return shift

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
        weights = np.stack([grad_mean[drawn] * heavier, grad_variance[drawn] * heavier])
        by_strokes = np.zeros((len(sketch), NUMBERS), np.float32)
        for gradient, blocks in zip(self._gradients, self._blocks(sketch, part), strict=True):
            flat = np.zeros((2, len(blocks.stroke_id) * BLOCK), np.float32)
            flat[:, blocks.place] = weights[:, blocks.pairs]
            by = flat.reshape(2, -1, BLOCK)
            answers = self._asked(gradient, blocks, sketch.strokes[blocks.stroke_id], blocks.points, by[0], by[1])
            if answers:
                np.add.at(by_strokes, blocks.stroke_id, np.concatenate(answers))
        return by_strokes

    def _asked(self, network: Callable[..., Any], blocks: _Blocks, *arrays: Float32) -> list[Any]:
        """Asks a network, chunk by chunk; each array has one row for each block."""

        def answer(at: slice) -> Any:
            return network(*(array[at] for array in arrays))

        return self.map(answer, blocks.chunks)

    def _blocks(self, sketch: Sketch, fragments: Fragments) -> list[_Blocks]:
        return [
            _Blocks(fragments, np.flatnonzero((sketch.brush == brush)[fragments.stroke_id]), len(sketch))
            if len(self.each) > 1
            else _Blocks(fragments, np.arange(len(fragments)), len(sketch))
            for brush in range(len(self.each))
        ]


class _Blocks:
    """Fragments of one brush, in blocks; all points of a block belong to one stroke.

    Attributes:
        pairs: (n,) numbers of the brush's fragments.
        stroke_id: (b,) number of the stroke that each block belongs to.
        points: (b, BLOCK, 2) x and y in pixels.
        place: (n,) where each fragment lies in the flattened blocks.
        chunks: slices of the blocks; each is asked in one call.
    """

    def __init__(self, fragments: Fragments, pairs: Int64, strokes: int) -> None:
        self.pairs = pairs
        counts = np.bincount(fragments.stroke_id[pairs], minlength=strokes)
        blocks = -(-counts // BLOCK)
        stroke, index = enumerated(counts)
        self.place = ((np.cumsum(blocks) - blocks) * BLOCK)[stroke] + index
        self.stroke_id = np.repeat(np.arange(strokes), blocks)
        points = np.full((len(self.stroke_id) * BLOCK, 2), NOWHERE, np.float32)
        points[self.place] = fragments.points[pairs]
        self.points = points.reshape(-1, BLOCK, 2)
        self.chunks = [slice(start, start + CHUNK) for start in range(0, len(self.stroke_id), CHUNK)]

"""Points of many strokes, so many for each, in blocks of one size: what a network of onnxruntime can be asked with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dreambrush.arrays import Float32, Int64

BLOCK = 16  # number of points of one stroke dreamt together; small, so that little is padding
CHUNK = 256  # number of blocks in one call: their arrays fit a core's cache; fixed, so that sums never change
NOWHERE = -1e4  # both coordinates of points that only fill a block


class Blocks:
    """Points in blocks; all points of a block belong to one stroke.

    Args:
        starts: (k + 1,) where each stroke's points begin, from 0 to n; never falls.
        points: (n, 2) float32, x and y in pixels.

    Attributes:
        stroke_id: (b,) number of the stroke that each block belongs to.
        points: (b, BLOCK, 2) x and y in pixels.
        place: (n,) where each point lies in the flattened blocks.
    """

    def __init__(self, starts: Int64, points: Float32) -> None:
        counts = np.diff(starts)
        blocks = -(-counts // BLOCK)
        begin = (np.cumsum(blocks) - blocks) * BLOCK
        self.place = np.repeat(begin - starts[:-1], counts) + np.arange(len(points))
        self.stroke_id = np.repeat(np.arange(len(counts)), blocks)
        self.points = self.spread(points, NOWHERE)

    def spread(self, values: Float32, filler: float = 0.0) -> Float32:
        """Values (n, ...) of the points as (b, BLOCK, ...), with a filler where there is no point."""
        flat = np.full((len(self.stroke_id) * BLOCK, *values.shape[1:]), filler, np.float32)
        flat[self.place] = values
        return flat.reshape(-1, BLOCK, *values.shape[1:])

    def gathered(self, values: Float32) -> Float32:
        """Values (b, BLOCK, ...) of the blocks as those of the points (n, ...)."""
        return np.asarray(values.reshape(-1, *values.shape[2:])[self.place])

    def asked(
        self, network: Callable[..., Sequence[Float32]], strokes: Float32, *others: Float32
    ) -> tuple[Float32, ...] | None:
        """Asks a network, chunk by chunk.

        Args:
            network: is given strokes (c, 9), points (c, BLOCK, 2), and c rows of each of the others.
            strokes: (k, 9).
            others: arrays with one row for each block.

        Returns:
            Its answers, each of all blocks; None if there are none.
        """
        arrays = (strokes[self.stroke_id], self.points, *others)
        answers = [
            network(*(array[at : at + CHUNK] for array in arrays)) for at in range(0, len(self.stroke_id), CHUNK)
        ]
        return tuple(np.concatenate(each) for each in zip(*answers, strict=True)) if answers else None

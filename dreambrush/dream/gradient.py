"""How a dream changes with its strokes: the gradient through the world model, run by our kernel or by onnxruntime."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.dream.blocks import Blocks
from dreambrush.dream.kernel.kernel import open_kernel
from dreambrush.models.networks import ask, open_network

if TYPE_CHECKING:
    import onnxruntime

GRADIENT_FILE = "gradient.onnx"


class DreamGradient:
    """The vector-Jacobian product of one brush's dream.

    Args:
        folder: folder of the dream.
        threads: number of onnxruntime's threads; 0 takes all cores.  The kernel runs on the thread that asks.
        compiled: whether the compiled kernel may answer, if it is there; otherwise onnxruntime does.

    Raises:
        ModelError: the file is missing or broken.
    """

    def __init__(self, folder: Path, threads: int = 0, *, compiled: bool = True) -> None:
        self._path, self._threads = folder / GRADIENT_FILE, threads
        # The file is asked for in any case: the folder may be used where there is no kernel.
        self._kernel = open_kernel(folder) if compiled and self._path.is_file() else None
        if self._kernel is None:
            _ = self._session

    def __call__(self, strokes: Float32, points: Float32, by_mean: Float32, by_variance: Float32) -> Float32:
        """Follows a change of alpha back to the strokes.

        Args:
            strokes: (b, 9) strokes, as :class:`~dreambrush.dream.dream.Dream` takes them.
            points: (b, p, 2) x and y in pixels.
            by_mean: (b, p) gradient of an error with respect to the mean of alpha at each point.
            by_variance: (b, p) gradient with respect to the variance of alpha at each point.

        Returns:
            (b, 9) float32: how much the error changes with each number of the strokes.
        """
        if self._kernel is not None:
            starts = np.arange(points.shape[0] + 1) * points.shape[1]
            return self._kernel.vjp(strokes, starts, points.reshape(-1, 2), by_mean.ravel(), by_variance.ravel())
        inputs = {"strokes": strokes, "points": points, "by_mean": by_mean, "by_variance": by_variance}
        return ask(self._session, str(self._path), inputs, {"by_strokes": strokes.shape})[0]

    def at(self, strokes: Float32, starts: Int64, points: Float32, by_mean: Float32, by_variance: Float32) -> Float32:
        """As a call, for a different number of points for each stroke.

        Args:
            strokes: (k, 9) float32.
            starts: (k + 1,) int64: where each stroke's points begin, from 0 to n; never falls.
            points: (n, 2) float32, x and y in pixels.
            by_mean: (n,) float32.
            by_variance: (n,) float32.
        """
        if self._kernel is not None:
            return self._kernel.vjp(strokes, starts, points, by_mean, by_variance)
        blocks, by_strokes = Blocks(starts, points), np.zeros(strokes.shape, np.float32)
        weights = blocks.spread(by_mean), blocks.spread(by_variance)
        answers = blocks.asked(lambda *given: (self(*given),), strokes, *weights)
        if answers is not None:
            np.add.at(by_strokes, blocks.stroke_id, answers[0])
        return by_strokes

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        inputs, outputs = ("strokes", "points", "by_mean", "by_variance"), ("mean", "variance", "by_strokes")
        return open_network(self._path, inputs, outputs, self._threads)

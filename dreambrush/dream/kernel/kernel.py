"""One brush's dream as the compiled kernel runs it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import NUMBERS
from dreambrush.dream.kernel.agreement import compare
from dreambrush.dream.kernel.weights import packed_weights
from dreambrush.kernel.library import NONE, Compiled, compiled, instructions
from dreambrush.models.catalogue import DREAM_FILE
from dreambrush.models.kernel_files import read_for_kernel
from dreambrush.models.networks import KEPT

CARD_ENTRY = "kernel"
"""The entry of a card that says of which ``dream.onnx`` the kernel is known to answer alike."""


class Kernel:
    """Values and gradients of a field dream at points.

    The answers are the same bits on all processors, and each stroke's are the same whatever other strokes there are.
    Calls run on the thread that makes them, without Python's lock.

    Args:
        weights: as :func:`~dreambrush.dream.kernel.weights.packed_weights` gives them.
        level: one of LEVELS that the processor has; by default the best.

    Raises:
        RuntimeError: the kernel is not compiled, or of another version.
    """

    def __init__(self, weights: Float32, level: str | None = None) -> None:
        found = compiled(level)
        if found is None:
            raise RuntimeError("Expected a compiled kernel but there is none")
        wanted = found.lib.db_weights_count()
        if len(weights) != wanted:
            raise RuntimeError(f"Expected {wanted} weights but there were {len(weights)}")
        self._c, self._weights = found, np.ascontiguousarray(weights, np.float32)

    def values(self, strokes: Float32, starts: Int64, points: Float32) -> tuple[Float32, Float32]:
        """Mean and variance of alpha (n,) at points.

        Args:
            strokes: (k, 9) float32.
            starts: (k + 1,) where each stroke's points begin, from 0 to n; never falls.
            points: (n, 2) float32, x and y in pixels.
        """
        mean, variance = np.empty((2, len(points)), np.float32)
        given = arguments(self._c, self._weights, strokes, starts, points)
        self._c.lib.db_dream_values(*given, self._c.floats(mean), self._c.floats(variance))
        return mean, variance

    def vjp(self, strokes: Float32, starts: Int64, points: Float32, by_mean: Float32, by_variance: Float32) -> Float32:
        """How something changes with strokes: (k, 9) float32.

        Args:
            strokes: as in :meth:`values`.
            starts: as in :meth:`values`.
            points: as in :meth:`values`.
            by_mean: (n,) how it changes with the mean of alpha at each point.
            by_variance: (n,) how it changes with the variance of alpha.
        """
        by = [np.ascontiguousarray(array, np.float32) for array in (by_mean, by_variance)]
        if any(array.shape != (len(points),) for array in by):
            raise ValueError("Expected one number for each point")
        by_strokes = np.empty((len(strokes), NUMBERS), np.float32)
        given = arguments(self._c, self._weights, strokes, starts, points)
        self._c.lib.db_dream_vjp(*given, *(self._c.floats(array) for array in (*by, by_strokes)))
        return by_strokes


def arguments(c: Compiled, weights: Float32, strokes: Float32, starts: Int64, points: Float32) -> tuple[Any, ...]:
    """The first arguments of the kernel's functions, checked, for C believes them.

    Raises:
        ValueError: shapes do not fit.
    """
    strokes, points = (np.ascontiguousarray(array, np.float32) for array in (strokes, points))
    starts = np.ascontiguousarray(starts, np.int64)
    if strokes.shape[1:] != (NUMBERS,) or points.shape[1:] != (2,) or starts.shape != (len(strokes) + 1,):
        raise ValueError("Expected strokes (k, 9), starts (k + 1,) and points (n, 2)")
    if starts[0] != 0 or starts[-1] != len(points) or (np.diff(starts) < 0).any():
        raise ValueError("Expected starts to go from 0 to the number of points")
    return (
        c.level,
        c.floats(weights),
        len(strokes),
        c.floats(strokes),
        c.integers(starts),
        c.floats(points),
    )


def open_kernel(folder: Path) -> Kernel | None:
    """The kernel with the weights of a dream's ``dream.onnx``.

    None if onnxruntime must be asked: the kernel is not compiled or not wanted, the file is missing or another network,
    or the kernel answers it differently.  The card says that it answers alike; if it does not, both are asked now.

    Args:
        folder: folder of the dream.

    Raises:
        ModelError: onnxruntime must be asked, and cannot be.
    """
    found = None if instructions() == NONE else read_for_kernel(folder, DREAM_FILE, CARD_ENTRY)
    if found is None:
        return None
    model, known = found
    weights = _agreed(model, str(folder / DREAM_FILE), known)
    return None if weights is None else Kernel(weights)


@lru_cache(KEPT)
def _agreed(model: bytes, name: str, known: bool) -> Float32 | None:
    """Weights of a model with which the kernel answers as the model does, or None."""
    weights = packed_weights(model)
    if weights is None or known:
        return weights
    return weights if compare(Kernel(weights).values, model, name).alike else None

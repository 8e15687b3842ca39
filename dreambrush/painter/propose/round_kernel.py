"""A learned controller as the compiled kernel runs it: what onnxruntime answers, with the same bits everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.bezier import NUMBERS
from dreambrush.kernel.library import NONE, compiled, instructions
from dreambrush.models.catalogue import CONTROLLER_FILE
from dreambrush.models.kernel_files import read_for_kernel
from dreambrush.models.networks import KEPT, ask, bounded, load_network
from dreambrush.painter.propose.round_weights import PLANES, STRIDE, packed_weights

CARD_ENTRY = "controller_kernel"
"""The entry of a card that says of which ``controller.onnx`` the kernel is known to answer alike."""
LARGEST_DIFFERENCE = 1e-3  # of strokes, in cells, and of promises
ROWS, COLUMNS, SEED = 13, 18, 50_000_017  # of what both are asked

Answer = Callable[[Float32], tuple[Float32, Float32]]
"""Strokes (h, w, 9) and promise (h, w) for planes (1, PLANES, 8 * h, 8 * w)."""


class RoundKernel:
    """What a controller proposes.

    The answers are the same bits on all processors, and those in a cell are the same whatever lies farther away than
    the network sees.  Calls run on the thread that makes them, without Python's lock.

    Args:
        weights: as :func:`~dreambrush.painter.propose.round_weights.packed_weights` gives them.
        level: one of LEVELS that the processor has; by default the best.

    Raises:
        RuntimeError: the kernel is not compiled, or of another version.
    """

    def __init__(self, weights: Float32, level: str | None = None) -> None:
        found = compiled(level)
        if found is None:
            raise RuntimeError("Expected a compiled kernel but there is none")
        wanted = found.lib.db_controller_weights()
        if len(weights) != wanted:
            raise RuntimeError(f"Expected {wanted} weights but there were {len(weights)}")
        self._c, self._weights = found, np.ascontiguousarray(weights, np.float32)

    def __call__(self, planes: Float32) -> tuple[Float32, Float32]:
        """Strokes (h, w, 9) in cells, seen from the middles of theirs, and promise (h, w).

        Args:
            planes: (1, PLANES, 8 * h, 8 * w) float32.
        """
        planes = np.ascontiguousarray(planes, np.float32)
        rows, columns = (side // STRIDE for side in planes.shape[-2:])
        if planes.shape != (1, PLANES, STRIDE * rows, STRIDE * columns) or not planes.size:
            raise ValueError("Expected planes (1, 11, 8 h, 8 w)")
        c = self._c
        room = np.empty(c.lib.db_controller_room(rows, columns), np.float32)
        strokes, promise = np.empty((rows, columns, NUMBERS), np.float32), np.empty((rows, columns), np.float32)
        given = c.level, c.floats(self._weights), rows, columns, c.floats(planes), c.floats(room)
        c.lib.db_controller_strokes(*given, c.floats(strokes), c.floats(promise))
        return bounded(strokes), bounded(promise)


def open_kernel(folder: Path) -> RoundKernel | None:
    """The kernel with the weights of a model's ``controller.onnx``.

    None if onnxruntime must be asked: the kernel is not compiled or not wanted, the file is missing or another network,
    or the kernel answers it differently.  The card says that it answers alike; if it does not, both are asked now.

    Args:
        folder: folder of the model.

    Raises:
        ModelError: onnxruntime must be asked, and cannot be.
    """
    found = None if instructions() == NONE else read_for_kernel(folder, CONTROLLER_FILE, CARD_ENTRY)
    if found is None:
        return None
    model, known = found
    weights = _agreed(model, str(folder / CONTROLLER_FILE), known)
    return None if weights is None else RoundKernel(weights)


def largest_difference(answer: Answer, model: bytes, name: str) -> float:
    """How far answers are from onnxruntime's at most: strokes in cells, and promises.

    Args:
        answer: such as a RoundKernel.
        model: bytes of the ONNX file.
        name: of the file, for errors.

    Raises:
        ModelError: onnxruntime cannot run the file.
    """
    session = load_network(model, name, ("planes",), ("strokes", "promise"), threads=1)
    shapes = {"strokes": (1, ROWS, COLUMNS, NUMBERS), "promise": (1, ROWS, COLUMNS)}
    planes = _questions()
    expected = ask(session, name, {"planes": planes}, shapes)
    return max(float(np.abs(a[0] - b).max()) for a, b in zip(expected, answer(planes), strict=True))


def _questions() -> Float32:
    """Planes (1, PLANES, 8 * ROWS, 8 * COLUMNS) with blots of all sizes."""
    rng = np.random.default_rng(SEED)
    planes = np.zeros((PLANES, STRIDE * ROWS, STRIDE * COLUMNS))
    for size in (1, 4, 16):
        rows, columns = (np.arange(side) // size for side in planes.shape[1:])
        planes += rng.normal(0, 0.5, (PLANES, rows[-1] + 1, columns[-1] + 1))[:, rows[:, None], columns]
    return planes[None].astype(np.float32)


@lru_cache(KEPT)
def _agreed(model: bytes, name: str, known: bool) -> Float32 | None:
    """Weights of a model with which the kernel answers as the model does, or None."""
    weights = packed_weights(model)
    if weights is None or known:
        return weights
    return weights if largest_difference(RoundKernel(weights), model, name) <= LARGEST_DIFFERENCE else None

"""One brush's wet dream as the compiled kernel runs it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import NUMBERS
from dreambrush.dream.kernel.agreement import Agreement, compare
from dreambrush.dream.kernel.kernel import arguments
from dreambrush.dream.kernel.wet_weights import FLAGS, PLACES, lanes_of, packed_wet_weights
from dreambrush.errors import ModelError
from dreambrush.kernel.library import NONE, compiled, instructions
from dreambrush.models.catalogue import WET_FILE, read_card
from dreambrush.models.kernel_files import read_for_kernel
from dreambrush.models.networks import KEPT

CARD_ENTRY = "wet_kernel"
"""The entry of a card that says of which ``wet.onnx`` the kernel is known to answer alike, and with which flags."""


class WetKernel:
    """Values and gradients of a wet dream at points.

    As :class:`~dreambrush.dream.kernel.kernel.Kernel`, it answers with the same bits on all processors.

    Args:
        weights: as :func:`~dreambrush.dream.kernel.wet_weights.packed_wet_weights` gives them.
        level: one of LEVELS that the processor has; by default the best.

    Raises:
        RuntimeError: the kernel is not compiled, or of another version.
    """

    def __init__(self, weights: Float32, level: str | None = None) -> None:
        found = compiled(level)
        if found is None:
            raise RuntimeError("Expected a compiled kernel but there is none")
        wanted = found.lib.db_wet_weights_count()
        if len(weights) != wanted:
            raise RuntimeError(f"Expected {wanted} weights but there were {len(weights)}")
        self._c, self._weights = found, np.ascontiguousarray(weights, np.float32)
        self.node_count = PLACES * lanes_of(self._weights)

    def values(self, strokes: Float32, starts: Int64, points: Float32) -> tuple[Float32, Float32, Float32, Float32]:
        """Shares own, kept and carried (n,) at points, and weights (n, nodes).

        Args:
            strokes: (k, 9) float32.
            starts: (k + 1,) where each stroke's points begin, from 0 to n; never falls.
            points: (n, 2) float32, x and y in pixels.
        """
        own, kept, carried = np.empty((3, len(points)), np.float32)
        weights = np.empty((len(points), self.node_count), np.float32)
        given = arguments(self._c, self._weights, strokes, starts, points)
        self._c.lib.db_wet_values(*given, *(self._c.floats(each) for each in (own, kept, carried, weights)))
        return own, kept, carried, weights

    def vjp(
        self,
        strokes: Float32,
        starts: Int64,
        points: Float32,
        by_own: Float32,
        by_kept: Float32,
        by_carried: Float32,
        by_weights: Float32,
    ) -> Float32:
        """How something changes with strokes: (k, 9) float32.

        Args:
            strokes: as in :meth:`values`.
            starts: as in :meth:`values`.
            points: as in :meth:`values`.
            by_own: (n,) how it changes with the share of own colour at each point.
            by_kept: (n,) with that of what lies there.
            by_carried: (n,) with that of what was picked up.
            by_weights: (n, nodes) with the weights.
        """
        shapes = [(len(points),)] * 3 + [(len(points), self.node_count)]
        by = [np.ascontiguousarray(array, np.float32) for array in (by_own, by_kept, by_carried, by_weights)]
        if [array.shape for array in by] != shapes:
            raise ValueError("Expected one number for each point, and for each node of each point")
        by_strokes = np.empty((len(strokes), NUMBERS), np.float32)
        given = arguments(self._c, self._weights, strokes, starts, points)
        self._c.lib.db_wet_vjp(*given, *(self._c.floats(array) for array in (*by, by_strokes)))
        return by_strokes


def open_wet_kernel(folder: Path) -> WetKernel | None:
    """The kernel with the weights of a dream's ``wet.onnx``.

    None if onnxruntime must be asked; see :func:`~dreambrush.dream.kernel.kernel.open_kernel`.

    Args:
        folder: folder of the dream.

    Raises:
        ModelError: onnxruntime must be asked, and cannot be.
    """
    found = None if instructions() == NONE else read_for_kernel(folder, WET_FILE, CARD_ENTRY)
    if found is None:
        return None
    model, known = found
    flags = known_flags(folder) if known else None
    weights = agreed(model, str(folder / WET_FILE))[0] if flags is None else packed_wet_weights(model, *flags)
    return None if weights is None else WetKernel(weights)


def known_flags(folder: Path) -> tuple[bool, bool] | None:
    """Whether a brush erases, and whether it lays paint of its own, as a card says it; None if it does not."""
    try:
        erases, lays = read_card(folder)[CARD_ENTRY]["flags"]
    except (ModelError, KeyError, TypeError, ValueError):
        return None
    return bool(erases), bool(lays)


@lru_cache(KEPT)
def agreed(model: bytes, name: str) -> tuple[Float32 | None, Agreement | None]:
    """Weights of a model with which the kernel answers as the model does, and how nearly; None if there are none."""
    for flags in FLAGS:
        weights = packed_wet_weights(model, *flags)
        if weights is None:
            break
        own = WetKernel(weights)
        outputs = {"own": 1, "kept": 1, "carried": 1, "weights": own.node_count}
        found = compare(own.values, model, name, outputs)
        if found.alike:
            return weights, found
    return None, None

"""Whether the kernel dreams as a network of onnxruntime does, which is the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.models.networks import ask, load_network

LARGEST_DIFFERENCE = 1e-4  # of alpha, or of shares of paint
LARGEST_SHARE = 1e-3  # of all values may differ more: where two pieces of a path are equally near, rounding decides
STROKES, POINTS, SIDE, SEED = 64, 64, 64.0, 50_000_017

Values = Callable[[Float32, Int64, Float32], Sequence[Float32]]
ALPHA = {"mean": 1, "variance": 1}
"""What a dream answers, and how many numbers at a point."""


@dataclass(frozen=True)
class Agreement:
    """How far the kernel's answers are from onnxruntime's.

    Attributes:
        most: the largest difference of any answer.
        share: share of all answers that differ by more than LARGEST_DIFFERENCE.
    """

    most: float
    share: float

    @property
    def alike(self) -> bool:
        """Whether the kernel may answer for the network."""
        return self.share <= LARGEST_SHARE


def compare(values: Values, model: bytes, name: str, outputs: Mapping[str, int] = ALPHA) -> Agreement:
    """Asks both for points around strokes.

    Args:
        values: the kernel's, as :meth:`~dreambrush.dream.kernel.kernel.Kernel.values`.
        model: bytes of the ONNX file.
        name: of the file, for errors.
        outputs: names of the answers, in order, and how many numbers each is at a point.

    Raises:
        ModelError: onnxruntime cannot run the file.
    """
    session = load_network(model, name, ("strokes", "points"), tuple(outputs), threads=1)
    strokes, points = _questions()
    shapes = {each: (*points.shape[:2], *((width,) if width > 1 else ())) for each, width in outputs.items()}
    expected = ask(session, name, {"strokes": strokes, "points": points}, shapes)
    starts = np.arange(STROKES + 1) * POINTS
    found = values(strokes, starts, points.reshape(-1, 2))
    apart = np.concatenate([np.abs(a.ravel() - b.ravel()) for a, b in zip(expected, found, strict=True)])
    return Agreement(float(apart.max()), float((apart > LARGEST_DIFFERENCE).mean()))


def _questions() -> tuple[Float32, Float32]:
    """Strokes of all lengths, widths and pressures, and points in and around each."""
    rng = np.random.default_rng(SEED)
    radius = np.exp(rng.uniform(np.log(0.6), np.log(20), (STROKES, 1)))
    start, control, end = (rng.uniform(0, SIDE, (STROKES, 2)) for _ in range(3))
    strokes = np.concatenate([start, control, end, rng.random((STROKES, 2)), radius], 1)
    t = rng.random((STROKES, POINTS, 1))
    path = (1 - t) ** 2 * start[:, None] + 2 * t * (1 - t) * control[:, None] + t**2 * end[:, None]
    points = path + rng.normal(0, 1, path.shape) * radius[:, None]
    return strokes.astype(np.float32), points.astype(np.float32)

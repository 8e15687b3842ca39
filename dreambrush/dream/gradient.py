"""How a dream changes with its strokes: the gradient through the world model, run by onnxruntime."""

from __future__ import annotations

from pathlib import Path

from dreambrush.arrays import Float32
from dreambrush.models.networks import ask, open_network

GRADIENT_FILE = "gradient.onnx"


class DreamGradient:
    """The vector-Jacobian product of one brush's dream.

    Args:
        folder: folder of the dream.
        threads: number of onnxruntime's threads; 0 takes all cores.

    Raises:
        ModelError: the file is missing or broken.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self._name = str(folder / GRADIENT_FILE)
        self._session = open_network(
            folder / GRADIENT_FILE,
            ("strokes", "points", "by_mean", "by_variance"),
            ("mean", "variance", "by_strokes"),
            threads,
        )

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
        inputs = {"strokes": strokes, "points": points, "by_mean": by_mean, "by_variance": by_variance}
        return ask(self._session, self._name, inputs, {"by_strokes": strokes.shape})[0]

"""A brush's dream: what paint a stroke will leave, asked point by point; run by our kernel, or by onnxruntime."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.dream.blocks import Blocks
from dreambrush.dream.kernel.kernel import open_kernel
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import COLOUR_FILE, DREAM_FILE, read_card
from dreambrush.models.networks import RETRAIN, ask, open_network

if TYPE_CHECKING:
    import onnxruntime

    from dreambrush.dream.kernel.kernel import Kernel

MOST_REACH = 16.0  # greatest reach in radii that training measures
MOST_ALPHA = 2.0  # greatest alpha that a dream may answer; true alpha is at most 1, but networks err


class Dream:
    """The world model of one brush, run on the CPU.

    Args:
        folder: folder of the dream.
        threads: number of onnxruntime's threads; 0 takes all cores.  The kernel runs on the thread that asks.
        compiled: whether the compiled kernel may answer, if it is there; otherwise onnxruntime does.

    Raises:
        ModelError: a file is missing or broken.
    """

    def __init__(self, folder: Path, threads: int = 0, *, compiled: bool = True) -> None:
        self.folder = folder
        self._threads = threads
        self.card = read_card(folder)
        try:
            self.reach = float(self.card["reach"])
            if not 0.25 <= self.reach <= MOST_REACH:
                raise ValueError
        except (KeyError, TypeError, ValueError, OverflowError):
            raise ModelError(
                f"The card of the dream {folder} has no usable reach.", RETRAIN, id="dream-card-unreadable"
            ) from None
        self._compiled = compiled

    def __call__(self, strokes: Float32, points: Float32) -> tuple[Float32, Float32]:
        """Dreams.

        Args:
            strokes: (b, 9) float32: start, control and end x and y in pixels, pressure at start and end, radius.
            points: (b, p, 2) float32, x and y in pixels, for each stroke its own.

        Returns:
            Mean and variance of alpha, (b, p) float32 each.
        """
        if self._kernel is not None:
            starts = np.arange(points.shape[0] + 1) * points.shape[1]
            mean, variance = self._kernel.values(strokes, starts, points.reshape(-1, 2))
            return mean.reshape(points.shape[:2]), variance.reshape(points.shape[:2])
        shapes = {"mean": points.shape[:2], "variance": points.shape[:2]}
        mean, variance = ask(self._session, DREAM_FILE, {"strokes": strokes, "points": points}, shapes)
        if mean.size and max(mean.max(), -mean.min(), variance.max(), -variance.min()) > MOST_ALPHA:
            raise ModelError(
                f"The network {self.folder / DREAM_FILE} predicts more paint than is possible.",
                RETRAIN,
                id="network-unusable",
            )
        return mean, variance

    def at(self, strokes: Float32, starts: Int64, points: Float32) -> tuple[Float32, Float32]:
        """Dreams of strokes at a different number of points for each.

        Args:
            strokes: (k, 9) float32.
            starts: (k + 1,) int64: where each stroke's points begin, from 0 to n; never falls.
            points: (n, 2) float32, x and y in pixels.

        Returns:
            Mean and variance of alpha, (n,) float32 each.
        """
        if self._kernel is not None:
            return self._kernel.values(strokes, starts, points)
        blocks = Blocks(starts, points)
        answers = blocks.asked(self, strokes)
        if answers is None:
            return np.zeros(0, np.float32), np.zeros(0, np.float32)
        mean, variance = (blocks.gathered(each) for each in answers)
        return mean, variance

    @property
    def is_compiled(self) -> bool:
        """Whether the compiled kernel answers.

        Raises:
            ModelError: onnxruntime would have to, and cannot.
        """
        return self._kernel is not None

    @cached_property
    def shifts_colour(self) -> bool:
        """Whether the brush changes its colour along the stroke, and this is known of it."""
        return (self.folder / COLOUR_FILE).is_file()

    def shift(self, strokes: Float32, points: Float32, colour: Float32) -> Float32:
        """What the brush adds on average to the colours (b, 3) that it is given: (b, p, 3) float32."""
        inputs = {"strokes": strokes, "points": points, "colour": colour}
        (shift,) = ask(self._colour_session, COLOUR_FILE, inputs, {"shift": (*points.shape[:2], 3)})
        return shift

    def shift_at(self, strokes: Float32, starts: Int64, points: Float32, colours: Float32) -> Float32:
        """As :meth:`shift`, (n, 3), for a different number of points for each stroke (see :meth:`at`)."""
        blocks = Blocks(starts, points)
        answers = blocks.asked(lambda *given: (self.shift(*given),), strokes, colours[blocks.stroke_id])
        return np.zeros((0, 3), np.float32) if answers is None else blocks.gathered(answers[0])

    @cached_property
    def _kernel(self) -> Kernel | None:
        return open_kernel(self.folder) if self._compiled else None

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        return open_network(self.folder / DREAM_FILE, ("strokes", "points"), ("mean", "variance"), self._threads)

    @cached_property
    def _colour_session(self) -> onnxruntime.InferenceSession:
        return open_network(self.folder / COLOUR_FILE, ("strokes", "points", "colour"), ("shift",), self._threads)

"""A brush's dream: what paint a stroke will leave, asked point by point and run by onnxruntime."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dreambrush.arrays import Float32
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import COLOUR_FILE, DREAM_FILE, read_card
from dreambrush.models.networks import RETRAIN, ask, open_network

if TYPE_CHECKING:
    import onnxruntime

MOST_REACH = 16.0  # greatest reach in radii that training measures
MOST_ALPHA = 2.0  # greatest alpha that a dream may answer; true alpha is at most 1, but networks err


class Dream:
    """The world model of one brush, run by onnxruntime on the CPU.

    Args:
        folder: folder of the dream.
        threads: number of onnxruntime's threads; 0 takes all cores.

    Raises:
        ModelError: a file is missing or broken.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
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

    def __call__(self, strokes: Float32, points: Float32) -> tuple[Float32, Float32]:
        """Dreams.

        Args:
            strokes: (b, 9) float32: start, control and end x and y in pixels, pressure at start and end, radius.
            points: (b, p, 2) float32, x and y in pixels, for each stroke its own.

        Returns:
            Mean and variance of alpha, (b, p) float32 each.
        """
        shapes = {"mean": points.shape[:2], "variance": points.shape[:2]}
        mean, variance = ask(self._session, DREAM_FILE, {"strokes": strokes, "points": points}, shapes)
        if mean.size and max(mean.max(), -mean.min(), variance.max(), -variance.min()) > MOST_ALPHA:
            raise ModelError(
                f"The network {self.folder / DREAM_FILE} predicts more paint than is possible.",
                RETRAIN,
                id="network-unusable",
            )
        return mean, variance

    @cached_property
    def shifts_colour(self) -> bool:
        """Whether the brush changes its colour along the stroke, and this is known of it."""
        return (self.folder / COLOUR_FILE).is_file()

    def shift(self, strokes: Float32, points: Float32, colour: Float32) -> Float32:
        """What the brush adds on average to the colours (b, 3) that it is given: (b, p, 3) float32."""
        inputs = {"strokes": strokes, "points": points, "colour": colour}
        (shift,) = ask(self._colour_session, COLOUR_FILE, inputs, {"shift": (*points.shape[:2], 3)})
        return shift

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        return open_network(self.folder / DREAM_FILE, ("strokes", "points"), ("mean", "variance"), self._threads)

    @cached_property
    def _colour_session(self) -> onnxruntime.InferenceSession:
        return open_network(self.folder / COLOUR_FILE, ("strokes", "points", "colour"), ("shift",), self._threads)

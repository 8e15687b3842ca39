"""Refines all strokes of a painting together: gradient descent through the dream and through the layers of paint.

A stroke that was chosen first did not know what would be laid over it.  Here every stroke moves, bends, presses and
changes colour such that the finished painting is expected to err least (Adam: Kingma and Ba 2015, algorithm 1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreambrush.models import Dream
from dreambrush.painter.compositing import Composite, compose, slopes
from dreambrush.painter.gradient import DreamGradient
from dreambrush.painter.masks import Masks, Near, near

Float32 = NDArray[np.float32]

PIXELS, PRESSURE, LOG_RADIUS, COLOUR = 0.3, 0.03, 0.03, 0.02  # first steps of Adam, in each parameter's own unit
LAST_STEP = 0.05  # share of the first step that is left at the end of a cosine
LOOK_EVERY = 4  # steps, after which the pixels near the strokes are looked for anew
MOMENTUM, SMOOTHING = 0.9, 0.98  # Adam's betas
TINY = 1e-6


@dataclass(frozen=True)
class Sketch:
    """Strokes that have been thought of and not been painted.

    Attributes:
        strokes: (k, 9) start, control and end x and y in pixels, two pressures, radius.
        colours: (k, 3) sRGB 0..1.
    """

    strokes: Float32
    colours: Float32

    def __len__(self) -> int:
        return len(self.strokes)

    def without(self, which: NDArray[np.int64]) -> Sketch:
        """All strokes but some."""
        return Sketch(np.delete(self.strokes, which, 0), np.delete(self.colours, which, 0))

    def then(self, other: Sketch) -> Sketch:
        """These strokes, and others over them."""
        return Sketch(np.concatenate([self.strokes, other.strokes]), np.concatenate([self.colours, other.colours]))


class Refiner:
    """Dreams whole sketches, and improves them.

    Args:
        dream: of the brush.
        gradient: of the same dream.
        target: (h, w, 3) float32, 0..1.
        tame: brings strokes within what is allowed.
        fixed_colour: whether the strokes' colours must stay as they are.
    """

    def __init__(
        self,
        dream: Dream,
        gradient: DreamGradient,
        target: Float32,
        tame: Callable[[Float32], Float32],
        fixed_colour: bool = False,
    ) -> None:
        self.dream, self.gradient, self.tame = dream, gradient, tame
        self.height, self.width = target.shape[:2]
        self.target = np.ascontiguousarray(target.reshape(-1, 3), np.float32)
        self.first_step = np.repeat(
            np.array([PIXELS, PRESSURE, LOG_RADIUS, 0.0 if fixed_colour else COLOUR], np.float32), (6, 2, 1, 3)
        )

    def near(self, strokes: Float32) -> Near:
        """The pixels that strokes (k, 9) may touch."""
        return near(strokes, self.height, self.width, self.dream.reach)

    def laid(self, sketch: Sketch, canvas: Float32) -> Composite:
        """What a sketch would make of a canvas (h, w, 3)."""
        return compose(canvas.reshape(-1, 3), sketch.colours, *self._masks(sketch))

    def expected_error(self, sketch: Sketch, canvas: Float32) -> float:
        """Expected squared error of a sketch on a canvas (h, w, 3), summed over pixels and channels."""
        return self.laid(sketch, canvas).error(self.target)

    def costs_of_removal(self, sketch: Sketch, canvas: Float32) -> Float32:
        """By how much the expected error would grow (k,) without each of the strokes."""
        pixels, means, variances = self._masks(sketch)
        start = canvas.reshape(-1, 3)
        error = compose(start, sketch.colours, pixels, means, variances).error(self.target)
        costs = np.zeros(len(sketch), np.float32)
        for index in range(len(sketch)):
            kept = [other for other in range(len(sketch)) if other != index]
            lists = [pixels[i] for i in kept], [means[i] for i in kept], [variances[i] for i in kept]
            costs[index] = compose(start, sketch.colours[kept], *lists).error(self.target) - error
        return costs

    def refine(
        self,
        sketch: Sketch,
        canvas: Float32,
        steps: int,
        boldness: float = 1.0,
        which: NDArray[np.int64] | None = None,
    ) -> tuple[Sketch, float]:
        """Descends.

        Args:
            sketch: where to start.
            canvas: (h, w, 3) what it will be painted on.
            steps: of the descent.
            boldness: of the first steps.
            which: strokes (m,) that may move; all by default.

        Returns:
            The best sketch that was met, and its expected squared error, summed over pixels and channels.
        """
        start = canvas.reshape(-1, 3)
        which = np.arange(len(sketch)) if which is None else which
        values = np.concatenate([sketch.strokes, sketch.colours], 1)[which]
        values[:, 8] = np.log(values[:, 8])
        mean, square = np.zeros_like(values), np.zeros_like(values)
        best, least = sketch, np.inf
        pixels, means, variances = self._masks(sketch)
        strokes, colours = sketch.strokes.copy(), sketch.colours.copy()
        for step in range(steps + 1):
            moving = values[:, :9].copy()
            moving[:, 8] = np.exp(moving[:, 8])
            strokes[which], colours[which] = moving, values[:, 9:]
            if step % LOOK_EVERY == 0:
                places = self.near(moving)
            masks = Masks(self.dream, moving, places)
            for row, index in enumerate(which):
                pixels[index], means[index] = places.pixels[row], masks.means[row]
                variances[index] = masks.variances[row]
            composite = compose(start, colours, pixels, means, variances)
            error = composite.error(self.target)
            if error < least:
                best, least = Sketch(strokes.copy(), colours.copy()), error
            if step == steps:
                break
            by_means, by_variances, by_colours = slopes(composite, self.target, pixels, means, variances)
            by_strokes = masks.back(self.gradient, [by_means[i] for i in which], [by_variances[i] for i in which])
            by_strokes[:, 8] *= moving[:, 8]  # by the logarithm of the radius
            slope = np.concatenate([by_strokes, by_colours[which]], 1)
            mean = MOMENTUM * mean + (1 - MOMENTUM) * slope
            square = SMOOTHING * square + (1 - SMOOTHING) * slope * slope
            direction = mean / (1 - MOMENTUM ** (step + 1))
            direction /= np.sqrt(square / (1 - SMOOTHING ** (step + 1))) + TINY
            cosine = LAST_STEP + (1 - LAST_STEP) * 0.5 * (1 + np.cos(np.pi * step / steps))
            values -= (boldness * cosine * self.first_step * direction).astype(np.float32)
            values = self._allowed(values)
        return best, least

    def _masks(self, sketch: Sketch) -> tuple[list[NDArray[np.int64]], list[Float32], list[Float32]]:
        """Pixels, means and variances of alpha of each stroke."""
        places = self.near(sketch.strokes)
        masks = Masks(self.dream, sketch.strokes, places)
        return places.pixels, masks.means, masks.variances

    def _allowed(self, values: Float32) -> Float32:
        strokes = values[:, :9].copy()
        strokes[:, 8] = np.exp(strokes[:, 8])
        strokes = self.tame(strokes)
        strokes[:, 8] = np.log(strokes[:, 8])
        return np.concatenate([strokes, np.clip(values[:, 9:], 0.0, 1.0)], 1)

"""Adam: gradient descent with steps of a length that does not depend on the size of the gradients.

Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.  It knows nothing of strokes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32

MOMENTUM, SMOOTHING = 0.9, 0.98  # beta 1 and beta 2
TINY = 1e-6  # epsilon


@dataclass(frozen=True)
class Adam:
    """The optimiser's state after some steps.

    Attributes:
        mean: float32 running mean of the gradients, of any shape.
        square: running mean of their squares, of the same shape.
        steps: number of steps done.
    """

    mean: Float32
    square: Float32
    steps: int = 0

    @classmethod
    def of(cls, values: Float32) -> Adam:
        """The state before the first step, for values of some shape."""
        return cls(np.zeros_like(values), np.zeros_like(values))

    def step(self, gradient: Float32) -> tuple[Adam, Float32]:
        """The state after one more gradient, and the direction of the step.

        The direction has the gradient's shape and sign, and is about 1 where gradients agree; the caller multiplies
        it by a learning rate and subtracts it.
        """
        steps = self.steps + 1
        mean = MOMENTUM * self.mean + (1 - MOMENTUM) * gradient
        square = SMOOTHING * self.square + (1 - SMOOTHING) * gradient * gradient
        direction = mean / (1 - MOMENTUM**steps)
        direction /= np.sqrt(square / (1 - SMOOTHING**steps)) + TINY
        return Adam(mean, square, steps), np.asarray(direction, np.float32)

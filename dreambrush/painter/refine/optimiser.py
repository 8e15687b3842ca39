"""Refines all strokes of a sketch together: gradient descent through the dreams and through the layers of paint.

A stroke that was chosen first did not know what would be laid over it.  Here every stroke moves, bends, presses and
changes colour such that the finished painting is expected to err least.  Geometry descends by Adam (Kingma and Ba
2015, algorithm 1); colours, in which the error is quadratic, by steps that its curvature sets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dreambrush.painter.refine.compositing import gradients
from dreambrush.painter.refine.fragments import Grid
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.sketch import Sketch

Float32 = NDArray[np.float32]

SHIFT, PRESSURE, LOG_RADIUS = 0.035, 0.03, 0.03  # first steps of Adam; shifts are shares of the room for a stroke
LAST_STEP = 0.05  # share of the first step that is left at the end of a cosine
MOMENTUM, SMOOTHING = 0.9, 0.98  # Adam's betas
COLOUR_MEMORY, COLOUR_STEP = 0.5, 0.5  # of slope and stiffness from step to step; share of the way to the least error
LEAST_STIFFNESS = 1.0  # cells; a stroke that is hardly seen changes its colour slowly
TINY = 1e-6
RADIUS = 8  # which of a stroke's numbers it is


@dataclass(frozen=True)
class Descent:
    """A descent after some of its steps.

    Attributes:
        steps: that are done.
        sketch: as it now is.
        mean: (k, 9) of the slopes, as Adam has it.
        square: (k, 9) of their squares, likewise.
        grad_colour: (k, 3) gradient by colours.
        curvature: (k,) of the error by colours.
    """

    steps: int
    sketch: Sketch
    mean: Float32
    square: Float32
    grad_colour: Float32
    curvature: Float32

    @classmethod
    def of(cls, sketch: Sketch) -> Descent:
        """Before the first step."""
        mean, square = np.zeros_like(sketch.strokes), np.zeros_like(sketch.strokes)
        return cls(0, sketch, mean, square, np.zeros_like(sketch.colours), np.zeros(len(sketch), np.float32))


def refine(
    scene: Scene,
    sketch: Sketch,
    canvas: Float32,
    steps: int,
    rng: np.random.Generator,
    boldness: float = 1.0,
    cells: Sequence[int] = (16,),
    room: int | None = None,
    go_on: Callable[[], bool] = lambda: True,
    begun: Descent | None = None,
    tell: Callable[[Descent], None] = lambda _: None,
) -> Sketch:
    """Descends.

    Args:
        scene: what is to be painted.
        sketch: where to start.
        canvas: (height * width, 3) what it will be painted on.
        steps: of the descent.
        rng: of the cells that are looked at.
        boldness: of the first steps.
        cells: so many are looked at for each stroke; the steps are shared out among these numbers in turn.
        room: how many strokes share the canvas; by default those of the sketch.
        go_on: asked before every step.
        begun: a descent from that sketch to go on with, which comes to the same as if it had never stopped.
        tell: told where the descent is, after every step.

    Returns:
        The same strokes, refined.
    """
    if not len(sketch) or not steps:
        return sketch
    room = room or len(sketch)
    shift = SHIFT * scene.cell * np.sqrt(scene.height * scene.width / room)
    first = np.array([shift] * 6 + [PRESSURE] * 2 + [LOG_RADIUS], np.float32) * np.float32(boldness)
    at = begun or Descent.of(sketch)
    for step in range(at.steps, steps):
        if not go_on():
            break
        sketch = at.sketch
        grid = scene.some(cells[step * len(cells) // steps], room, rng)
        slope, colour_slope, stiff = _gradients(scene, sketch, canvas, grid, rng)
        slope[:, RADIUS] *= sketch.strokes[:, RADIUS]  # by the logarithm of the radius
        mean = MOMENTUM * at.mean + (1 - MOMENTUM) * slope
        square = SMOOTHING * at.square + (1 - SMOOTHING) * slope * slope
        direction = mean / (1 - MOMENTUM ** (step + 1))
        direction /= np.sqrt(square / (1 - SMOOTHING ** (step + 1))) + TINY
        cosine = LAST_STEP + (1 - LAST_STEP) * 0.5 * (1 + np.cos(np.pi * step / steps))
        change = (cosine * first * direction).astype(np.float32)
        strokes = sketch.strokes - change
        strokes[:, RADIUS] = sketch.strokes[:, RADIUS] * np.exp(-change[:, RADIUS])
        grad_colour = COLOUR_MEMORY * at.grad_colour + (1 - COLOUR_MEMORY) * colour_slope
        curvature = COLOUR_MEMORY * at.curvature + (1 - COLOUR_MEMORY) * stiff
        # Where not every colour is there, half a step would never get from one to the next.
        part = COLOUR_STEP if scene.snap is None else 1.0
        wished = sketch.colours - part * grad_colour / (curvature + LEAST_STIFFNESS)[:, None]
        colours = np.clip(wished, 0.0, 1.0).astype(np.float32)
        if scene.snap is not None:
            colours = scene.snap(colours)
        sketch = replace(sketch, strokes=scene.constrain(strokes), colours=colours)
        at = Descent(step + 1, sketch, mean, square, grad_colour, curvature)
        tell(at)
    return at.sketch


def _gradients(
    scene: Scene, sketch: Sketch, canvas: Float32, grid: Grid, rng: np.random.Generator
) -> tuple[Float32, Float32, Float32]:
    """How the expected error changes with strokes (k, 9) and colours (k, 3), and the stiffness (k,) of the latter."""
    view = scene.view_touched(sketch, canvas, grid)
    by = gradients(view.composite, view.target, view.weight, view.fragments, view.mean, view.variance)
    by_strokes = scene.dreams.vjp(sketch, view.fragments, view.mean, by.grad_mean, by.grad_variance, rng)
    # As if all cells had been looked at.
    return tuple(np.asarray(slope / grid.share, np.float32) for slope in (by_strokes, by.grad_colour, by.curvature))  # type: ignore[return-value]

"""Refines all strokes of a sketch together: gradient descent through the dreams and through the layers of paint.

A stroke that was chosen first did not know what would be laid over it.  Here every stroke moves, bends, presses and
changes colour, so that the finished painting has the least expected error.  Geometry descends by Adam.  The error is
quadratic in colours, so its curvature sets their steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.bezier import PATH, RADIUS
from dreambrush.painter.refine.adam import Adam
from dreambrush.painter.refine.asked import by_nodes_of_strokes
from dreambrush.painter.refine.fragments import Grid
from dreambrush.painter.refine.pickup import WetGradients
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.sketch import Sketch

SHIFT, PRESSURE, LOG_RADIUS = 0.035, 0.03, 0.03  # first steps of Adam; shifts are shares of the room for a stroke
LAST_STEP = 0.05  # share of the first step that is left at the end of a cosine
COLOUR_MEMORY, COLOUR_STEP = 0.5, 0.5  # of gradient and curvature; share of the way to the least error
LEAST_CURVATURE = 1.0  # cells; a stroke that is hardly seen changes its colour slowly
# The curvature does not know where a blender carries paint to.  So the colour of a stroke that is hidden, but for what
# was picked up of it, would leap.  Beside blenders a colour changes by so much in a step at most.
BLENDED_STEP = 0.05


@dataclass(frozen=True)
class Descent:
    """A descent after some of its steps.

    Attributes:
        sketch: the strokes after the steps done so far.
        adam: optimiser of their geometry, (k, 9).
        grad_colour: (k, 3) running mean of the gradient by colours.
        curvature: (k,) running mean of the error's second derivative by colours.
    """

    sketch: Sketch
    adam: Adam
    grad_colour: Float32
    curvature: Float32

    @classmethod
    def of(cls, sketch: Sketch) -> Descent:
        """Before the first step."""
        adam = Adam.of(sketch.strokes)
        return cls(sketch, adam, np.zeros_like(sketch.colours), np.zeros(len(sketch), np.float32))

    @property
    def steps(self) -> int:
        """Number of steps done."""
        return self.adam.steps


def descend(
    scene: Scene,
    sketch: Sketch,
    canvas: Float32,
    steps: int,
    rng: np.random.Generator,
    boldness: float = 1.0,
    cells: Sequence[int] = (16,),
    room: int | None = None,
    begun: Descent | None = None,
) -> Iterator[Descent]:
    """Descends step by step; the caller may stop after any step.

    Args:
        scene: what is to be painted.
        sketch: strokes to start from.
        canvas: (height * width, 3) canvas under the strokes.
        steps: number of steps of the whole descent.
        rng: random numbers, which choose the cells that are looked at.
        boldness: length of the first steps, 1 for full length.
        cells: numbers of cells that are looked at for each stroke; the steps are shared out among them in turn.
        room: how many strokes share the canvas; by default those of the sketch.
        begun: a descent from that sketch to go on with, which comes to the same as if it had never stopped.

    Yields:
        The descent after each step; nothing where there are no strokes.
    """
    at = begun or Descent.of(sketch)
    if not len(sketch):
        return
    room = room or len(sketch)
    shift = SHIFT * scene.cell * np.sqrt(scene.height * scene.width / room)
    first = np.array([shift] * 6 + [PRESSURE] * 2 + [LOG_RADIUS], np.float32) * np.float32(boldness)
    for step in range(at.steps, steps):
        cosine = LAST_STEP + (1 - LAST_STEP) * 0.5 * (1 + np.cos(np.pi * step / steps))
        grid = scene.some(cells[step * len(cells) // steps], room, rng)
        at = _step(scene, at, canvas, grid, cosine * first, rng)
        yield at


def refine(
    scene: Scene,
    sketch: Sketch,
    canvas: Float32,
    steps: int,
    rng: np.random.Generator,
    boldness: float = 1.0,
    cells: Sequence[int] = (16,),
    room: int | None = None,
) -> Sketch:
    """The strokes after all steps of :func:`descend`."""
    for at in descend(scene, sketch, canvas, steps, rng, boldness, cells, room):
        sketch = at.sketch
    return sketch


def _step(scene: Scene, at: Descent, canvas: Float32, grid: Grid, rates: Float32, rng: np.random.Generator) -> Descent:
    """One step, with a learning rate for each of a stroke's nine numbers."""
    sketch = at.sketch
    grad_strokes, grad_colour, curvature = _gradients(scene, sketch, canvas, grid, rng)
    grad_strokes[:, RADIUS] *= sketch.strokes[:, RADIUS]  # the gradient by the logarithm of the radius
    adam, direction = at.adam.step(grad_strokes)
    change = (rates * direction).astype(np.float32)
    if scene.stiff:
        _stiffen(change, np.float32(scene.stiff))
    strokes = sketch.strokes - change
    strokes[:, RADIUS] = sketch.strokes[:, RADIUS] * steady.exp(-change[:, RADIUS])
    grad_colour = COLOUR_MEMORY * at.grad_colour + (1 - COLOUR_MEMORY) * grad_colour
    curvature = COLOUR_MEMORY * at.curvature + (1 - COLOUR_MEMORY) * curvature
    # If only some colours may be used, half a step would never get from one to the next.
    part = COLOUR_STEP if scene.snap is None else 1.0
    descent = part * grad_colour / (curvature + LEAST_CURVATURE)[:, None]
    if scene.dreams.blends and scene.snap is None:
        descent = np.clip(descent, -BLENDED_STEP, BLENDED_STEP)
    wished = sketch.colours - descent
    colours = np.clip(wished, 0.0, 1.0).astype(np.float32)
    if scene.snap is not None:
        colours = scene.snap(colours)
    return Descent(replace(sketch, strokes=scene.constrain(strokes), colours=colours), adam, grad_colour, curvature)


def _stiffen(change: Float32, stiff: np.float32) -> None:
    """Takes out of changes (k, 9) of strokes, in place, what would change their shapes."""
    move = change[:, PATH].reshape(-1, 3, 2).mean(1)
    change *= 1 - stiff
    change[:, PATH] += stiff * np.tile(move, 3)


def _gradients(
    scene: Scene, sketch: Sketch, canvas: Float32, grid: Grid, rng: np.random.Generator
) -> tuple[Float32, Float32, Float32]:
    """Gradients of the expected error by strokes (k, 9) and colours (k, 3), and its curvature (k,) by colours."""
    view = scene.view_touched(sketch, canvas, grid)
    mixes = view.pickup is not None and scene.dreams.mixes(sketch, view.fragments)
    by = view.gradients(by_paint=mixes)
    by_strokes = scene.dreams.vjp(sketch, view.fragments, view.mean, by.grad_mean, by.grad_variance, rng)
    if view.pickup is not None and isinstance(by, WetGradients):
        by_strokes += by_nodes_of_strokes(by.nodes, view.pickup.per_lane)
        if mixes:
            at = view.fragments if view.pickup.asked is None else view.pickup.asked.at
            by_strokes += scene.dreams.wet_vjp_of_some(sketch, at, by.paint, rng)
    # As if all cells had been looked at.
    return tuple(np.asarray(each / grid.share, np.float32) for each in (by_strokes, by.grad_colour, by.curvature))  # type: ignore[return-value]

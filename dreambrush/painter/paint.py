"""The story of one painting: plan in the dream, lay for real, look at the real canvas, mend the plan, lay on.

A painting of several stages tells it once for each, on the canvas that the stages before have left.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from dreambrush.painter.broken_colour import broken
from dreambrush.painter.painting import LaidLayer, Progress
from dreambrush.painter.plan.expect import expected_error
from dreambrush.painter.plan.jitter import jittered
from dreambrush.painter.plan.order import in_order
from dreambrush.painter.plan.state import State
from dreambrush.painter.studio import Studio

States = Generator[State, None, State]
"""Yields states, and returns the last one."""


def states(studio: Studio, begun: State | None = None) -> Iterator[State]:
    """The story of one painting.

    Args:
        studio: all that is needed to paint; nothing is painted yet, but what stages before that of ``begun`` have laid.
        begun: a state to go on from.  Everything becomes as if the painting had never stopped.

    Yields:
        A state after each step.  At the end all strokes are laid on the studio's easel.
    """
    state = begun or studio.planner.state()
    if begun is not None:
        studio.planner.go_on_from(begun)
    state = yield from paint_stage(studio, state)
    while state.earlier.stages + 1 < studio.stages:
        earlier = studio.after(state)
        studio.begin_stage(earlier)
        yield (state := replace(studio.planner.state(), earlier=earlier))
        state = yield from paint_stage(studio, state)


def paint_stage(studio: Studio, state: State) -> States:
    """One stage, or a whole painting that has no stages.  One that finds no place in the picture lays nothing."""
    if not studio.known.asked.strokes and studio.whole.asked.options.stages:
        return state
    if not state.layers:
        state = yield from propose_and_refine(studio, state)
        state = order(studio, state)
    lay_again(studio, state)
    for layer in range(len(state.laid_layers), len(state.layers)):
        state = yield from look_again(studio, state, layer)
        state = lay(studio, state, layer)
        yield state
    return state


def propose_and_refine(studio: Studio, state: State) -> States:
    """Strokes are proposed round by round, and refined together; no paint is laid yet."""
    asked = studio.known.asked
    return (yield from studio.think(state, studio.planner.plan(asked.planned, asked.options.until)))


def order(studio: Studio, state: State) -> State:
    """The plan in the order in which a painter would lay it, each stroke on its layer."""
    known, planner = studio.known, studio.planner
    with studio.clock.time("plan"):
        plan, asked = (planner.sketch, planner.view()), known.asked
        picture = known.form, known.target.size
        planner.sketch, names, layer = in_order(*plan, *picture, asked.strokes, asked.layers)
    return replace(planner.state(state), layers=asked.named(names), layer=layer)


def lay_again(studio: Studio, state: State) -> None:
    """Lays what this stage had laid before the painting was stopped, if it was."""
    with studio.clock.time("paint"):
        studio.easel.begin(studio.layers_of(state))
        studio.lay(state, slice(0, state.laid))


def look_again(studio: Studio, state: State, layer: int) -> States:
    """On the canvas as it really is, what is left is refined; for the last layer strokes are added that it lacks."""
    asked, planner, done = studio.known.asked, studio.planner, state.laid
    studio.easel.climb(studio.first_layer(state) + layer)
    yield (state := planner.state(state))
    canvas = studio.canvas()
    if done:
        state = yield from studio.think(state, planner.mend(canvas, done))
    if layer == len(state.layers) - 1 and len(state.layer) < asked.strokes:
        state = yield from studio.think(state, planner.add(canvas, done, asked.strokes, asked.options.until))
    return state


def lay(studio: Studio, state: State, layer: int) -> State:
    """Lays the strokes of one layer for real; the dream says before what they should leave of the error."""
    known, planner = studio.known, studio.planner
    asked, shown = known.asked, known.shown
    done, strokes = state.laid, int((state.layer_of_each == layer).sum())
    part = slice(done, done + strokes)
    if asked.options.jitter:
        planner.sketch = jittered(planner.sketch, part, asked.options.jitter, asked.seed, known.scene.snap)
    if known.in_manner is not None:
        planner.sketch = broken(known.in_manner, planner.sketch, part, asked.seed, known.scene.snap)
    state, canvas = planner.state(state), studio.canvas()
    with studio.clock.time("look"):
        dreamed = expected_error(shown, state.sketch[part], canvas, planner.rng)
    with studio.clock.time("paint"):
        studio.lay(state, part)
    mse = shown.canvas_error(studio.canvas())
    planner.begin_layer()
    name = state.layers[layer]
    told = Progress(name, done + strokes, asked.strokes, mse)
    return replace(planner.state(state, told), laid_layers=(*state.laid_layers, LaidLayer(name, strokes, dreamed, mse)))

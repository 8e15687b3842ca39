"""Paints: plan in the dream, lay for real, look at the real canvas, mend the plan, lay on.

:func:`states` is the story of one painting; :func:`paint` watches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.interrupts import held_back
from dreambrush.models.catalogue import BrushFile
from dreambrush.painter.dreams import Dreams
from dreambrush.painter.finish import finish, finish_early, in_order
from dreambrush.painter.lay.easel import Easel
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Clock, Painting, Progress, Stage
from dreambrush.painter.plan.deadline import Deadline
from dreambrush.painter.plan.expect import expected_error
from dreambrush.painter.plan.jitter import jittered
from dreambrush.painter.plan.planner import Planner
from dreambrush.painter.plan.state import State
from dreambrush.painter.propose.ridge_proposer import Controller
from dreambrush.painter.save.autosave import Autosave
from dreambrush.painter.save.checkpoint import read_state, write_state
from dreambrush.painter.study import Commission, Study, study
from dreambrush.painter.target.backdrop import Backdrop
from dreambrush.painter.target.target import check_target

__all__ = ["PaintOptions", "paint", "states"]


def states(known: Study, planner: Planner, easel: Easel, clock: Clock, begun: State | None = None) -> Iterator[State]:
    """The story of one painting.

    Args:
        known: what is to be painted.
        planner: plans it.
        easel: has the real canvas, on which nothing is painted yet.
        clock: counts seconds by kind of work.
        begun: a state to go on from; everything becomes as if it had never stopped.

    Yields:
        A state after each step.  At the end all strokes are laid on the easel.
    """
    asked, options, scene = known.asked, known.asked.options, known.scene
    state = begun or planner.state()
    if begun is not None:
        planner.go_on_from(begun)
    if not state.layers:
        for news in clock.each("plan", planner.plan(asked.planned, options.until)):
            yield (state := planner.state(state, news))
        with clock.stage("plan"):
            sketch, layers, layer = in_order(known, planner.sketch, planner.view())
            planner.replace_sketch(sketch)
        state = replace(planner.state(state), layers=layers, layer=layer)
    easel.begin(state.layers)
    with clock.stage("paint"):  # what was laid before, if the painting was stopped
        easel.lay(state.sketch[slice(0, state.laid)], _layers_of(state.stages))
    for index in range(len(state.stages), len(state.layers)):
        easel.climb(index)
        yield (state := planner.state(state))
        canvas, done = _seen(easel, clock), state.laid
        end = done + int((state.layer == index).sum())
        if done:
            for news in clock.each("plan", planner.mend(canvas, done)):
                yield (state := planner.state(state, news))
        if index == len(state.layers) - 1 and end < asked.strokes:
            for news in clock.each("plan", planner.add(canvas, done, asked.strokes, options.until)):
                yield (state := planner.state(state, news))
            end = len(planner.sketch)
        if options.jitter:
            stage = slice(done, end)
            planner.replace_sketch(jittered(planner.sketch, stage, options.jitter, asked.seed, scene.snap))
        stroke = planner.sketch[slice(done, end)]
        with clock.stage("look"):
            dreamed = expected_error(scene, stroke, canvas, planner.rng)
        with clock.stage("paint"):
            easel.lay(stroke, np.full(len(stroke), index))
        mse = scene.canvas_error(_seen(easel, clock))
        planner.begin_stage()
        stages = (*state.stages, Stage(state.layers[index], len(stroke), dreamed, mse))
        news = Progress(state.layers[index], end, asked.strokes, mse)
        yield (state := replace(planner.state(state, news), stages=stages))


def paint(
    target: Float32,
    brush: BrushFile | Sequence[BrushFile],
    strokes: int,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    options: PaintOptions | None = None,
    controller: Controller | None = None,
    backdrop: Backdrop | None = None,
    autosave: Autosave | None = None,
    unfinished: bytes | None = None,
) -> Painting:
    """Paints a picture.

    Args:
        target: (h, w, 3) float32, sRGB 0..1, or (h, w, 4) with alpha; the painting has its size.
        brush: one that has a dream, or several of which each stroke is laid with the one that suits it best.
        strokes: how many to lay, exactly, unless an option says when to stop.
        seed: the same target, brushes, options and seed give the same painting (unless it was short of time).
        progress: told how far it is after each round.
        options: thought and taste.
        controller: proposes strokes; by default one that follows ridges of error.
        backdrop: somebody's work, of the target's size, onto which to paint.
        autosave: saves the painting from time to time.
        unfinished: what an unfinished painting of the same arguments has of that name: this painting becomes the same
            as if that one had never stopped (unless it is short of time).

    Returns:
        The painting; after Ctrl-C, with all strokes that were planned by then.

    Raises:
        ModelError: a brush has no dream, or one that has no gradient.
        StrokesError: what is unfinished is broken, or of another painting.
        ValueError: the target has another shape or type, or numbers out of range.
    """
    check_target(target)
    brushes = (brush,) if isinstance(brush, BrushFile) else tuple(brush)
    asked = Commission(target, brushes, strokes, seed, options or PaintOptions(), controller, backdrop)
    clock, deadline = Clock(), Deadline(asked.options.seconds)
    with Dreams([each.dream_folder() for each in brushes]) as dreams:
        with clock.stage("look"):
            known = study(asked, dreams)
        easel, planner = known.easel(), known.planner(deadline)
        begun = None if unfinished is None else read_state(unfinished, known)
        state, interrupted = begun or planner.state(), False
        try:
            for state in states(known, planner, easel, clock, begun):
                if progress and state.progress:
                    progress(replace(state.progress, picture=partial(_picture, known, easel, state)))
                if autosave and autosave.due:
                    with clock.stage("keep"):
                        autosave.save(partial(_unfinished, known, state))
        except KeyboardInterrupt:
            interrupted = True
        with held_back() as pressed, clock.stage("look"):
            painting = finish_early(known, state) if interrupted else finish(known, easel, state)
    painting.seconds = clock.seconds
    painting.interrupted = interrupted or bool(pressed)
    painting.unfinished = write_state(state) if painting.interrupted else None
    return painting


def _unfinished(known: Study, state: State) -> Painting:
    """A painting from which one can go on."""
    painting = finish_early(known, state)
    painting.unfinished = write_state(state)
    return painting


def _seen(easel: Easel, clock: Clock) -> Float32:
    """The real canvas, (height * width, 3)."""
    with clock.stage("look"):
        return easel.seen((0, 0, easel.width, easel.height)).reshape(-1, 3)


def _picture(known: Study, easel: Easel, state: State) -> Float32:
    """What it looks like now, (h, w, 3): the real canvas, and before there is one, that of the dream."""
    if state.layers:
        return easel.seen((0, 0, easel.width, easel.height))
    return state.belief.canvas.reshape(known.coarse.height, known.coarse.width, 3)


def _layers_of(stages: Sequence[Stage]) -> Int64:
    """The layer of each stroke of stages that are laid, one layer a stage."""
    return np.repeat(np.arange(len(stages)), [stage.strokes for stage in stages])

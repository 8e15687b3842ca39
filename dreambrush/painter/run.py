"""Runs a painting from the first look to the last stroke, while others watch its states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from dreambrush.arrays import Float32
from dreambrush.interrupts import held_back, stop_if_asked
from dreambrush.models.catalogue import BrushFile
from dreambrush.painter.finish import finish, finish_early
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.paint import states
from dreambrush.painter.painting import Painting, Progress
from dreambrush.painter.plan.state import State
from dreambrush.painter.propose.ridge_proposer import Controller
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.relief.layer import with_relief
from dreambrush.painter.save.autosave import Autosave
from dreambrush.painter.save.checkpoint import read_state, write_state
from dreambrush.painter.see.backdrop import Backdrop
from dreambrush.painter.see.target import check_target
from dreambrush.painter.studio import Studio, open_studio
from dreambrush.painter.study import Commission


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
    with Dreams([each.dream_folder() for each in brushes]) as dreams:
        studio = open_studio(asked, dreams)
        clock = studio.clock
        begun = None if unfinished is None else read_state(unfinished, studio)
        state, interrupted = begun or studio.planner.state(), False
        try:
            for state in states(studio, begun):
                stop_if_asked()
                if progress and state.progress:
                    progress(replace(state.progress, picture=partial(_picture, studio, state)))
                if autosave and autosave.due:
                    with clock.time("keep"):
                        autosave.save(partial(_unfinished, studio, state))
        except KeyboardInterrupt:
            interrupted = True
        with held_back() as pressed, clock.time("look"):
            painting = finish_early(studio, state) if interrupted else finish(studio, state)
    relief = asked.options.relief
    if relief and not (interrupted or pressed):  # an unfinished painting gets its relief when it is finished
        with held_back() as pressed, clock.time("relief"):
            painting = with_relief(painting, brushes, seed, relief, studio.whole.target.picture)
    painting.seconds = clock.seconds
    painting.interrupted = interrupted or bool(pressed)
    painting.unfinished = write_state(state) if painting.interrupted else None
    return painting


def _unfinished(studio: Studio, state: State) -> Painting:
    """The unfinished painting, from which painting can go on."""
    painting = finish_early(studio, state)
    painting.unfinished = write_state(state)
    return painting


def _picture(studio: Studio, state: State) -> Float32:
    """The picture so far, (h, w, 3): the real canvas, or the dreamt one while nothing is laid."""
    if state.layers:
        return studio.picture()
    coarse = studio.known.coarse
    return state.belief.canvas.reshape(coarse.height, coarse.width, 3)

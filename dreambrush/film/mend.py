"""Mends a drawing that motion has carried to the next frame: only where it no longer serves.

What still serves stays as it is, so that little flickers.  Elsewhere strokes that hardly show make room, and new ones
are laid over what is wrong.  The real canvas tells what is wrong, as the camera sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dreambrush.arrays import Float32, Float64, Pixels
from dreambrush.dream.pigment import Pigment
from dreambrush.film.camera import as_frame
from dreambrush.film.drawing import Drawing
from dreambrush.film.flow import need_cv2, smoothed
from dreambrush.models.catalogue import BrushFile
from dreambrush.painter.lay.layer_canvas import canvas_eotf
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.plan.deadline import Deadline
from dreambrush.painter.plan.stages import Stage
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.see.backdrop import Backdrop
from dreambrush.painter.sketch import Sketch
from dreambrush.painter.study import Commission, study

NEAR = 4.0  # pixels: blur within which errors are compared
WORSE, FLOOR = 1.4, 0.0003  # a place is wrong from so many times its usual error on, and so much more; noise adds to it
GROWN = 3  # pixels: by which a wrong place is widened
SOFT = 2.0  # pixels: blur of its border
DENSE = 6.0  # times as many strokes as elsewhere are laid in wrong places
FEWEST = 3  # strokes: for fewer nothing is mended yet
AT_ONCE = 0.4  # of all strokes, at most, are laid anew in one drawing
HARM = 0.01  # mean squared error that all strokes would do if each did so much that it harms
LIVELY = 0.1  # part of the clip's own unrest: so much more is accepted where it is lively
UNSEEN = 5e-6  # mean squared change of the picture that is accepted when strokes make room
HIDDEN = 1e-6  # the same where no room is needed: laying them would only take time
CELL = 2  # pixels: of the dream that tells how much a stroke shows
AS_IT_IS: dict[str, Any] = {
    **{"edges": 0.0, "simplify": 0.0, "temperature": 0.0, "relief": 0.0, "bare": 0.0, "grey": False, "depth": 1.0},
    **{"shapes": None, "rims": 0.0, "manner": None, "stages": (), "seconds": None, "until": 0.0},
}
"""Options of a picture that is already as the painter sees it."""
STEPS = 120  # of refining them together
HASTE = 1  # effort: new strokes are few, and thought of one drawing at a time


@dataclass(frozen=True)
class Wrong:
    """Where a drawing no longer serves.

    Attributes:
        places: (h, w) float32, 0..1.
        strokes: how many new ones they need.
    """

    places: Float32
    strokes: int


def errors_near(picture: Float32, frame: Float32) -> Float32:
    """The mean squared error (h, w) of a picture (h, w, 3) against a frame (h, w, 3) about each place."""
    return smoothed(np.asarray(np.square(picture - frame).mean(2), np.float32), NEAR)


def wrong_in(drawing: Drawing, error: Float32, strokes: int, open_: Float32 | None) -> Wrong:
    """Where a drawing is worse than it usually is.

    Args:
        drawing: a drawing that was carried.
        error: (h, w) of what the camera sees, as :func:`errors_near` has it.
        strokes: that the drawing is to have.
        open_: (h, w) 0..1 where strokes may be laid; None for everywhere.
    """
    cv2 = need_cv2()
    bad = (error > WORSE * drawing.usual + FLOOR + drawing.unrest).astype(np.float32)
    if open_ is not None:
        bad *= (open_ > 0.5).astype(np.float32)
    share = float(bad.mean())
    wide = cv2.dilate(bad, np.ones((GROWN, GROWN), np.uint8))
    places = np.clip(smoothed(np.asarray(wide, np.float32), SOFT), 0, 1)
    if open_ is not None:
        places *= open_
    needed = min(round(DENSE * share * strokes), round(AT_ONCE * strokes))
    return Wrong(places, needed if needed >= FEWEST else 0)


def made_room(
    drawing: Drawing, strokes: int, more: int, dreams: Dreams, frame: Float32, options: PaintOptions
) -> Drawing:
    """The drawing without strokes that harm, and without some that hardly show, where new ones need room.

    A stroke harms if the picture is closer to the frame without it: what it showed is gone, or it was carried astray.

    Args:
        drawing: a drawing.
        strokes: that it may have.
        more: how many others it gets, in any case, besides those that it lacks.
        dreams: of its brushes.
        frame: (h, w, 3) float32: what it shows.
        options: of the painting.
    """
    if not len(drawing):
        return drawing
    use, change = worth(drawing, dreams, frame, options)
    stays = use > -HARM / strokes
    order = np.argsort(np.where(stays, change, np.inf), kind="stable")
    excess = max(int(stays.sum()) + more + drawing.lacks - strokes, 0)
    most = np.where(np.arange(len(order)) < excess, max(UNSEEN, LIVELY * drawing.unrest), HIDDEN)
    stays[order[np.cumsum(change[order]) < most]] = False
    return drawing.only(stays)


def worth(drawing: Drawing, dreams: Dreams, frame: Float32, options: PaintOptions) -> tuple[Float64, Float64]:
    """By how much the mean squared error would grow, and the picture change, without each stroke: two of (k,).

    Both are what the dream expects.
    """
    pigment = Pigment(canvas_eotf(True, options.eotf)) if options.pigment else None
    scene = Scene(frame, dreams, lambda strokes: strokes, CELL, pigment=pigment)
    ground = np.broadcast_to((drawing.ground / np.float32(255)).astype(np.float32), (scene.height * scene.width, 3))
    view = scene.view(drawing.sketch, ground, rough=True)
    cells = len(view.target)
    itself = replace(view, target=np.asarray(view.canvas, np.float32), weight=np.ones(cells, np.float32))
    use, change = (np.asarray(each.contributions().cost, np.float64) / (3 * cells) for each in (view, itself))
    return use, change


def new_strokes(
    wanted: Float32,
    canvas: Float32,
    wrong: Wrong,
    count: int,
    brushes: Sequence[BrushFile],
    dreams: Dreams,
    options: PaintOptions,
    seed: int,
    stage: Stage | None = None,
) -> Sketch:
    """Strokes for what is wrong, over the real canvas.

    Args:
        wanted: (h, w, 3) float32, sRGB 0..1: what is painted.
        canvas: (h, w, 3) float32: what the camera sees.
        wrong: where strokes may go.
        count: how many, at most.
        brushes: to lay them with.
        dreams: of these brushes.
        options: of the painting.
        seed: of all choices.
        stage: in which they are laid; None if the painting has no stages.
    """
    target = np.asarray(canvas + wrong.places[..., None] * (wanted - canvas), np.float32)
    # The picture is seen already as the painter sees it.
    plain = replace(options, effort=min(options.effort, HASTE), **AS_IT_IS)
    below: Pixels = as_frame(canvas)
    work = Backdrop(below, None, None, options.pigment, options.eotf)
    asked = Commission(np.clip(target, 0, 1), tuple(brushes), count, seed, plain, backdrop=work, stage=stage)
    known = study(asked, dreams)
    planner = known.planner(Deadline(None))
    planner.effort = replace(planner.effort, last_steps=STEPS)
    for _ in planner.plan(known.asked.strokes):
        pass
    return planner.sketch

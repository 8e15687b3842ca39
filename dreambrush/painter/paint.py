"""Paints: plan in the dream, lay for real, look at the real canvas, mend the plan, lay on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dreambrush.models.catalogue import BrushFile
from dreambrush.painter.dreams import Dreams
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting, Progress
from dreambrush.painter.propose.ridge_proposer import Controller
from dreambrush.painter.save.checkpoint import Unfinished
from dreambrush.painter.session import Keeper, Session
from dreambrush.painter.target.backdrop import Backdrop

__all__ = ["PaintOptions", "paint"]

Float32 = NDArray[np.float32]

EXCESS = 1e-3  # beyond 0..1 that a target may have, from rounding


def paint(
    target: Float32,
    brush: BrushFile | Sequence[BrushFile],
    strokes: int,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    options: PaintOptions | None = None,
    controller: Controller | None = None,
    work: Backdrop | None = None,
    keeper: Keeper | None = None,
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
        work: somebody's, of the target's size, onto which to paint; what is painted as pigment must be so here.
        keeper: saves the painting from time to time.
        unfinished: what a painting has of that name, which was not finished, of the same target, brushes, strokes,
            seed, options, controller and work: this one becomes the same as if that had never stopped (unless it is
            short of time).

    Returns:
        The painting; after Ctrl-C, as far as it got.

    Raises:
        ModelError: a brush has no dream, or one that has no gradient.
        StrokesError: what is unfinished is broken, or of another painting.
        ValueError: the target has another shape or type, or numbers out of range.
    """
    _check(target)
    brushes = [brush] if isinstance(brush, BrushFile) else list(brush)
    with Dreams([each.dream_folder() for each in brushes]) as dreams:
        session = Session(
            target, brushes, dreams, strokes, seed, progress, options or PaintOptions(), controller, work, keeper
        )
        if unfinished is not None:
            session.go_on_from(Unfinished.from_bytes(unfinished))
        return session.paint()


def _check(target: Float32) -> None:
    if target.ndim != 3 or target.shape[2] not in (3, 4) or 0 in target.shape:
        raise ValueError(f"Expected a target of shape (h, w, 3) or (h, w, 4) but it had shape {target.shape}")
    if target.dtype.kind != "f":
        raise ValueError(f"Expected a target of float32 in 0..1 but it had dtype {target.dtype}")
    if not (target.min() >= -EXCESS and target.max() <= 1 + EXCESS):  # true for NaN, too
        raise ValueError(f"Expected a target within 0..1 but it had {target.min()} to {target.max()}")

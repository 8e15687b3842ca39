"""A moment of a film that is painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dreambrush.arrays import Pixels
from dreambrush.film.drawing import Drawing
from dreambrush.film.hers import Hers
from dreambrush.film.keys import KeyDrawing
from dreambrush.film.sheet import Sheet


@dataclass(frozen=True, eq=False)
class Moment:
    """A moment of the film: a drawing that is finished, and all that the next one needs.

    Attributes:
        frame: number of the frame that it shows first.
        shot: number of the shot, from 0.
        since: frames since the shot began.
        drawing: its strokes.
        hers: what the artist has changed in an earlier drawing; None if there is nothing.
        picture: (h, w, 3) uint8, as the camera sees it; None when it was read from a file, for it is filmed already.
        mse: mean squared error of the picture against its frame.
        again: lays it again, so that MyPaint knows its strokes, for a file; None as the picture.
    """

    frame: int
    shot: int
    since: int
    drawing: Drawing
    hers: Hers | None = None
    picture: Pixels | None = None
    mse: float = 0.0
    again: Callable[[], tuple[Drawing, Sheet]] | None = None

    def as_key(self) -> KeyDrawing:
        """The drawing for a file.

        Raises:
            ValueError: it was read from a file.
        """
        if self.again is None:
            raise ValueError("Expected a drawing that was just laid but it was read from a file")
        drawing, sheet = self.again()
        return KeyDrawing(self.frame, drawing, sheet, self.hers, self.mse)

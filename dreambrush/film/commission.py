"""What is asked of a painter of films."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dreambrush.arrays import Float32
from dreambrush.film.hers import Key
from dreambrush.models.catalogue import BrushFile
from dreambrush.painter.options import PaintOptions

MORE = 1.3  # times as many strokes as the first drawing may those after it have, where much has changed


@dataclass(frozen=True, eq=False)
class FilmCommission:
    """What is asked of a painter of films.

    Attributes:
        brushes: that it is painted with.
        strokes: of the first drawing of a shot.
        seed: of all choices.
        options: makes the options for the first drawing (h, w, 3) float32 of a shot.
        on: for how many frames a drawing is held.
        boil: how far strokes wiggle from drawing to drawing, 0..1.
        key: a drawing that the artist has changed; None if there is none.
    """

    brushes: tuple[BrushFile, ...]
    strokes: int
    seed: int
    options: Callable[[Float32], PaintOptions]
    on: int = 1
    boil: float = 0.0
    key: Key | None = None

    @property
    def most(self) -> int:
        """Strokes that a drawing may have."""
        return round(MORE * self.strokes)

"""The parts that a drawing is mended in: one, or one for each stage of its style, as washes before lines."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dreambrush.film.commission import MORE
from dreambrush.film.mend import DENSE
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.plan.stages import BY_ERROR, EVEN, LIGHTER, Stage, strokes_of_each
from dreambrush.painter.propose.even_grower import DOT


@dataclass(frozen=True, eq=False)
class Part:
    """A part of what is new in a drawing.

    Attributes:
        brushes: numbers of those that it is laid with.
        options: of its strokes.
        stage: of the style; None if it has no stages.
        sparse: whether its strokes leave the ground open between them, as dots do.
    """

    brushes: tuple[int, ...]
    options: PaintOptions
    stage: Stage | None = None
    sparse: bool = False

    @property
    def free(self) -> bool:
        """Whether its strokes may have any colour."""
        options = self.options
        return options.palette is None and options.colour is None and not options.grey

    def layer(self, names: tuple[str, ...]) -> int:
        """The number of its layer among those of a drawing, bottom first; the top one where it has none of its own."""
        return names.index(self.stage.name) if self.stage is not None and self.stage.name in names else len(names) - 1


def parts_of(options: PaintOptions, brushes: int) -> tuple[Part, ...]:
    """The parts in which drawings are mended, in the order in which they are laid.

    Stages that lift paint from the layer of the one before are left out, for there is none yet where strokes are new.
    Strokes go where something is wrong, also in stages that lie evenly over a picture.

    Args:
        options: of the first drawing.
        brushes: how many the painting has.
    """
    every = tuple(range(brushes))
    parts = []
    for stage in options.stages:
        if not (stage.same_layer and stage.tones == LIGHTER):
            own = options.of_stage(stage)
            dots = stage.spread == EVEN and own.longest is not None and own.longest <= DOT
            parts.append(Part(stage.brushes or every, own, replace(stage, spread=BY_ERROR), dots))
    return tuple(parts) or (Part(every, replace(options, stages=())),)


def shared(parts: tuple[Part, ...], strokes: int) -> list[int]:
    """How many of so many strokes, which lie more densely than others, each of the parts gets."""
    each = strokes_of_each(strokes, [1.0 if part.stage is None else part.stage.share for part in parts])
    return [round(count / (DENSE * MORE)) if part.sparse else count for part, count in zip(parts, each, strict=True)]

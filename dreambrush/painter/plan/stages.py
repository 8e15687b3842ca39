"""Stages: a painter lays flat washes first, hatches along the form then, draws lines last, and lifts lights at the end.

Each stage is planned on the real canvas that the stages before have left.  It has brushes, a hand and limits of its
own, and a layer of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

from dreambrush.painter.see.zones import EVERYWHERE, Zone
from dreambrush.pictures.palette import Palette

Tones = Literal["both", "darker", "lighter"]
BOTH, DARKER, LIGHTER = TONES = get_args(Tones)
Spread = Literal["error", "even"]
BY_ERROR, EVEN = SPREADS = get_args(Spread)

# What a stage may change of the options of its painting.
OVERRIDES = (
    *("hand", "narrowest", "widest", "longest", "lightest", "jitter", "edges", "simplify", "temperature"),
    *("palette", "bare", "depth", "grey", "shapes", "rims"),
)


@dataclass(frozen=True)
class Stage:
    """A stage of a painting.  What is None is as in the whole painting.

    Attributes:
        name: name of its layer.
        brushes: numbers of its brushes among those of the painting; all if there are none.
        share: how many of the strokes are its own, against the shares of the other stages.
        where: zone in which it paints; elsewhere the canvas stays about as it is.
        tones: "darker" if it only darkens, as transparent paint does; "lighter" if it only lightens.
        spread: "error" if strokes go where they gain most, "even" if they lie side by side all over the zone.
        same_layer: whether it paints on the layer of the stage before, as an eraser must.
        focused: whether the focus of the painting is painted finer in this stage, too.
        hand: as of :class:`~dreambrush.painter.options.PaintOptions`, as are all others.
        narrowest: width in pixels.
        widest: width in pixels.
        longest: length in widths.
        lightest: pressure.
        jitter: of colours.
        edges: how much they are lost.
        simplify: how far small things are gathered into strokes.
        temperature: of lights and shadows.
        palette: colours.
        bare: share of the picture that stays ground.
        depth: how far from the ground tones and colours go.
        grey: whether only values count.
        shapes: width in pixels of the smallest flat shapes.
        rims: how much darker these are along their outlines.
    """

    name: str
    brushes: tuple[int, ...] = ()
    share: float = 1.0
    where: Zone = EVERYWHERE
    tones: Tones = BOTH
    spread: Spread = BY_ERROR
    same_layer: bool = False
    focused: bool = True
    hand: float | None = None
    narrowest: float | None = None
    widest: float | None = None
    longest: float | None = None
    lightest: float | None = None
    jitter: float | None = None
    edges: float | None = None
    simplify: float | None = None
    temperature: float | None = None
    palette: Palette | None = None
    bare: float | None = None
    depth: float | None = None
    grey: bool | None = None
    shapes: float | None = None
    rims: float | None = None

    @property
    def overrides(self) -> dict[str, Any]:
        """The options that it changes, by name."""
        own = {name: getattr(self, name) for name in OVERRIDES if getattr(self, name) is not None}
        return own if self.focused else {**own, "focus": None}


def strokes_of_each(strokes: int, shares: Sequence[float]) -> list[int]:
    """How many of so many strokes each stage gets, by their shares; they add up."""
    total, done = sum(shares), 0.0
    ends = [0]
    for share in shares:
        done += share
        ends.append(round(strokes * done / total))
    return [after - before for before, after in pairwise(ends)]

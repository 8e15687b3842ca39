"""What painting gives: the painting, its layers and what it cost; and how far it is meanwhile."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from dreambrush.arrays import Float32, Pixels
from dreambrush.mypaint.layer import Layer
from dreambrush.painter.options import RIDGE, ControllerKind
from dreambrush.painter.see.ground import GroundReason
from dreambrush.relief import Relief
from dreambrush.strokes import Strokes

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """Where a painting stands.

    Attributes:
        stage: "Plan", "Refine", or the name of the layer that is laid.
        done: how far that is.
        total: how much there is to do.
        mse: expected mean squared error of the painting as it is.
        picture: gives what it looks like now, (h, w, 3) float32, sRGB 0..1, perhaps in fewer cells than it has pixels;
            to be asked at once or not at all.
    """

    stage: str
    done: int
    total: int
    mse: float
    picture: Callable[[], Float32] | None = None


@dataclass(frozen=True)
class LaidLayer:
    """One layer of a painting, once it is laid.

    Attributes:
        name: name of its layer.
        strokes: how many were laid in it.
        dreamed_mse: mean squared error that the dream expected, knowing the real canvas before the layer.
        mse: what it really was.
    """

    name: str
    strokes: int
    dreamed_mse: float
    mse: float


@dataclass
class Painting:
    """A finished painting, or one that was interrupted: it is whole either way.

    Attributes:
        strokes: the strokes, in the order in which they were laid.
        layers: bottom first.  A picture with transparency has one more below the painted ones: the ground in its
            shape.  One with a relief has that on top.
        grain: whether the ground is paper, with a grain (see pictures/paper.py).
        ground_reason: why the ground has its colour; None on somebody's work.
        controller: what proposed its strokes.
        flattened: whether the layers are baked, so that no program has to blend them.
        background: (3,) uint8 colour of the ground; (h, w, 3) uint8 what was seen of the work that it is painted onto.
        alpha: (h, w) uint8 how opaque the picture is, and on somebody's work where paint may be; None for all opaque.
        merged: (h, w, 3) uint8, as MyPaint shows it, on the ground.
        mse: mean squared error of the merged picture without its relief, colours 0..1, as far as it is opaque.
        values_mse: the same of lights and darks alone, in any contrast, if that is all that was painted of the picture,
            as in a drawing; None of a painting in colours.
        dreamed_mse: what the dream expects of the same strokes on the bare ground, without having seen any paint.
        laid_layers: what was dreamt and what became real, layer by layer.
        seconds: wall and CPU seconds of each kind of work.
        interrupted: whether Ctrl-C ended it early.
        pigment: whether it was painted as pigment, in linear light (eotf 2.2).
        eotf: eotf of that light, if it is another one.
        relief: what its relief was made with; None if it has none.
        anew: whether the brushes' random numbers began again with every stroke, as in a film.
        unfinished: from which it can go on to what it would have become; None if it is finished.
    """

    strokes: Strokes
    layers: list[Layer]
    background: Pixels
    alpha: Pixels | None
    merged: Pixels
    mse: float
    dreamed_mse: float
    laid_layers: list[LaidLayer]
    seconds: dict[str, dict[str, float]]
    interrupted: bool = False
    pigment: bool = False
    unfinished: bytes | None = None
    grain: bool = False
    ground_reason: GroundReason | None = None
    controller: ControllerKind = RIDGE
    flattened: bool = False
    eotf: float | None = None
    relief: Relief | None = None
    values_mse: float | None = None
    anew: bool = False

    @property
    def onto_work(self) -> bool:
        """Whether it was painted onto somebody's work, so that its background is a picture."""
        return self.background.ndim == 3

    @property
    def transparent(self) -> bool:
        """Whether the painting is transparent somewhere."""
        return self.alpha is not None and not self.onto_work


@dataclass
class Clock:
    """Wall and CPU seconds by kind of work."""

    seconds: dict[str, dict[str, float]] = field(default_factory=dict)

    @contextlib.contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Counts the time within the block towards a kind of work."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            spent = self.seconds.setdefault(name, {"wall": 0.0, "cpu": 0.0})
            spent["wall"] += time.perf_counter() - wall
            spent["cpu"] += time.process_time() - cpu

    def each(self, name: str, steps: Iterator[T]) -> Iterator[T]:
        """Passes on what an iterator gives; the time within the iterator counts towards a kind of work."""
        while True:
            with self.time(name):
                try:
                    step = next(steps)
                except StopIteration:
                    return
            yield step

"""A drawing of a film: what lives on from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dreambrush.arrays import Float32, Int64, Mask, Pixels
from dreambrush.bezier import PATH, RADIUS
from dreambrush.painter.sketch import Sketch


@dataclass(frozen=True, eq=False)
class Drawing:
    """The strokes of one drawing, and what the next one has to know.

    Attributes:
        sketch: (k strokes) in pixels of a frame, in the order in which they are laid.
        layer: (k,) number of each stroke's layer; never falls.
        number: (k,) which stroke it is: it keeps its number from drawing to drawing.
        layers: names of the layers, bottom first.
        ground: (3,) uint8 colour under the first stroke.
        usual: (h, w) float32 the error that the painting usually has at each place, as when it was painted there.
        focus: (h, w) float32, 0..1: where to paint more finely; None for everywhere alike.
        next_number: of the next new stroke.
        born: number of the first stroke that is new in this drawing.
        lacks: how many new strokes its last drawing would have needed, so that the next one makes room for as many.
        unrest: mean squared change of the clip since the frame before that is no motion, as of noise and of what
            appears; what a drawing changes by less is not seen in it.
    """

    sketch: Sketch
    layer: Int64
    number: Int64
    layers: tuple[str, ...]
    ground: Pixels
    usual: Float32
    focus: Float32 | None
    next_number: int
    born: int
    lacks: int = 0
    unrest: float = 0.0

    def __len__(self) -> int:
        return len(self.sketch)

    def only(self, which: Mask | Int64) -> Drawing:
        """The same with some of the strokes."""
        return replace(self, sketch=self.sketch[which], layer=self.layer[which], number=self.number[which])

    @property
    def old(self) -> Drawing:
        """The same without the strokes that are new in it."""
        return self.only(self.number < self.born)

    @property
    def fresh(self) -> Drawing:
        """The same with none but the strokes that are new in it."""
        return self.only(self.number >= self.born)

    def over(self, below: Drawing) -> Drawing:
        """The same with the strokes of another drawing, too, on each layer below its own."""
        layer = np.concatenate([below.layer, self.layer])
        order = np.argsort(layer, kind="stable")
        number = np.concatenate([below.number, self.number])[order]
        return replace(self, sketch=below.sketch.then(self.sketch)[order], layer=layer[order], number=number)

    def with_more(self, sketch: Sketch, layer: int) -> Drawing:
        """The same with new strokes on top of one of its layers."""
        end = self.next_number + len(sketch)
        layers, number = np.full(len(sketch), layer, np.int64), np.arange(self.next_number, end, dtype=np.int64)
        return replace(self, sketch=sketch, layer=layers, number=number, next_number=end).over(self)


def enlarged(sketch: Sketch, scale: float) -> Sketch:
    """The same strokes on a canvas that is so many times as large."""
    strokes = sketch.strokes.copy()
    strokes[:, PATH] *= np.float32(scale)
    strokes[:, RADIUS] *= np.float32(scale)
    return replace(sketch, strokes=strokes)

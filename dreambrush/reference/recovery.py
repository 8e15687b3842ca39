"""The strokes of a picture that a person painted in MyPaint, as far as its stroke maps tell them.

A stroke map holds of each stroke the brush, with its colour and size, and which pixels it changed.  The path is the
centre line of these pixels, and the width along it tells the pressure.  What cannot be known:

- which way the hand went: directions count modulo half a turn;
- the pressure of a brush whose marks are as wide at any pressure: it is that of a mouse, 0.5;
- strokes that have been undone, scraped off, or merged down: MyPaint forgets them;
- in which order strokes of different layers were painted: here a layer comes before those above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from dreambrush.arrays import Float32, Int32, Mask
from dreambrush.errors import OpenrasterError
from dreambrush.mypaint.engine.brush import SMALLEST_RADIUS
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.mypaint.ora.document import Document, Group, PaintLayer, read_document
from dreambrush.mypaint.strokemap import RecordedStroke, decode
from dreambrush.painter.measure.stroke_metrics import LIGHT_WIDTH
from dreambrush.reference.marks import ROUND, Marks, contrast_class, measure_marks, octave
from dreambrush.reference.recorded_brushes import BrushBox, RecordedBrush
from dreambrush.reference.shapes import shape_of
from dreambrush.reference.tracing import Piece, trace
from dreambrush.reference.trial import Bias, corrected, tried
from dreambrush.reference.underpaint import Underpaint
from dreambrush.strokes import Strokes

MOST_STROKES = 4_000  # that are looked at; of more, every second, third, ...
MOST_MARKS = 200  # brushes and sizes that are measured; others are taken for round ones
NEAR = 1e5  # pixels: farther from the corner no path is believed
LEAST_HALF = 0.75  # pixels


@dataclass(frozen=True, eq=False)
class Recovered:
    """Strokes that were recovered.

    Attributes:
        strokes: (n) curves, in painting order; a stroke that bends much is several.  Brushes have the names by which
            MyPaint knows them ("classic/charcoal"), layers their own, bottom first.
        number: (n,) int32 the number of the MyPaint stroke that each is part of, counted from 0 through all layers,
            bottom first; it never falls.  MyPaint takes touches that follow each other within a second for one stroke.
        line: (n,) int32 the number of the unbroken line that each is part of; it never falls.  The pieces of a line
            follow each other, each from where the one before ends.
        width: (n,) float32 width in pixels of the mark that each has left.
        told: (n,) bool, whether the pressure was told by the width; where not, it is 0.5.
        settings: of each brush, its settings as the first stroke used them; None if they cannot be read.
        recorded: how many strokes were recovered: all that have laid paint on the picture, but of more than 4,000 only
            every second, third, and so on.
    """

    strokes: Strokes
    number: Int32
    line: Int32
    width: Float32
    told: Mask
    settings: tuple[BrushSettings | None, ...]
    recorded: int

    def as_seen(self) -> Strokes:
        """The strokes with radii that one of our brushes would need to leave marks as wide.

        The radius of a brush is only its basic one: at the pressure of a mouse a round brush of MyPaint's may be half
        as wide as that says, or three times.  Ours are about as wide as it says at full pressure.
        """
        pressed = LIGHT_WIDTH + (1 - LIGHT_WIDTH) * self.strokes.pressure.mean(1)
        return replace(self.strokes, radius=np.maximum(self.width / 2 / pressed, SMALLEST_RADIUS))


def recovered_strokes(source: Document | Path | str) -> Recovered:
    """The strokes of an .ora that was painted in MyPaint, by a person or by us.

    Layers that are hidden do not count, nor do strokes of erasers.

    Args:
        source: an open document, or its path.

    Raises:
        OpenrasterError: the file cannot be read, a stroke map is damaged, or no visible layer has a stroke.
    """
    if isinstance(source, Document):
        return _Recovery(source).recovered()
    with read_document(source) as document:
        return _Recovery(document).recovered()


_Kind = tuple[str, float, float | None]
"""What tells marks apart: a brush, the octave of its size, and the contrast to what it is painted on."""


class _Recovery:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._size = document.width, document.height
        self._box = BrushBox()
        self._marks: dict[_Kind, Marks] = {}

    def recovered(self) -> Recovered:
        layers = list(_visible_layers(self._document.root))
        maps = [_strokes_of(layer) for layer in layers]
        every = max(-(-sum(map(len, maps)) // MOST_STROKES), 1)
        found: list[_Traced] = []
        seen = 0
        for index, (layer, strokes) in enumerate(zip(layers, maps, strict=True)):
            below = Underpaint(*self._size)
            for stroke in strokes:
                seen += 1
                if (seen - 1) % every == 0:
                    found += self._traced(stroke, layer, index, below)
        if not found:
            raise OpenrasterError(
                f"'{self._document.archive.path}' holds no strokes that MyPaint has recorded on a visible layer.",
                "Choose a file that was painted and saved in MyPaint, or a picture.",
                id="reference-without-strokes",
            )
        return self._gathered(self._mended(found), [layer.name for layer in layers])

    def _traced(self, stroke: RecordedStroke, layer: PaintLayer, index: int, below: Underpaint) -> list[_Traced]:
        """A stroke; none if it laid no paint on the picture."""
        brush = self._box.brush(stroke)
        if brush.erases:
            return []
        shape = shape_of(stroke.packed_masks, layer.x, layer.y, self._size)
        if shape is None:
            return []
        contrast = below.contrast(shape, brush.colour)
        below.paint(shape, brush.colour)
        usual = max(self._marks_of(self._kind(brush, None)).usual * brush.radius, LEAST_HALF)
        kind = self._kind(brush, contrast)
        return [_Traced(tuple(trace(shape, self._marks_of(kind), brush.radius, usual)), brush, index, kind, usual)]

    def _mended(self, found: list[_Traced]) -> list[_Traced]:
        """The strokes without what recovery makes amiss with strokes of their kind."""
        of_kind: dict[_Kind, list[_Traced]] = {}
        for each in found:
            of_kind.setdefault(each.kind, []).append(each)
        biases: dict[_Kind, Bias] = {}
        for kind, some in of_kind.items():
            settings, marks = some[0].brush.settings, self._marks.get(kind, ROUND)
            if settings is not None and marks is not ROUND:
                strokes = [(each.pieces, each.brush.radius, each.usual) for each in some]
                biases[kind] = tried(settings, kind[2], marks, strokes)
        return [
            replace(each, pieces=tuple(corrected(each.pieces, biases.get(each.kind, Bias()), each.brush.radius)))
            for each in found
        ]

    def _kind(self, brush: RecordedBrush, contrast: float | None) -> _Kind:
        return brush.kind, octave(brush.radius), None if contrast is None else contrast_class(contrast)

    def _marks_of(self, kind: _Kind) -> Marks:
        """The marks of a brush on paint to which it has a contrast, or on a bare layer."""
        known = self._marks.get(kind)
        if known is None:
            settings = self._box.settings[kind[0]]
            if settings is None or len(self._marks) >= MOST_MARKS:
                return ROUND
            known = self._marks[kind] = measure_marks(settings, *kind[1:])
        return known

    def _gathered(self, found: Sequence[_Traced], layers: list[str]) -> Recovered:
        first = list({each.brush.kind: each.brush for each in reversed(found)}.values())[::-1]
        number = {brush.kind: index for index, brush in enumerate(first)}
        rows = [(piece, each, index) for index, each in enumerate(found) for piece in each.pieces]
        strokes = Strokes(
            path=np.clip([piece.path for piece, *_ in rows], -NEAR, NEAR).astype(np.float32),
            pressure=np.array([piece.pressure for piece, *_ in rows], np.float32),
            radius=np.array([each.brush.radius for _, each, _ in rows], np.float32),
            colour=np.array([each.brush.colour for _, each, _ in rows], np.float32),
            brush=np.array([number[each.brush.kind] for _, each, _ in rows], np.int32),
            layer=np.array([each.layer for _, each, _ in rows], np.int32),
            size=self._size,
            brushes=tuple(brush.name for brush in first),
            layers=tuple(layers),
        )
        return Recovered(
            strokes,
            number=np.array([index for *_, index in rows], np.int32),
            line=_counted([(index, piece.line) for piece, _, index in rows]),
            width=np.array([piece.width for piece, *_ in rows], np.float32),
            told=np.array([self._marks_of(each.kind).told for _, each, _ in rows], bool),
            settings=tuple(brush.settings for brush in first),
            recorded=len(found),
        )


@dataclass(frozen=True, eq=False)
class _Traced:
    """A stroke of a stroke map.

    Attributes:
        pieces: its pieces.
        brush: its brush.
        layer: number of its layer.
        kind: what marks of its brush it was recovered with.
        usual: half-width in pixels that is usual for the brush.
    """

    pieces: tuple[Piece, ...]
    brush: RecordedBrush
    layer: int
    kind: _Kind
    usual: float


def _counted(keys: Sequence[tuple[int, int]]) -> Int32:
    """Numbers (n,) from 0 that rise where a key is another than the one before."""
    return np.cumsum([0, *(a != b for a, b in pairwise(keys))], dtype=np.int32)


def _visible_layers(group: Group) -> Iterator[PaintLayer]:
    """The layers of a group that can be seen, the lowest first."""
    for node in reversed(group.children):
        if node.visible and node.opacity > 0:
            if isinstance(node, Group):
                yield from _visible_layers(node)
            else:
                yield node


def _strokes_of(layer: PaintLayer) -> list[RecordedStroke]:
    data = layer.strokemap_bytes()
    return [] if data is None else decode(data)

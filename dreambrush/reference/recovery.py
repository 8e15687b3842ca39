"""The strokes of a picture that a person painted in MyPaint, as far as its stroke maps tell them.

A stroke map holds of each stroke the brush, with its colour and size, and which pixels it changed.  The path is the
centre line of these pixels, and the width along it tells the pressure.  What cannot be known:

- which way the hand went: directions count modulo half a turn;
- the pressure of a brush whose marks are as wide at any pressure: it is that of a mouse, 0.5;
- strokes that have been undone, scraped off, or merged down: MyPaint forgets them;
- in which order strokes of different layers were painted: here a layer comes before those above it.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from dreambrush.arrays import Float32, Int32, Mask
from dreambrush.errors import BrushError, OpenrasterError
from dreambrush.mypaint.engine.brush import LARGEST_RADIUS, SMALLEST_RADIUS
from dreambrush.mypaint.engine.myb import BrushSettings, parse_myb
from dreambrush.mypaint.ora.document import Document, Group, PaintLayer, read_document
from dreambrush.mypaint.strokemap import RecordedStroke, decode
from dreambrush.reference.marks import ROUND, Marks, contrast_class, measure_marks, octave
from dreambrush.reference.shapes import shape_of
from dreambrush.reference.tracing import Piece, trace
from dreambrush.reference.underpaint import Underpaint
from dreambrush.strokes import Strokes

MOST_STROKES = 20_000  # that are looked at; of more, every second, third, ...
MOST_MARKS = 200  # brushes and sizes that are measured; others are taken for round ones
NEAR = 1e5  # pixels: farther from the corner no path is believed
LEAST_HALF = 0.75  # pixels
UNNAMED = "brush"


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
        recorded: how many strokes the stroke maps hold that have changed a pixel on or near the picture.
    """

    strokes: Strokes
    number: Int32
    line: Int32
    width: Float32
    told: Mask
    settings: tuple[BrushSettings | None, ...]
    recorded: int


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


class _Recovery:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._size = document.width, document.height
        self._brushes: dict[bytes, _Tool] = {}
        self._marks: dict[tuple[str, float, float | None], Marks] = {}

    def recovered(self) -> Recovered:
        layers = list(_visible_layers(self._document.root))
        maps = [_strokes_of(layer) for layer in layers]
        count = sum(map(len, maps))
        every = max(-(-count // MOST_STROKES), 1)
        rows: list[tuple[Piece, _Tool, int, int]] = []
        number = seen = 0
        for index, (layer, strokes) in enumerate(zip(layers, maps, strict=True)):
            self._below = Underpaint(*self._size)
            for stroke in strokes:
                seen += 1
                if (seen - 1) % every:
                    continue
                pieces, tool = self._pieces(stroke, layer)
                rows += [(piece, tool, index, number) for piece in pieces]
                number += bool(pieces)
        if not rows:
            raise OpenrasterError(
                f"'{self._document.archive.path}' holds no strokes that MyPaint has recorded on a visible layer.",
                "Choose a file that was painted and saved in MyPaint, or a picture.",
                id="reference-without-strokes",
            )
        return self._gathered(rows, [layer.name for layer in layers], number)

    def _pieces(self, stroke: RecordedStroke, layer: PaintLayer) -> tuple[list[Piece], _Tool]:
        """The pieces of a stroke; none if it laid no paint that is on the picture or near it."""
        tool = self._tool(stroke)
        if tool.erases:
            return [], tool
        shape = shape_of(stroke.packed_masks, layer.x, layer.y, self._size)
        if shape is None:
            return [], tool
        contrast = self._below.contrast(shape, tool.colour)
        self._below.paint(shape, tool.colour)
        usual = self._marks_of(tool).usual * tool.radius
        return trace(shape, self._marks_of(tool, contrast), tool.radius, max(usual, LEAST_HALF)), tool

    def _tool(self, stroke: RecordedStroke) -> _Tool:
        known = self._brushes.get(stroke.packed_brush)
        if known is None:
            known = self._brushes[stroke.packed_brush] = _Tool.of(stroke.brush)
        return known

    def _marks_of(self, tool: _Tool, contrast: float | None = None) -> Marks:
        """The marks of a brush on paint to which it has a contrast, or on a bare layer."""
        if tool.settings is None:
            return ROUND
        key = tool.kind, octave(tool.radius), None if contrast is None else contrast_class(contrast)
        if key not in self._marks:
            if len(self._marks) >= MOST_MARKS:
                return ROUND
            self._marks[key] = measure_marks(tool.settings, *key[1:])
        return self._marks[key]

    def _gathered(self, rows: Sequence[tuple[Piece, _Tool, int, int]], layers: list[str], recorded: int) -> Recovered:
        kinds: dict[str, int] = {}
        first: list[_Tool] = []
        for _, tool, _, _ in rows:
            if tool.kind not in kinds:
                kinds[tool.kind] = len(kinds)
                first.append(tool)
        paths = np.stack([piece.path for piece, *_ in rows])
        strokes = Strokes(
            path=np.clip(paths, -NEAR, NEAR).astype(np.float32),
            pressure=np.stack([piece.pressure for piece, *_ in rows]).astype(np.float32),
            radius=np.array([tool.radius for _, tool, _, _ in rows], np.float32),
            colour=np.array([tool.colour for _, tool, _, _ in rows], np.float32),
            brush=np.array([kinds[tool.kind] for _, tool, _, _ in rows], np.int32),
            layer=np.array([layer for _, _, layer, _ in rows], np.int32),
            size=self._size,
            brushes=tuple(tool.name for tool in first),
            layers=tuple(layers),
        )
        told = np.array([self._marks_of(tool).told for _, tool, _, _ in rows], bool)
        return Recovered(
            strokes,
            np.array([number for *_, number in rows], np.int32),
            _counted([(number, piece.line) for piece, _, _, number in rows]),
            np.array([piece.width for piece, *_ in rows], np.float32),
            told,
            tuple(tool.settings for tool in first),
            recorded,
        )


@dataclass(frozen=True, eq=False)
class _Tool:
    """The brush of a recorded stroke, with its colour and size.

    Attributes:
        settings: its settings; None if they cannot be read.
        kind: tells brushes apart, whatever their colour and size.
        name: name by which MyPaint knows it.
        colour: red, green and blue, display sRGB 0..1.
        radius: basic radius in pixels.
        erases: whether it takes paint away.
    """

    settings: BrushSettings | None
    kind: str
    name: str
    colour: tuple[float, float, float]
    radius: float
    erases: bool

    @classmethod
    def of(cls, text: str) -> _Tool:
        try:
            settings = parse_myb(text, "the brush of a stroke")
        except BrushError:
            return cls(None, "", UNNAMED, (0.5, 0.5, 0.5), 4.0, False)
        base = {name: setting.base_value for name, setting in settings.settings.items()}
        hsv = base["color_h"] % 1.0, *(min(max(base[f"color_{axis}"], 0.0), 1.0) for axis in "sv")
        radius = float(np.exp(np.clip(base["radius_logarithmic"], np.log(SMALLEST_RADIUS), np.log(LARGEST_RADIUS))))
        name = settings.parent_name or UNNAMED
        kind = f"{settings.digest()} {name}"
        return cls(settings, kind, name, colorsys.hsv_to_rgb(*hsv), radius, base["eraser"] > 0.5)


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

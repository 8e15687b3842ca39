"""Renders a whole document as MyPaint 2.0.1 saves it in mergedimage.png, to the last bit.

Layers are read one after the other, and only one is in memory at a time.  The picture is in memory too, and one more
picture for each isolated group that is being filled.  Sources: MyPaint lib/layer/tree.py and group.py (what is laid
over what), lib/tiledsurface.py (where there is no paint).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from dreambrush.arrays import Fixed15, Pixels
from dreambrush.errors import OpenrasterError
from dreambrush.mypaint.blend import modes
from dreambrush.mypaint.blend.blending import blend, premultiply
from dreambrush.mypaint.blend.levels import opaque_levels, straight_levels
from dreambrush.mypaint.blend.modes import CLEARING
from dreambrush.mypaint.engine.eotf import light_of_levels
from dreambrush.mypaint.layer import TILE_SIZE
from dreambrush.mypaint.ora.document import Document
from dreambrush.mypaint.ora.layer_tree import Group, PaintLayer

# Pixels of all layers together, and of those that a small file can ask for: of pictures that several layers share, and
# of groups and layers that change the whole picture whatever is in them.
WORK_LIMIT, CHEAP_LIMIT = 20_000_000_000, 2_000_000_000
NESTED_LIMIT = 250_000_000  # pixels of pictures in memory at once: one, and one for each isolated group within another
FEW_NESTED = 3  # of these may be of any size


def render_document(document: Document) -> Pixels:
    """Renders what the document shows.

    Args:
        document: open for reading.

    Returns:
        The picture that MyPaint saves: sRGB, shape (height, width, 3), uint8.  If the file hides its background or has
        none, the picture that MyPaint exports with its background switched off: straight sRGB and alpha, shape (height,
        width, 4).

    Raises:
        OpenrasterError: a visible layer or group has a mode that MyPaint does not have, pixels cannot be read, or there
            is not enough memory.
        LibmypaintError: libmypaint is not installed.
    """
    _check(document)
    try:
        return _render(document)
    except MemoryError:
        size = f"{document.width} x {document.height}"
        raise OpenrasterError(
            f"There is not enough memory for the {size} pixels of '{document.archive.path}'.",
            "Close other programs, or scale the picture down in the program that made it.",
            id="ora-needs-more-memory",
        ) from None


def _check(document: Document) -> None:
    """Finds out before the work what would fail in the end."""
    pixels = cheap = 0
    sources = set()
    frame = document.width * document.height
    for node in _shown(document.root):
        if node.composite_op not in modes.MODES:
            kind = "group" if isinstance(node, Group) else "layer"
            raise OpenrasterError(
                f"The {kind} {node.label} of '{document.archive.path}' has the mode “{node.composite_op[:60]}”, "
                "which MyPaint does not have.",
                "Choose another mode for it, or merge it, in the program that made it.",
                id="unknown-mode",
            )
        if isinstance(node, PaintLayer):
            width, height = node.size()
            pixels += width * height
            cheap += width * height if node.source in sources else 0
            sources.add(node.source)
        if node.composite_op in CLEARING or (isinstance(node, Group) and not node.pass_through):
            cheap += frame
    if pixels > WORK_LIMIT:
        raise document.archive.broken(
            f"has layers of {pixels:,} pixels in all, more than the {WORK_LIMIT:,} accepted", id="ora-too-large"
        )
    if cheap > CHEAP_LIMIT + 10 * frame:
        raise OpenrasterError(
            f"The file '{document.archive.path}' has layers and groups that together change {cheap:,} pixels, "
            f"more than the {CHEAP_LIMIT + 10 * frame:,} accepted.",
            "Merge some of them in the program that made it.",
            id="too-much-to-render",
        )
    nested = 1 + _nested(document.root)
    if nested > FEW_NESTED and nested * frame > NESTED_LIMIT:
        raise OpenrasterError(
            f"The file '{document.archive.path}' nests {nested} groups of {document.width} x {document.height} pixels.",
            "Merge some of them in the program that made it.",
            id="too-much-to-render",
        )


def _shown(group: Group) -> list[PaintLayer | Group]:
    """All visible layers and groups in visible groups."""
    found: list[PaintLayer | Group] = []
    for child in group.children:
        if child.visible:
            found.append(child)
            if isinstance(child, Group):
                found += _shown(child)
    return found


def _nested(group: Group) -> int:
    """The depth of isolated groups within one another."""
    groups = [child for child in group.children if child.visible and isinstance(child, Group)]
    return max((_nested(child) + (not child.pass_through) for child in groups), default=0)


def _render(document: Document) -> Pixels:
    eotf = document.working_eotf
    canvas = deque(lay_layers(document), maxlen=1)[0].surfaces[0]
    opaque = document.background is not None and document.background.visible
    merged = np.empty((document.height, document.width, 3 if opaque else 4), np.uint8)
    for top in range(0, document.height, TILE_SIZE):
        band = canvas.pixels[top : top + TILE_SIZE]
        levels = opaque_levels(band[..., :3], top, eotf) if opaque else straight_levels(band, top, eotf)
        merged[top : top + TILE_SIZE] = levels
    return merged


class Surface:
    """Premultiplied 15-bit RGBA as large as the picture.  Above ``top`` and below ``bottom`` it holds no paint."""

    def __init__(self, height: int, width: int) -> None:
        self.pixels = np.zeros((height, width, 4), np.uint16)  # memory is taken only where something is written
        self.top = self.bottom = 0

    def fill(self, tile: Fixed15) -> None:
        """Repeats a tile from the upper left corner."""
        height, width = self.pixels.shape[:2]
        columns = np.arange(width) % tile.shape[1]
        for row in range(height):
            self.pixels[row] = tile[row % len(tile)][columns]
        self.top, self.bottom = 0, height

    def lay(self, paint: Fixed15, top: int, left: int, opacity: float, composite_op: str) -> None:
        """Lays premultiplied paint with its corner at (left, top).  None of it may lie beyond the edges."""
        bottom = top + len(paint)
        at = (slice(top, bottom), slice(left, left + paint.shape[1]))
        under = np.ascontiguousarray(self.pixels[at])
        blend(under, paint, opacity, composite_op)
        self.pixels[at] = under
        empty = self.top == self.bottom
        self.top, self.bottom = (top, bottom) if empty else (min(top, self.top), max(bottom, self.bottom))

    def erase_around(self, rows: slice, columns: slice) -> None:
        """Erases all but these rows and columns."""
        painted = self.pixels[self.top : self.bottom]
        first, last = (min(max(row - self.top, 0), len(painted)) for row in (rows.start, rows.stop))
        painted[:first] = painted[last:] = 0
        painted[first:last, : columns.start] = painted[first:last, columns.stop :] = 0


@dataclass(frozen=True, eq=False)
class Laid:
    """A picture whose layers are laid up to one of them.  It changes when the next layer is laid.

    Attributes:
        layer: the layer that was laid last; None if there is only the background yet.
        surfaces: the picture, without the isolated groups that are being filled; then each of these, the outer first.
        groups: these groups.
    """

    layer: PaintLayer | None
    surfaces: tuple[Surface, ...]
    groups: tuple[Group, ...] = ()

    def band(self, top: int) -> Fixed15:
        """What all this shows in one row of tiles, which begins at the pixel row ``top``.

        Returns:
            Premultiplied RGBA, shape (rows, width, 4), 0..32768.
        """
        *outer, inner = (surface.pixels[top : top + TILE_SIZE] for surface in self.surfaces)
        for under, group in zip(reversed(outer), reversed(self.groups), strict=True):
            under = under.copy()
            blend(under, inner, group.opacity, group.composite_op)
            inner = under
        return inner


def lay_layers(document: Document) -> Iterator[Laid]:
    """Lays the visible layers of a document that :func:`render_document` accepts, the lowest first.

    Yields:
        The picture without layers, and the picture after each layer.
    """
    light = light_of_levels(document.working_eotf)
    canvas = Surface(document.height, document.width)
    if document.background is not None and document.background.visible:
        canvas.fill(premultiply(document.background.tile(), light))
    yield Laid(None, (canvas,))
    yield from _lay_children(Laid(None, (canvas,)), document.root, light)


def _lay_children(laid: Laid, group: Group, light: Fixed15) -> Iterator[Laid]:
    under = laid.surfaces[-1]
    for child in reversed(group.children):
        if not child.visible or (child.opacity == 0 and child.composite_op not in CLEARING):
            continue
        if isinstance(child, PaintLayer):
            _lay_layer(under, child, light)
            yield replace(laid, layer=child)
        elif child.pass_through:
            yield from _lay_children(laid, child, light)
        else:
            isolated = Surface(*under.pixels.shape[:2])
            yield from _lay_children(Laid(None, (*laid.surfaces, isolated), (*laid.groups, child)), child, light)
            _lay_group(under, child, isolated)


def _lay_layer(under: Surface, layer: PaintLayer, light: Fixed15) -> None:
    height, width = under.pixels.shape[:2]
    wide, high = layer.size()
    top, bottom = (min(max(row, 0), height) for row in (layer.y, layer.y + high))
    left, right = (min(max(column, 0), width) for column in (layer.x, layer.x + wide))
    clears = layer.composite_op in CLEARING
    if clears:
        under.erase_around(slice(top, bottom), slice(left, right))
    if top == bottom or left == right:
        return
    pixels = layer.pixels()
    for row in range(top, bottom, TILE_SIZE):
        rows = slice(row - layer.y, min(row + TILE_SIZE, bottom) - layer.y)
        strip = pixels[rows, left - layer.x : right - layer.x]
        if clears or strip[..., 3].any():
            under.lay(premultiply(strip, light), row, left, layer.opacity, layer.composite_op)


def _lay_group(under: Surface, group: Group, isolated: Surface) -> None:
    if group.composite_op in CLEARING:
        under.erase_around(slice(isolated.top, isolated.bottom), slice(0, under.pixels.shape[1]))
    for row in range(isolated.top, isolated.bottom, TILE_SIZE):
        strip = isolated.pixels[row : min(row + TILE_SIZE, isolated.bottom)]
        under.lay(strip, row, 0, group.opacity, group.composite_op)

"""``dreambrush paint --flow``: the lines that strokes follow, from a picture or from a layer of an .ora."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.cli.shared.recipes import OURS, STAGES
from dreambrush.errors import PictureError

if TYPE_CHECKING:
    from dreambrush.arrays import Float32, Pixels
    from dreambrush.mypaint.ora.document import Document, Group, PaintLayer
    from dreambrush.painter.see.drawn_flow import Flow

SIDE = 1024  # pixels of the longer side, in which lines are looked at
NAME = "flow"  # of the layer, in small letters
PAINTED_FOR_YOU = (STAGES | OURS | {"Relief"}) - {"Your turn"}  # on which the artist may have drawn


def read_flow(path: str, width: int, height: int) -> Flow:
    """The flow that the lines of a file ask for.

    Args:
        path: of a picture, or of an .ora.
        width: of the painting in pixels; the lines are stretched to it.
        height: of the painting in pixels.

    Raises:
        OpenrasterError: the .ora cannot be read.
        PictureError: the picture cannot be read, or there are no lines.
    """
    from dreambrush.painter.see.drawn_flow import flow_of_lines
    from dreambrush.pictures.lines import ink_of, stretched

    drawn = _drawn(path)
    ink = None if drawn is None else ink_of(drawn)
    flow = None if ink is None else flow_of_lines(stretched(ink, width, height))
    if flow is None:
        raise PictureError(
            f"'{path}' has no lines for strokes to follow.",
            "Draw a few lines on a transparent or a plain ground; in an .ora, on a layer named Flow.",
            id="flow-without-lines",
        )
    return flow


def _drawn(path: str) -> Float32 | None:
    """The picture of the lines, (h, w, 3 or 4) float32, 0..1; None if it is transparent everywhere."""
    if Path(path).suffix.lower() == ".ora":
        return _of_layer(Path(path))
    from dreambrush.pictures.reading import load_picture

    try:
        return load_picture(path, SIDE, keep_alpha=True)
    except PictureError as error:
        if error.id != "picture-transparent":
            raise
        return None


def _of_layer(path: Path) -> Float32 | None:
    """The layer with the lines, in the frame of its document: that named Flow, or the topmost one of the artist's."""
    from dreambrush.mypaint.ora.document import read_document

    with read_document(path) as document:
        named = [layer for layer, _, is_named in _layers(document.root) if is_named]
        others = [layer for layer, visible, _ in _layers(document.root) if visible and layer.name not in ours(document)]
        for layer in named or others:
            found = _in_frame(document, layer)
            if found[..., 3].any():
                return _small(found)
    return None


def _layers(group: Group, visible: bool = True, named: bool = False) -> Iterator[tuple[PaintLayer, bool, bool]]:
    """All layers, the topmost first, whether each is shown, and whether it, or a group that has it, is named so."""
    from dreambrush.mypaint.ora.document import Group

    for node in group.children:
        seen, is_named = visible and node.visible, named or node.name.strip().lower() == NAME
        if isinstance(node, Group):
            yield from _layers(node, seen, is_named)
        else:
            yield node, seen, is_named


def ours(document: Document) -> set[str]:
    """The names of layers that dreambrush has painted in a document."""
    from dreambrush.recipe import KEY

    names = set(PAINTED_FOR_YOU)
    kept: Any = document.settings.get(KEY)
    paintings = kept.get("paintings") if isinstance(kept, dict) else None
    for painting in paintings if isinstance(paintings, list) else ():
        layers = painting.get("layers") if isinstance(painting, dict) else None
        names |= {each for each in (layers if isinstance(layers, list) else ()) if isinstance(each, str)}
    return names


def _in_frame(document: Document, layer: PaintLayer) -> Pixels:
    """A layer (h, w, 4), as it lies in the picture, with what lies beyond cut off."""
    import numpy as np

    pixels = layer.pixels()
    height, width = document.height, document.width
    frame = np.zeros((height, width, 4), np.uint8)
    top, left = max(layer.y, 0), max(layer.x, 0)
    bottom, right = min(layer.y + pixels.shape[0], height), min(layer.x + pixels.shape[1], width)
    if top < bottom and left < right:
        frame[top:bottom, left:right] = pixels[top - layer.y : bottom - layer.y, left - layer.x : right - layer.x]
    return frame


def _small(pixels: Pixels) -> Float32:
    """A layer (h, w, 4), as float32, 0..1, of at most SIDE pixels on the longer side."""
    import numpy as np
    from PIL import Image

    from dreambrush.pictures.scaling import scaled_size

    height, width = pixels.shape[:2]
    size = scaled_size(width, height, min(max(width, height), SIDE))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR), np.float32) / np.float32(255)

"""Writes OpenRaster files as MyPaint 2.0.1 does: the same members, names, order and attributes.

By default the document declares eotf 1.0.  Then MyPaint, Krita and plain alpha compositing show the same picture.  At
eotf 2.2, MyPaint 2's own, other programs show other colours wherever paint is translucent.  Every attribute that
MyPaint would otherwise guess is written out.

MyPaint has no documents without paper.  If a file has none, MyPaint puts its user's own behind the picture.  So a
transparent picture has a paper too, marked as hidden.  Other programs obey that mark and show transparency.  MyPaint
shows the paper until "Show Background" in its layer menu is switched off (lib/layer/tree.py).  Sources: MyPaint
lib/document.py and lib/layer/*.py; https://www.freedesktop.org/wiki/Specifications/OpenRaster/ (version 0.0.5).
"""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from dreambrush.arrays import Pixels
from dreambrush.files.output import open_output
from dreambrush.mypaint.blend.blending import background_tile, frame_size, merge_layers
from dreambrush.mypaint.blend.transparency import merge_transparent
from dreambrush.mypaint.engine.eotf import PLAIN
from dreambrush.mypaint.layer import NORMAL, PIGMENT, TILE_SIZE, Layer
from dreambrush.mypaint.ora.png import PNG_LEVEL, encode_png
from dreambrush.mypaint.strokemap import encode

__all__ = ["Layer", "write_openraster"]

_NAMESPACE = "http://mypaint.org/ns/openraster"
SETTINGS_MEMBER = "data/mypaint-settings.json"
_NO_LAYER_VIEWS: Mapping[str, object] = {"views": [], "active_view": None, "layer_views": []}
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, "Char"

ET.register_namespace("mypaint", _NAMESPACE)


def write_openraster(
    path: str | Path,
    layers: Sequence[Layer],
    background: Pixels,
    *,
    settings: Mapping[str, object],
    selected: int | None = None,
    overwrite: bool = False,
    eotf: float = PLAIN,
    transparent: bool = False,
    members: Mapping[str, bytes] | None = None,
) -> Pixels:
    """Saves a picture that one can open in MyPaint and keep painting.

    The same arguments give the same bytes.  Characters in a layer's name that XML cannot hold become U+FFFD.

    Args:
        path: the .ora file.  Its folder must exist.
        layers: at least one layer, the bottom one first, all of one size.
        background: a paper tile of shape (64n, 64m, 3) or a colour of shape (3,), sRGB, uint8.
        settings: JSON values about the picture, kept in the file under "dreambrush".  They survive editing and saving
            in MyPaint.
        selected: index of the layer that MyPaint selects on opening; None means the top one.
        overwrite: replace an existing file.
        eotf: 1.0; or 2.2 or another for a document of MyPaint 2, whose layers usually have the mode PIGMENT.
        transparent: leave transparent what the layers do not cover.  Then only MyPaint shows the background.
        members: members of our own by name.  They do not survive saving in MyPaint.

    Returns:
        The picture as MyPaint shows it: sRGB, shape (height, width, 3), uint8.  If it is transparent, the picture as
        other programs show it: straight sRGB and alpha, shape (height, width, 4).

    Raises:
        OutputError: the file already exists or cannot be written.  Nothing is left behind.
        UsageError: a layer has a mode other than NORMAL and PIGMENT.
        ValueError: shapes, ``selected`` or ``eotf`` do not fit, or ``settings`` holds NaN or infinity.
        TypeError: ``settings`` holds something that JSON cannot.
    """
    height, width = frame_size(layers)
    tile = background_tile(background)
    selected = len(layers) - 1 if selected is None else selected
    if not 0 <= selected < len(layers):
        raise ValueError(f"Expected selected to be within 0..{len(layers) - 1} but it was {selected}.")
    record = {"layervis": _NO_LAYER_VIEWS, "dreambrush": dict(settings)}
    settings_json = json.dumps(record, separators=(",", ":"), allow_nan=False).encode()

    # Opened first: a name that cannot be used is found out before the work, not after it.
    with open_output(path, overwrite=overwrite) as file, zipfile.ZipFile(file, "w") as ora:
        merged = merge_transparent(layers, eotf) if transparent else merge_layers(layers, tile, eotf)
        image, stack = _document_elements(width, height, eotf)
        _add(ora, "mimetype", b"image/openraster")
        for index in reversed(range(len(layers))):
            number = len(layers) - 1 - index  # MyPaint counts from the top
            _add_layer(ora, stack, layers[index], number, selected=index == selected)
        _add_background(ora, stack, tile, len(layers), (height, width), visible=not transparent)
        _add(ora, SETTINGS_MEMBER, settings_json)
        _add(ora, "Thumbnails/thumbnail.png", encode_thumbnail(merged))
        _add(ora, "mergedimage.png", encode_png(merged))
        ET.indent(image)
        _add(ora, "stack.xml", ET.tostring(image, encoding="utf-8"))
        for name, content in (members or {}).items():
            _add(ora, name, content)
    return merged


def _document_elements(width: int, height: int, eotf: float) -> tuple[ET.Element, ET.Element]:
    """The <image> of stack.xml and its root <stack>."""
    attributes = {
        "w": str(width),
        "h": str(height),
        f"{{{_NAMESPACE}}}eotf": str(float(eotf)),
        f"{{{_NAMESPACE}}}frame-active": "true",
        f"{{{_NAMESPACE}}}json-settings": SETTINGS_MEMBER,
        f"{{{_NAMESPACE}}}version": "2.0.1",  # a later one makes MyPaint 2.0 warn the artist
        "version": "0.0.5",
    }
    image = ET.Element("image", attributes)
    mode = NORMAL if eotf == PLAIN else PIGMENT  # as MyPaint writes it; the root's own mode shows nowhere
    root = {"opacity": "1.0", "visibility": "visible", "composite-op": mode, "isolation": "isolate"}
    return image, ET.SubElement(image, "stack", root)


def _add_layer(ora: zipfile.ZipFile, stack: ET.Element, layer: Layer, number: int, *, selected: bool) -> None:
    x, y, pixels = crop_to_tiles(layer.pixels)
    source, record = (f"data/layer-{number:02d}{ending}" for ending in (".png", "-strokemap.dat"))
    attributes = layer_attributes(layer, x, y, source, selected=selected)
    attributes[f"{{{_NAMESPACE}}}strokemap"] = record
    ET.SubElement(stack, "layer", attributes)
    _add(ora, source, encode_png(pixels))
    _add(ora, record, encode(layer.strokes, (x, y)))


def layer_attributes(layer: Layer, x: int, y: int, source: str, *, selected: bool) -> dict[str, str]:
    """The attributes of a layer in stack.xml, in MyPaint's order.  That of its stroke map comes after these.

    Args:
        layer: the layer to describe.
        x: left edge of its pixels.
        y: upper edge of its pixels.
        source: the member that holds its pixels.
        selected: whether MyPaint selects the layer on opening.
    """
    attributes = {"name": xml_text(layer.name), "x": str(x), "y": str(y), "opacity": str(float(layer.opacity))}
    if selected:
        attributes["selected"] = "true"
    if layer.locked:
        attributes["edit-locked"] = "true"
    attributes["visibility"] = "visible" if layer.visible else "hidden"
    return {**attributes, "composite-op": layer.composite_op, "src": source}


def xml_text(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _add_background(
    ora: zipfile.ZipFile,
    stack: ET.Element,
    tile: Pixels,
    number: int,
    frame: tuple[int, int],
    *,
    visible: bool,
) -> None:
    """Stores the paper twice, as MyPaint does: filling the frame for other programs, and as a tile."""
    source = f"data/background-{number:02d}.png"
    tile_source = f"data/background-{number:02d}-tile.png"
    height, width = frame
    repeats = (-(-height // tile.shape[0]), -(-width // tile.shape[1]), 1)
    attributes = {"name": "background", "x": "0", "y": "0", "opacity": "1.0"}
    attributes["visibility"] = "visible" if visible else "hidden"
    attributes |= {"composite-op": NORMAL, "src": source, f"{{{_NAMESPACE}}}background-tile": tile_source}
    ET.SubElement(stack, "layer", attributes)
    _add(ora, source, encode_png(np.tile(tile, repeats)[:height, :width]))
    _add(ora, tile_source, encode_png(tile))


def crop_to_tiles(pixels: Pixels) -> tuple[int, int, Pixels]:
    """The x, y and pixels of all tiles that hold paint, or one transparent pixel if none does.

    The last tiles may reach beyond the frame, because MyPaint's layers are made of whole tiles.
    """
    alpha = pixels[..., 3]
    rows = np.flatnonzero(alpha.any(axis=1))
    columns = np.flatnonzero(alpha.any(axis=0))
    if not rows.size:
        return 0, 0, np.zeros((1, 1, 4), np.uint8)
    top, left = (int(line[0]) // TILE_SIZE * TILE_SIZE for line in (rows, columns))
    bottom, right = (-(-(int(line[-1]) + 1) // TILE_SIZE) * TILE_SIZE for line in (rows, columns))
    inside = pixels[top:bottom, left:right]
    beyond = ((0, bottom - top - inside.shape[0]), (0, right - left - inside.shape[1]), (0, 0))
    return left, top, np.pad(inside, beyond) if beyond != ((0, 0),) * 3 else inside


def encode_thumbnail(merged: Pixels) -> bytes:
    """Encodes the picture as RGBA, no larger than 256 x 256, as OpenRaster demands."""
    thumbnail = Image.fromarray(merged)
    thumbnail.thumbnail((256, 256), Image.Resampling.LANCZOS)
    png = io.BytesIO()
    thumbnail.convert("RGBA").save(png, "PNG", compress_level=PNG_LEVEL)
    return png.getvalue()


def _add(ora: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Stores a member, uncompressed and dated 1980-01-01, so that equal pictures make equal files."""
    member = zipfile.ZipInfo(name)
    member.create_system = 3  # Unix, on every system
    member.external_attr = 0o644 << 16
    ora.writestr(member, data)

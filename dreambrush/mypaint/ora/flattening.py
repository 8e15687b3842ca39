"""Copies an .ora so that every program shows the same picture (see :mod:`~dreambrush.mypaint.blend.flattening`).

Layers and groups keep their names and order, and layers their stroke maps.  Those that are shown become Normal, of
opacity 1: their pixels have it all.  Hidden ones keep pixels and opacity; only Pigment becomes Normal.  Groups are
passed through, and their offsets go to their layers.  Paint beyond the frame stays as it was.  Everything else in the
file is copied as it is.
"""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from dreambrush.arrays import Pixels
from dreambrush.errors import OpenrasterError
from dreambrush.files.output import open_output
from dreambrush.mypaint.blend.flattening import bake, shown_levels
from dreambrush.mypaint.blend.modes import CLEARING
from dreambrush.mypaint.engine.eotf import PLAIN
from dreambrush.mypaint.layer import NORMAL, PIGMENT, TILE_SIZE
from dreambrush.mypaint.ora.document import STACK_XML, Document, read_document
from dreambrush.mypaint.ora.insertion import MERGED, THUMBNAIL, copy_members
from dreambrush.mypaint.ora.layer_facts import framed
from dreambrush.mypaint.ora.layer_tree import Group, PaintLayer
from dreambrush.mypaint.ora.openraster import encode_thumbnail
from dreambrush.mypaint.ora.png import encode_png
from dreambrush.mypaint.ora.render import Laid, lay_layers, render_document
from dreambrush.mypaint.ora.stack_text import StackText
from dreambrush.mypaint.ora.stack_xml import MYPAINT, parse_stack_xml
from dreambrush.mypaint.ora.zip_copy import ZipCopy
from dreambrush.mypaint.strokemap import decode, encode

WORK_LIMIT = 5_000_000_000  # pixels of all layers, each as large as the picture: some minutes
PAINTLESS = ("svg:dst-in", "svg:dst-out")
"""Modes in which a layer brings no paint of its own."""

Noted = Callable[[Pixels, Pixels], None]
"""Gets the pixels of a layer before and after, each of the frame's size."""


def flatten_document(
    source: str | Path,
    target: str | Path,
    *,
    note: Noted | None = None,
    record: Callable[[dict[str, Any]], Mapping[str, Any]] | None = None,
    overwrite: bool = False,
    without: Collection[str] = (),
) -> Pixels:
    """Writes a copy of an .ora whose layers need no blending.

    Args:
        source: the .ora, of any program.
        target: the file of the copy.
        note: is called for each layer that is baked.
        record: is called after that with what the file's settings held under "dreambrush", unless that is nothing;
            returns what they are to hold.
        overwrite: replace an existing file.
        without: members that are left out.

    Returns:
        The picture, as of :func:`~dreambrush.mypaint.ora.render.render_document`.  The copy shows it, too.

    Raises:
        OpenrasterError: the source is broken, or shows a mode that MyPaint does not have, or something that layers
            without blending cannot show.
        OutputError: the target exists already or cannot be written, or would have more than 4 GiB.
        LibmypaintError: libmypaint is not installed.
    """
    with read_document(source) as document, open_output(target, overwrite=overwrite) as file:
        _check(document)
        final = render_document(document)
        image, stack = parse_stack_xml(document.stack_xml)
        image.set(f"{MYPAINT}eotf", str(PLAIN))
        baked = set(_baked_nodes(document.root))
        layers = [layer for layer in document.layers() if layer in baked]
        for node in (document.root, *document.root.walk()):
            element = _element(stack, node.path)
            _make_normal(element, node, baked=node in baked)
            _place(element, node)
        names, settings = _names_of(document, layers), None if record is None else _settings(document)
        replaced = {layer.source for layer in layers} - _kept_sources(document, layers)
        replaced |= {STACK_XML, MERGED, THUMBNAIL, *without, *(() if settings is None else settings[:1])}
        ora = ZipCopy(file)
        comment = copy_members(Path(source), document.archive, ora, tuple(replaced))
        for layer, before, pixels in _bake_all(document, final):
            if note is not None:
                note(before, pixels)
            _add_layer(ora, document, layer, pixels, _element(stack, layer.path), names[layer])
        if settings is not None and record is not None:
            member, values = settings
            values["dreambrush"] = dict(record(values["dreambrush"]))
            ora.add(member, json.dumps(values, separators=(",", ":")).encode())
        ora.add(THUMBNAIL, encode_thumbnail(final))
        ora.add(MERGED, encode_png(final))
        ora.add(STACK_XML, ET.tostring(image, encoding="utf-8"))
        ora.write_directory(comment)
        return final


def _check(document: Document) -> None:
    """Finds out before the work whether it would take very long: a small file can ask for many layers."""
    frame = document.width * document.height
    pixels = frame * sum(isinstance(node, PaintLayer) for node in _baked_nodes(document.root))
    if pixels > WORK_LIMIT:
        raise OpenrasterError(
            f"The file '{document.archive.path}' has layers and groups that together change {pixels:,} pixels, "
            f"more than the {WORK_LIMIT:,} accepted.",
            "Merge some of them in the program that made it.",
            id="too-much-to-render",
        )


def _baked_nodes(group: Group) -> Iterator[PaintLayer | Group]:
    """The layers and groups that are laid when the document is rendered."""
    for child in group.children:
        if child.visible and (child.opacity > 0 or child.composite_op in CLEARING):
            yield child
            if isinstance(child, Group):
                yield from _baked_nodes(child)


def _bake_all(document: Document, final: Pixels) -> Iterator[tuple[PaintLayer, Pixels, Pixels]]:
    """Each layer that is laid, the lowest first, and its pixels within the frame before and after.

    Raises:
        OpenrasterError: the picture is not what the new layers show.
    """
    eotf, transparent = document.working_eotf, final.shape[2] == 4
    shown = np.zeros((document.height, document.width, 4), np.uint8)

    def levels_of(laid: Laid, top: int) -> Pixels:
        band = laid.band(top)
        return shown_levels(band if transparent else band[..., :3], top, eotf)

    tops = range(0, document.height, TILE_SIZE)
    for laid in lay_layers(document):
        if laid.layer is None:
            for top in tops:
                shown[top : top + TILE_SIZE] = levels_of(laid, top)
            continue
        before = framed(laid.layer, document.width, document.height)
        pixels = np.zeros_like(before)
        opacity = 0.0 if laid.layer.composite_op in PAINTLESS else laid.layer.opacity
        opacity *= math.prod(group.opacity for group in laid.groups)
        for top in tops:
            rows = slice(top, top + TILE_SIZE)
            if _reaches(laid, laid.layer, top):
                own = np.rint(before[rows, :, 3] * np.float32(opacity)).astype(np.uint8)
                pixels[rows] = bake(shown[rows], levels_of(laid, top), own, final[rows] if transparent else None)
        yield laid.layer, before, pixels
    if transparent:
        final = np.where(final[..., 3:] > 0, final, 0)
    if not np.array_equal(shown[..., : final.shape[2]], final):
        raise OpenrasterError(
            f"The file '{document.archive.path}' has an empty group that erases what is below it.",
            "Delete that group in the program that made the file.",
            id="cannot-flatten",
        )


def _reaches(laid: Laid, layer: PaintLayer, top: int) -> bool:
    """Whether a layer can have changed anything in a row of tiles."""
    if layer.composite_op in CLEARING or any(group.composite_op in CLEARING for group in laid.groups):
        return True
    return layer.y < top + TILE_SIZE and layer.y + layer.size()[1] > top


def _place(element: ET.Element, node: PaintLayer | Group) -> None:
    """Says where a layer lies on the canvas.  Other programs do not add the offsets of its groups."""
    if isinstance(node, PaintLayer):
        element.set("x", str(node.x))
        element.set("y", str(node.y))
    else:
        for attribute in ("x", "y"):
            element.attrib.pop(attribute, None)


def _make_normal(element: ET.Element, node: PaintLayer | Group, *, baked: bool) -> None:
    if baked:
        element.set("opacity", "1.0")
        if isinstance(node, Group):
            element.set("isolation", "auto")
    if baked or node.composite_op == PIGMENT:
        element.set("composite-op", NORMAL)


def _add_layer(
    ora: ZipCopy, document: Document, layer: PaintLayer, pixels: Pixels, element: ET.Element, name: str
) -> None:
    """Adds the new pixels of a layer, and says where they are.

    The layer keeps its place.  If it now has paint beyond its left or upper edge, it grows by whole tiles.
    """
    old = layer.pixels()
    rows, columns = (np.flatnonzero(pixels[..., 3].any(axis=axis)) for axis in (1, 0))
    left, top = layer.x, layer.y
    right, bottom = left + old.shape[1], top + old.shape[0]
    if rows.size:
        left -= -(-max(left - int(columns[0]), 0) // TILE_SIZE) * TILE_SIZE
        top -= -(-max(top - int(rows[0]), 0) // TILE_SIZE) * TILE_SIZE
        right, bottom = max(right, int(columns[-1]) + 1), max(bottom, int(rows[-1]) + 1)
    new = np.zeros((bottom - top, right - left, 4), np.uint8)
    down, along = layer.y - top, layer.x - left
    new[down : down + old.shape[0], along : along + old.shape[1]] = old
    y, x = slice(max(top, 0), min(bottom, document.height)), slice(max(left, 0), min(right, document.width))
    if y.start < y.stop and x.start < x.stop:
        new[y.start - top : y.stop - top, x.start - left : x.stop - left] = pixels[y, x]
    ora.add(name, encode_png(new))
    element.set("src", name)
    if not (down or along):
        return
    element.set("x", str(left))
    element.set("y", str(top))
    if layer.strokemap is not None:
        strokemap = f"{name.removesuffix('.png')}-strokemap.dat"
        ora.add(strokemap, encode(decode(layer.strokemap_bytes() or b"}", (along, down))))
        element.attrib.pop("mypaint_strokemap_v2", None)
        element.set(f"{MYPAINT}strokemap", strokemap)


def _names_of(document: Document, layers: list[PaintLayer]) -> dict[PaintLayer, str]:
    """Members for the new pixels."""
    taken = {member.filename.lower() for member in document.archive.members}
    free = (name for name in (f"data/flattened-{number:02d}.png" for number in count()) if name not in taken)
    return {layer: next(free) for layer in layers}


def _kept_sources(document: Document, layers: list[PaintLayer]) -> set[str]:
    """The members that hold pixels of what is not baked."""
    kept = {layer.source for layer in document.layers() if layer not in layers}
    if document.background is not None:
        kept |= {document.background.source, document.background.attributes.get("src", "")}
    return kept


def _element(stack: ET.Element, path: tuple[int, ...]) -> ET.Element:
    for index in path:
        stack = stack[index]
    return stack


def _settings(document: Document) -> tuple[str, dict[str, Any]] | None:
    """The member that holds MyPaint's settings, and these, if they have anything of ours."""
    name = StackText(document.stack_xml).settings
    if name is None or not isinstance(document.settings.get("dreambrush"), dict):
        return None
    return name, dict(document.settings)

"""Adds layers to an .ora that someone else made, and leaves everything else as it was.

Every member but four is copied as it is: its compressed bytes, name, date and attributes. stack.xml gets one more
group, and only the bytes named below change in it. data/mypaint-settings.json gets our record beside all that it held.
mergedimage.png and the thumbnail show the new picture.  These four and the new members follow after the old ones.  The
old members keep their order, except mimetype, which comes first.

Two more things change in stack.xml.  If one of our layers is selected, another layer loses its ``selected``.  If the
file had no settings, its <image> gets an attribute that says where they now are.  That attribute does not change how
the file opens, and nothing that would change it is added.  So in a file that does not declare its eotf, stroke maps are
named by MyPaint's older attribute.  With the newer one MyPaint would take the colours of their brushes for those of an
early MyPaint 2, and convert them (lib/layer/data.py).

The group is passed through.  In MyPaint and in Krita its layers look as they would without a group, to the last bit.
In files of eotf 2.2, where new layers are Pigment, that would end when the artist saves.  MyPaint does not write the
mode of such a group, and reads a missing mode as that of a new layer (lib/layer/group.py).  That changed colours by up
to 134 levels.  So in these files the group is isolated and Normal if all its layers are Normal.  It looks the same
within one level (two in near black), and stays so.  With Pigment layers it is passed through all the same, and becomes
isolated once MyPaint has saved it.  That changed nothing with one layer.  With three layers it changed colours by 0.3
levels on average, at most 29.
"""

from __future__ import annotations

import contextlib
import json
import struct
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from dreambrush.arrays import Pixels
from dreambrush.errors import OpenrasterError, UsageError
from dreambrush.files.json_text import read_json
from dreambrush.files.output import open_output
from dreambrush.mypaint.blend.blending import frame_size
from dreambrush.mypaint.engine.eotf import PLAIN
from dreambrush.mypaint.layer import NORMAL, PIGMENT, Layer
from dreambrush.mypaint.ora.archive import OraArchive
from dreambrush.mypaint.ora.backup import back_up
from dreambrush.mypaint.ora.document import SETTINGS_LIMIT, STACK_XML, Document, read_document
from dreambrush.mypaint.ora.openraster import (
    SETTINGS_MEMBER,
    crop_to_tiles,
    encode_thumbnail,
    layer_attributes,
    xml_text,
)
from dreambrush.mypaint.ora.png import encode_png
from dreambrush.mypaint.ora.render import render_document
from dreambrush.mypaint.ora.stack_text import StackText
from dreambrush.mypaint.ora.stack_xml import MYPAINT
from dreambrush.mypaint.ora.zip_copy import ZipCopy
from dreambrush.mypaint.strokemap import encode

MERGED = "mergedimage.png"
THUMBNAIL = "Thumbnails/thumbnail.png"

Record = Callable[[dict[str, Any]], Mapping[str, Any]]
"""Gets what the file's settings held under "dreambrush" ({} for nothing), and returns what they are to hold."""


def insert_layers(
    source: str | Path,
    target: str | Path,
    layers: Sequence[Layer],
    group: str,
    *,
    record: Record,
    above: tuple[int, ...] | None = None,
    selected: int | None = None,
    overwrite: bool = False,
    members: Mapping[str, bytes | None] | None = None,
) -> Pixels:
    """Writes a copy of an .ora with one more group of layers.

    Args:
        source: the .ora to copy.
        target: the file of the copy.  Its folder must exist.
        layers: at least one layer, the bottom one first, of the size of the picture.
        group: the name of the group that holds the layers.
        record: makes our part of MyPaint's settings.  What it returns must be JSON.
        above: the path of the layer, group or background right above which the group goes.  It goes into the same group
            as that.  None means above all.
        selected: the index of the layer that MyPaint selects on opening; None leaves that to the file.
        overwrite: replace an existing file.
        members: members of our own by name, which replace any of that name; None removes one.

    Returns:
        The picture as MyPaint shows it, from :func:`~dreambrush.mypaint.ora.render.render_document`.

    Raises:
        OpenrasterError: the source is broken, has another size, has no such place (any more), or shows a mode that
            MyPaint does not have.
        OutputError: the target already exists or cannot be written, or would have more than 4 GiB.
        UsageError: the file declares no eotf and has no Pigment layer, and one is to be added.  The whole picture would
            change.
        LibmypaintError: libmypaint is not installed.
        ValueError: the layers differ in size, ``selected`` is no index of them, or the record has NaN or infinity.
        TypeError: the record holds something that JSON cannot.
    """
    with open_output(target, overwrite=overwrite) as file:
        return _write(Path(source), file, _Addition(layers, group, record, above, selected, members or {}))


def insert_layers_in_place(
    path: str | Path,
    layers: Sequence[Layer],
    group: str,
    *,
    record: Record,
    above: tuple[int, ...] | None = None,
    selected: int | None = None,
    members: Mapping[str, bytes | None] | None = None,
) -> tuple[Pixels, Path]:
    """Adds a group of layers to an .ora itself, once a copy of the old one is safe.

    Args:
        path: the .ora.  If it is a link, the file to which it leads is changed.
        layers: as for :func:`insert_layers`.
        group: as for :func:`insert_layers`.
        record: as for :func:`insert_layers`.
        above: as for :func:`insert_layers`.
        selected: as for :func:`insert_layers`.
        members: as for :func:`insert_layers`.

    Returns:
        The picture, and the path of the copy that :func:`back_up` has made.

    Raises:
        OpenrasterError: as for :func:`insert_layers`, whose other errors are raised too.
    """
    with open_output(path, overwrite=True) as file:
        merged = _write(Path(path), file, _Addition(layers, group, record, above, selected, members or {}))
        return merged, back_up(path)


@dataclass(frozen=True, eq=False)
class _Addition:
    """Everything that is to be added."""

    layers: Sequence[Layer]
    group: str
    record: Record
    above: tuple[int, ...] | None
    selected: int | None
    members: Mapping[str, bytes | None]

    def __post_init__(self) -> None:
        frame_size(self.layers)
        if self.selected is not None and not 0 <= self.selected < len(self.layers):
            raise ValueError(f"Expected selected to be within 0..{len(self.layers) - 1} but it was {self.selected}.")


def _write(source: Path, file: BinaryIO, addition: _Addition) -> Pixels:
    """Writes the new archive to an open file, and returns the picture."""
    ora = ZipCopy(file)
    with read_document(source) as document:
        stack = StackText(document.stack_xml)
        _check(document, stack, addition)
        settings_name, settings = _settings(document, stack)
        settings["dreambrush"] = ours = dict(addition.record(_record(settings)))
        json.dumps(ours, allow_nan=False)  # by itself, for those of others may have NaN
        replaced = (STACK_XML, settings_name, MERGED, THUMBNAIL, *addition.members)
        comment = copy_members(source, document.archive, ora, replaced)
        element = _add_group(ora, document, stack.corner(addition.above), addition)
        ora.add(settings_name, json.dumps(settings, separators=(",", ":")).encode())
        member = None if stack.settings == settings_name else settings_name
        deselect = addition.selected is not None
        ora.add(STACK_XML, stack.changed(element, addition.above, deselect=deselect, settings=member))
    ora.write_directory()
    merged = _rendered(Path(file.name), source)
    ora.add(THUMBNAIL, encode_thumbnail(merged))
    ora.add(MERGED, encode_png(merged))
    for name, content in addition.members.items():
        if content is not None:
            ora.add(name, content)
    ora.write_directory(comment)
    return merged


def _check(document: Document, stack: StackText, addition: _Addition) -> None:
    advice = "Start again, and leave the file alone while dreambrush paints onto it."
    height, width = frame_size(addition.layers)
    if (width, height) != (document.width, document.height):
        raise OpenrasterError(
            f"The picture in '{document.archive.path}' has {document.width} x {document.height} pixels, "
            f"but the new layers have {width} x {height}.",
            advice,
            id="work-changed-meanwhile",
        )
    if addition.above is not None and addition.above not in stack:
        number = ".".join(str(index + 1) for index in addition.above)
        raise OpenrasterError(
            f"There is no layer number {number} in '{document.archive.path}'.", advice, id="work-changed-meanwhile"
        )
    pigment = any(layer.composite_op == PIGMENT for layer in addition.layers)
    if pigment and document.eotf is None and document.working_eotf == PLAIN:
        raise UsageError(
            f"A layer in the mode “Pigment” would change the colours of '{document.archive.path}' in MyPaint.",
            "Save the file in MyPaint first.  Or paint without --pigment, which adds Normal layers.",
            id="pigment-would-change-colours",
        )


def _settings(document: Document, stack: StackText) -> tuple[str, dict[str, Any]]:
    """MyPaint's settings and the member that is to hold them: the old one, or a new one if there are none."""
    name, archive = stack.settings, document.archive
    if name is not None and name in archive and name not in (STACK_XML, MERGED, THUMBNAIL):
        with contextlib.suppress(ValueError, RecursionError):
            settings = read_json(archive.read(name, SETTINGS_LIMIT))
            json.dumps(
                settings
            )  # as it will be written: that may fail where it nests so deeply that reading just did not
            if isinstance(settings, dict):
                return name, settings
    names = (
        SETTINGS_MEMBER,
        *(f"data/dreambrush-settings-{number}.json" for number in range(len(archive.members) + 1)),
    )
    return next(name for name in names if name not in archive), {}


def _record(settings: Mapping[str, Any]) -> dict[str, Any]:
    record = settings.get("dreambrush")
    if not isinstance(record, dict):
        return {}
    # Numbers that JSON does not have are no work of ours, and must not keep ours from being saved.
    plain: dict[str, Any] = json.loads(json.dumps(record), parse_constant=lambda _: None)
    return plain


def copy_members(source: Path, archive: OraArchive, ora: ZipCopy, replaced: Sequence[str]) -> bytes:
    """Copies all members but those that are replaced, and returns the archive's comment."""
    left_out = {archive.find(name).filename for name in replaced if name in archive}
    try:
        with open(source, "rb") as file, zipfile.ZipFile(file) as old:
            for member in sorted(old.infolist(), key=lambda member: member.filename != "mimetype"):
                if member.filename not in left_out:
                    ora.copy(file, member)
            return old.comment
    except (zipfile.BadZipFile, struct.error) as error:  # the second: sizes that 32 bits cannot hold
        raise archive.broken(f"is damaged or incomplete ({error})") from error


def _add_group(ora: ZipCopy, document: Document, corner: tuple[int, int], addition: _Addition) -> ET.Element:
    """Adds the members of all layers, and returns the <stack> that describes them."""
    isolated = document.working_eotf != PLAIN and all(layer.composite_op == NORMAL for layer in addition.layers)
    attributes = {"name": xml_text(addition.group), "opacity": "1.0", "visibility": "visible"}
    attributes |= {"composite-op": NORMAL, "isolation": "isolate" if isolated else "auto"}
    group = ET.Element("stack", attributes)
    strokemap = "mypaint_strokemap_v2" if document.eotf is None else f"{MYPAINT}strokemap"
    names = _free_names(document.archive)
    for index in reversed(range(len(addition.layers))):
        layer = addition.layers[index]
        x, y, pixels = crop_to_tiles(layer.pixels)
        source, record = next(names)
        attributes = layer_attributes(layer, x - corner[0], y - corner[1], source, selected=index == addition.selected)
        attributes[strokemap] = record
        ora.add(source, encode_png(pixels))
        ora.add(record, encode(layer.strokes, (x, y)))
        ET.SubElement(group, "layer", attributes)
    return group


def _free_names(archive: OraArchive) -> Iterator[tuple[str, str]]:
    """Free names for layers' pixels and stroke maps, also for programs that take a and A for the same."""
    taken = {member.filename.lower() for member in archive.members}
    for number in count():
        names = (f"data/dreambrush-{number:02d}.png", f"data/dreambrush-{number:02d}-strokemap.dat")
        if not taken.intersection(names):
            yield names


def _rendered(finished: Path, source: Path) -> Pixels:
    """Renders the new archive, which has no picture yet.  Errors name the source, because it causes them."""
    try:
        with read_document(finished) as document:
            return render_document(document)
    except OpenrasterError as error:
        raise OpenrasterError(error.message.replace(str(finished), str(source)), error.advice, id=error.id) from error

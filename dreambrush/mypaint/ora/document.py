"""Opens an .ora of any program: a tree of layers, whose pixels are read when they are asked for.

Where a file is silent, the same defaults apply as in MyPaint 2.0.1 with its default settings:

- ``mypaint:eotf`` is 2.2 if any group or layer has the mode Pigment, otherwise 1.0, MyPaint's "1.x" mode
  (gui/compatibility.py).  The artist may choose otherwise in MyPaint's preferences.
- ``composite-op`` is the mode of a new layer: Pigment at eotf 2.2, Normal at 1.0.  MyPaint takes that for unknown modes
  too.  Here they keep their name, and rendering refuses them.
- The offsets of groups add to those of their layers.  Opacity is clipped to 0..1.  A group is passed through only if it
  is Normal, of opacity 1, and not isolated (lib/layer/group.py).
- The background is the layer with a ``mypaint:background-tile`` whose sides are multiples of 64 (lib/layer/tree.py).
  Other programs hide it if the file says so.  MyPaint shows it all the same, and has no pictures without one.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from dreambrush.errors import OpenrasterError
from dreambrush.files.json_text import read_json
from dreambrush.mypaint.engine.eotf import HIGHEST, LINEAR, LOWEST, PLAIN
from dreambrush.mypaint.layer import NORMAL, PIGMENT, TILE_SIZE
from dreambrush.mypaint.ora.archive import OraArchive
from dreambrush.mypaint.ora.layer_tree import Background, Group, PaintLayer, png_size
from dreambrush.mypaint.ora.png import PIXEL_LIMIT, SIDE_LIMIT
from dreambrush.mypaint.ora.stack_xml import MYPAINT, StackXmlError, parse_stack_xml

__all__ = ["Background", "Document", "Group", "PaintLayer", "read_document"]

STACK_XML = "stack.xml"
STACK_XML_LIMIT = 16 << 20  # bytes
SETTINGS_LIMIT = 128 << 20
OFFSET_LIMIT = 1 << 24  # pixels from the corner of the picture

_STROKEMAPS = (f"{MYPAINT}strokemap", "mypaint_strokemap_v2")  # today's attribute, and that of MyPaint before 1.2
_TILES = (f"{MYPAINT}background-tile", "background_tile")


@dataclass(frozen=True, eq=False)
class Document:
    """An .ora, open for reading.  Close it, or use it in a ``with`` block.

    Attributes:
        width: width of the picture in pixels.
        height: height of the picture in pixels.
        eotf: the eotf that the file declares, or None.
        working_eotf: the eotf at which MyPaint blends the layers.
        resolution: pixels per inch in x and y, or None.
        frame_active: whether MyPaint shows only the frame.  The frame is then the picture.
        root: the group of all layers.  MyPaint ignores its own attributes.
        background: the paper, or None.  Without one, MyPaint shows its user's own paper, and other programs show
            transparency.
        settings: MyPaint's record of the document (data/mypaint-settings.json); empty if it is absent or broken.
        stack_xml: the bytes of stack.xml in the file.
        archive: the open file itself.
    """

    width: int
    height: int
    eotf: float | None
    working_eotf: float
    resolution: tuple[int, int] | None
    frame_active: bool
    root: Group
    background: Background | None
    settings: Mapping[str, Any]
    stack_xml: bytes
    archive: OraArchive = field(repr=False)

    def layers(self) -> list[PaintLayer]:
        """All layers that hold pixels, the topmost first."""
        return [node for node in self.root.walk() if isinstance(node, PaintLayer)]

    def __enter__(self) -> Document:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file.  After that no pixels can be read."""
        self.archive.close()


def read_document(path: str | Path) -> Document:
    """Opens an .ora and reads all but its pixels and stroke maps.

    Raises:
        OpenrasterError: the file is missing, broken, encrypted, hostile, or no .ora.  Or its picture has more than 100
            million pixels.  Or a layer has no source, or an opacity or place that is no number.
    """
    archive = OraArchive(path)
    try:
        return _read(archive)
    except BaseException:
        archive.close()
        raise


def _read(archive: OraArchive) -> Document:
    xml = archive.read(STACK_XML, STACK_XML_LIMIT)
    try:
        image, stack = parse_stack_xml(xml)
    except StackXmlError as error:
        raise archive.broken(f"has a {STACK_XML} that {error}", id=error.id) from error
    width, height = _whole(archive, image, "w", "picture"), _whole(archive, image, "h", "picture")
    if not (0 < width <= SIDE_LIMIT and 0 < height <= SIDE_LIMIT and width * height <= PIXEL_LIMIT):
        raise OpenrasterError(
            f"The picture in '{archive.path}' has {width} x {height} pixels.",
            f"Its sides must be 1 to {SIDE_LIMIT}, and no more than {PIXEL_LIMIT:,} pixels in all.",
            id="ora-too-large",
        )
    eotf = _eotf(archive, image)
    working_eotf = eotf or (LINEAR if _has_pigment(stack) else PLAIN)
    reader = _Reader(archive, PIGMENT if working_eotf != PLAIN else NORMAL)
    root = reader.group(stack, (), 0, 0)
    return Document(
        width,
        height,
        eotf,
        working_eotf,
        _resolution(image),
        _is_true(image.get(f"{MYPAINT}frame-active", "false")),
        root,
        reader.background,
        _settings(archive, image.get(f"{MYPAINT}json-settings")),
        xml,
        archive,
    )


class _Reader:
    """Turns elements into layers and groups.  Sets ``background`` when it finds one."""

    def __init__(self, archive: OraArchive, default_mode: str) -> None:
        self.background: Background | None = None
        self._archive = archive
        self._default_mode = default_mode

    def group(self, element: ET.Element, path: tuple[int, ...], x: int, y: int) -> Group:
        """The group that a <stack> describes; x and y are the offsets of the groups around it."""
        what = _what(element, path)
        x += _whole(self._archive, element, "x", what, 0)
        y += _whole(self._archive, element, "y", what, 0)
        children: list[PaintLayer | Group] = []
        for index, child in enumerate(element):
            here = (*path, index)
            if child.tag == "stack":
                children.append(self.group(child, here, x, y))
            elif child.tag != "layer":
                raise self._archive.broken(
                    f"holds {_what(child, here)}, a <{child.tag[:60]}>, which is neither layer nor group"
                )
            elif path or not self._is_background(child, here):
                children.append(self._layer(child, here, x, y))
        isolation = element.get("isolation", "auto").lower()
        return Group(*self._common(element, path, what), isolation=isolation, children=tuple(children))

    def _layer(self, element: ET.Element, path: tuple[int, ...], x: int, y: int) -> PaintLayer:
        what = _what(element, path)
        strokemap = next((element.attrib[name] for name in _STROKEMAPS if name in element.attrib), None)
        source = element.get("src")
        if source is None:
            raise self._archive.broken(f"does not say where the pixels of {what} are")
        for member in (source, strokemap):
            if member is not None:
                self._archive.find(member)
        return PaintLayer(
            *self._common(element, path, what),
            x=x + _whole(self._archive, element, "x", what, 0),
            y=y + _whole(self._archive, element, "y", what, 0),
            source=source,
            strokemap=strokemap,
            _archive=self._archive,
        )

    def _is_background(self, element: ET.Element, path: tuple[int, ...]) -> bool:
        """Whether a layer is the paper; if so, takes it.  A tile of odd size makes it an ordinary layer."""
        tile = next((element.attrib[name] for name in _TILES if element.get(name)), None)
        if tile is None:
            return False
        if any(side % TILE_SIZE for side in png_size(self._archive, tile, "background")):
            return False
        if self.background is not None:
            raise self._archive.broken("has two backgrounds")
        self.background = Background(path, _is_visible(element), tile, dict(element.attrib), self._archive)
        return True

    def _common(
        self, element: ET.Element, path: tuple[int, ...], what: str
    ) -> tuple[tuple[int, ...], str, float, bool, str, bool, bool, dict[str, str]]:
        """The arguments that all nodes have."""
        try:
            opacity = float(element.get("opacity", "1.0"))
        except ValueError:
            opacity = math.nan
        if not math.isfinite(opacity):
            raise self._archive.broken(
                f"has an opacity of {what} that is not a number ({element.get('opacity')!r:.60})"
            )
        return (
            path,
            element.get("name", ""),
            min(max(opacity, 0.0), 1.0),
            _is_visible(element),
            _mode(element) or self._default_mode,
            _is_true(element.get("selected", "false")),
            _is_true(element.get("edit-locked", "false")),
            dict(element.attrib),
        )


def _mode(element: ET.Element) -> str | None:
    """The mode that an element names; None also for what MyPaint 2.0's alpha called the mode of new layers."""
    mode = element.get("composite-op")
    return None if mode == "svg:spectral-wgm" else mode


def _what(element: ET.Element, path: tuple[int, ...]) -> str:
    """The name by which errors call an element."""
    if not path:
        return "the root group"
    kind = "group" if element.tag == "stack" else "layer"
    name = element.get("name")
    return f"the {kind} “{name[:60]}”" if name else f"the {kind} number {'.'.join(str(index + 1) for index in path)}"


def _whole(archive: OraArchive, element: ET.Element, attribute: str, what: str, default: int | None = None) -> int:
    """An attribute as a whole number; it may be written as 64.0."""
    text = element.get(attribute)
    if text is None and default is not None:
        return default
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not abs(value) <= OFFSET_LIMIT or value != int(value):
        raise archive.broken(f"has a “{attribute}” of {what} that is not a usable whole number ({text!r:.60})")
    return int(value)


def _eotf(archive: OraArchive, image: ET.Element) -> float | None:
    text = image.get(f"{MYPAINT}eotf")
    if text is None:
        return None
    try:
        eotf = float(text)
    except ValueError:
        eotf = math.nan
    if not LOWEST <= eotf <= HIGHEST:
        raise archive.broken(f"declares an impossible mypaint:eotf ({text!r:.60})")
    return eotf


def _has_pigment(element: ET.Element) -> bool:
    """MyPaint's rule for files that declare no eotf.  The background does not count."""
    if element.get(_TILES[0]):
        return False
    return element.get("composite-op") == PIGMENT or any(_has_pigment(child) for child in element)


def _resolution(image: ET.Element) -> tuple[int, int] | None:
    """The resolution by MyPaint's rule: both numbers, or none."""
    try:
        x, y = (round(float(image.get(name, "0"))) for name in ("xres", "yres"))
    except (ValueError, OverflowError):
        return None
    return (x, y) if 0 < x < 1 << 20 and 0 < y < 1 << 20 else None


def _settings(archive: OraArchive, name: str | None) -> dict[str, Any]:
    if name is None or name not in archive:
        return {}
    try:
        settings = read_json(archive.read(name, SETTINGS_LIMIT))
    except ValueError:
        return {}
    return settings if isinstance(settings, dict) else {}


def _is_visible(element: ET.Element) -> bool:
    return element.get("visibility", "visible").lower() != "hidden"


def _is_true(text: str) -> bool:
    return text.lower() in ("true", "1")

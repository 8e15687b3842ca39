"""Changes stack.xml at a few places and leaves every other byte of it as it is.

Programs that read XML and write it again lose comments, the order of attributes, the way characters are written, and
whatever they do not know.  This module only looks for the places to change. expat tells where in the bytes an element
begins.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from dreambrush.mypaint.ora.stack_xml import MYPAINT

_URI = MYPAINT.strip("{}")
ET.register_namespace("mypaint", _URI)

_SETTINGS = f"{_URI} json-settings"
_BLANKS = " \t\r\n"
_TAG = re.compile(r"<[^ \t\r\n/>]+")
_ATTRIBUTE = re.compile(r"""[ \t\r\n]+([^ \t\r\n=/>]+)[ \t\r\n]*=[ \t\r\n]*("[^"]*"|'[^']*')""")

Path = tuple[int, ...]


class _Edit(NamedTuple):
    start: int  # in units of the text
    end: int
    text: str  # ASCII


@dataclass
class _Element:
    start: int  # the byte of its "<"
    attributes: Mapping[str, str]
    path: Path | None = None  # None outside the root group
    x: int = 0  # its offset on the canvas, those of the groups that it is in included
    y: int = 0
    children: int = 0


class StackText:
    """The text of a stack.xml and the places in it.

    Args:
        data: a stack.xml that :func:`~dreambrush.mypaint.ora.document.read_document` accepts.

    Attributes:
        settings: the member in which MyPaint keeps its settings, or None.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._places: dict[Path, _Element] = {}
        self._prefixes: dict[str, str] = {}  # of the <image>: the namespace of each
        self._image = _Element(0, {})
        self._scan()
        self.settings = self._image.attributes.get(_SETTINGS)
        # Text in UTF-16 is searched unit by unit.  All else that expat reads writes ASCII as ASCII, in single bytes.
        self._codec, self._unit = "latin-1", 1
        if data[self._image.start :].startswith((b"<\0", b"\0<")):
            self._codec, self._unit = "utf-16-le" if data[self._image.start] else "utf-16-be", 2
        self._text = data.decode(self._codec) if self._unit == 1 else _units(data, self._codec)

    def __contains__(self, path: Path) -> bool:
        """Whether there is a layer, group or background at that path, counted as in a document's nodes."""
        return path != () and path in self._places

    def corner(self, above: Path | None) -> tuple[int, int]:
        """The place on the canvas of x = y = 0 of a new element above another one, or above all."""
        group = self._places[above[:-1] if above else ()]
        return group.x, group.y

    def changed(self, group: ET.Element, above: Path | None, *, deselect: bool, settings: str | None) -> bytes:
        """The text with a new group.

        Args:
            group: the <stack>, not indented; it may use MyPaint's namespace.
            above: the path of the layer, group or background above which it goes; None means above all.
            deselect: remove ``selected`` from all elements that have it set.
            settings: the member in which MyPaint will find its settings; None leaves that as it is.
        """
        edits = [self._insertion(group, above)]
        if deselect:
            edits += self._deselections()
        if settings is not None:
            edits.append(self._settings_edit(settings))
        pieces, done = [], 0
        for start, end, text in sorted(edits):
            pieces += [self._data[done : start * self._unit], text.encode(self._codec)]
            done = end * self._unit
        return b"".join([*pieces, self._data[done:]])

    def _scan(self) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        within: list[_Element] = []

        def declare(prefix: str | None, uri: str | None) -> None:
            if not within and prefix and uri:
                self._prefixes[prefix] = uri

        def start(name: str, attributes: dict[str, str]) -> None:
            element = _Element(parser.CurrentByteIndex, attributes)
            if not within:
                self._image = element
            elif (path := within[-1].path) is not None:
                group = within[-1]
                element.path = (*path, group.children)
                element.x, element.y = group.x, group.y
                group.children += 1
            elif len(within) == 1 and name == "stack" and () not in self._places:
                element.path = ()
            if element.path is not None:
                element.x += _offset(attributes.get("x", "0"))
                element.y += _offset(attributes.get("y", "0"))
                self._places[element.path] = element
            within.append(element)

        parser.StartNamespaceDeclHandler = declare
        parser.StartElementHandler = start
        parser.EndElementHandler = lambda _name: within.pop()
        parser.Parse(self._data, True)

    def _insertion(self, group: ET.Element, above: Path | None) -> _Edit:
        path = above or (0,)
        if path in self._places:
            at = before = self._places[path].start // self._unit
            while self._text[before - 1] in _BLANKS:
                before -= 1
            blank = self._text[before:at]
            return _Edit(at, at, _serialised(group, blank) + blank)
        # The root group holds nothing: where does its start tag end?
        end = self._text.index(">", self._end_of_attributes(self._places[()])) + 1
        if self._text[end - 2] != "/":
            return _Edit(end, end, _serialised(group))
        return _Edit(end - 2, end, f">{_serialised(group)}</stack>")

    def _deselections(self) -> Iterator[_Edit]:
        for element in self._places.values():
            if element.attributes.get("selected", "").lower() in ("true", "1"):
                for found in self._attributes(element):
                    if found[1] == "selected":
                        yield _Edit(*found.span(), "")

    def _settings_edit(self, member: str) -> _Edit:
        prefixes = [prefix for prefix, uri in self._prefixes.items() if uri == _URI]
        for found in self._attributes(self._image):
            if found[1] in [f"{prefix}:json-settings" for prefix in prefixes]:
                return _Edit(*found.span(2), quoteattr(member))
        declaration = ""
        if not prefixes:
            names = ("mypaint", *(f"mypaint{number}" for number in range(2, len(self._prefixes) + 3)))
            prefixes = [next(name for name in names if name not in self._prefixes)]
            declaration = f' xmlns:{prefixes[0]}="{_URI}"'
        at = self._end_of_attributes(self._image)
        return _Edit(at, at, f"{declaration} {prefixes[0]}:json-settings={quoteattr(member)}")

    def _attributes(self, element: _Element) -> Iterator[re.Match[str]]:
        """Finds the attributes in a start tag: blanks, name (1), value with its quotes (2)."""
        found = _TAG.match(self._text, element.start // self._unit)
        while found and (found := _ATTRIBUTE.match(self._text, found.end())):
            yield found

    def _end_of_attributes(self, element: _Element) -> int:
        found = [_TAG.match(self._text, element.start // self._unit), *self._attributes(element)]
        assert found[-1]
        return found[-1].end()


def _offset(text: str) -> int:
    """The offset of a group.  Other elements, such as the background, may say anything and do not count."""
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return 0


def _units(data: bytes, codec: str) -> str:
    """UTF-16 with each unit as a character of its own, also halves of pairs, so that places can be counted."""
    units = array("H", data)
    if (codec == "utf-16-le") != (sys.byteorder == "little"):
        units.byteswap()
    return "".join(map(chr, units))


def _serialised(group: ET.Element, blank: str = "") -> str:
    """Writes ASCII, indented like the last line of the blank space before it, or in one line if there is none."""
    lines = "\n" in blank
    if lines:
        ET.indent(group)
    text: str = ET.tostring(group, "us-ascii").decode()
    return text.replace("\n", blank[blank.rindex("\n") :]) if lines else text

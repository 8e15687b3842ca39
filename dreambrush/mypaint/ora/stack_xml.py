"""Reads stack.xml, the list of layers in an .ora, without trusting it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

MYPAINT = "{http://mypaint.org/ns/openraster}"  # the namespace of MyPaint's own attributes
LAYER_LIMIT = 10_000
DEPTH_LIMIT = 64  # groups within groups


class StackXmlError(ValueError):
    """A stack.xml cannot be read.  The message says why, as in "FILE has a stack.xml that {error}"."""

    def __init__(self, message: str, *, id: str = "ora-damaged") -> None:
        super().__init__(message)
        self.id = id


def parse_stack_xml(data: bytes) -> tuple[ET.Element, ET.Element]:
    """Reads the <image> and its root <stack>.

    Raises:
        StackXmlError: the XML is malformed, defines entities, has too many or too deeply nested layers, or lacks these
            elements.
    """
    parser = DefusedXMLParser(target=_Builder())
    try:
        parser.feed(data)
        image: ET.Element = parser.close()
    except StackXmlError:
        raise
    except DefusedXmlException:
        raise StackXmlError("defines entities, which could be an attack", id="ora-not-trusted") from None
    except (ET.ParseError, ValueError, LookupError) as error:  # the last two: an encoding that Python lacks
        raise StackXmlError(f"is not well-formed XML ({' '.join(str(error).split())})") from error
    stack = image.find("stack")
    if image.tag != "image" or stack is None:
        raise StackXmlError("holds no picture (an <image> with a <stack>)")
    return image, stack


class _Builder(ET.TreeBuilder):
    """Builds the tree, and stops when it gets too large."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self._depth += 1
        self._count += 1
        if self._depth > DEPTH_LIMIT + 2:  # the <image> and the root <stack> come on top
            raise StackXmlError(f"nests groups deeper than the {DEPTH_LIMIT} accepted", id="ora-too-large")
        if self._count > LAYER_LIMIT + 2:
            raise StackXmlError(f"has more layers than the {LAYER_LIMIT:,} accepted", id="ora-too-large")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self._depth -= 1
        return super().end(tag)

"""The layers and groups of an .ora.  Pixels are read from the file when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dreambrush.arrays import Pixels
from dreambrush.errors import OpenrasterError
from dreambrush.mypaint.layer import NORMAL
from dreambrush.mypaint.ora.archive import AGAIN, MEMBER_LIMIT, OraArchive
from dreambrush.mypaint.ora.png import HEADER_SIZE, PngError, decode_png, read_header

STROKEMAP_FREE, STROKEMAP_PACKING = (
    1 << 20,
    50,
)  # bytes that a stroke map may unpack to: a few, and so many times its own


@dataclass(frozen=True, eq=False)
class Node:
    """What layers and groups have in common.

    Attributes:
        path: the indices that lead from the root <stack> to its element: ``(1, 0)`` is the first child of the second.
            Every element counts, also that of the background.
        name: the name that the artist reads; may be empty.
        opacity: opacity, 0..1.
        visible: whether it is shown while its groups are.
        composite_op: its mode, as OpenRaster names it.  If the file does not say, as MyPaint chooses it.
        selected: whether it was the selected layer when the file was saved.
        locked: whether it is locked against editing.
        attributes: all attributes as the file has them.  Those with a namespace are written "{uri}name".
    """

    path: tuple[int, ...]
    name: str
    opacity: float
    visible: bool
    composite_op: str
    selected: bool
    locked: bool
    attributes: Mapping[str, str]

    @property
    def label(self) -> str:
        """The name by which errors call it: its name, or its place."""
        return f"“{self.name[:60]}”" if self.name else f"number {'.'.join(str(index + 1) for index in self.path)}"


@dataclass(frozen=True, eq=False)
class PaintLayer(Node):
    """A layer of pixels.

    Attributes:
        x: left edge on the canvas in pixels, with the offsets of its groups; may be negative.
        y: upper edge on the canvas in pixels, with the offsets of its groups; may be negative.
        source: the member that holds its pixels.
        strokemap: the member that holds MyPaint's stroke map, or None.
    """

    x: int
    y: int
    source: str
    strokemap: str | None
    _archive: OraArchive = field(repr=False)

    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as its PNG declares them; raises OpenrasterError as :meth:`pixels` does."""
        return png_size(self._archive, self.source, f"layer {self.label}")

    def pixels(self) -> Pixels:
        """Reads its pixels: straight sRGB and alpha, shape (height, width, 4), uint8.  Each call reads them again.

        Raises:
            OpenrasterError: the pixels are no PNG, damaged, or too many.
        """
        return _png_pixels(self._archive, self.source, f"layer {self.label}")

    def strokemap_bytes(self) -> bytes | None:
        """The bytes of MyPaint's stroke map in the file, or None if the layer has none.

        Raises:
            OpenrasterError: the stroke map is damaged or too large.
        """
        if self.strokemap is None:
            return None
        # What is in it is packed already, and packs hardly any smaller a second time.
        limit = STROKEMAP_FREE + STROKEMAP_PACKING * self._archive.find(self.strokemap).compress_size
        return self._archive.read(self.strokemap, min(limit, MEMBER_LIMIT))


@dataclass(frozen=True, eq=False)
class Group(Node):
    """Layers and groups that belong together.

    Attributes:
        isolation: "isolate" or "auto", as OpenRaster names them.
        children: layers and groups, the topmost first as in the file, without the background.
    """

    isolation: str
    children: tuple[PaintLayer | Group, ...]

    @property
    def pass_through(self) -> bool:
        """Whether its layers are laid as if they were in no group."""
        return self.composite_op == NORMAL and self.opacity == 1.0 and self.isolation == "auto"

    def walk(self) -> Iterator[PaintLayer | Group]:
        """All layers and groups within, the topmost first.  A group comes before its contents."""
        for child in self.children:
            yield child
            if isinstance(child, Group):
                yield from child.walk()


@dataclass(frozen=True, eq=False)
class Background:
    """The paper under all layers.

    Attributes:
        path: as for a :class:`Node`.
        visible: whether the file shows it.  MyPaint ignores that, other programs obey it.
        source: the member with its tile, which is repeated from the corner of the picture.
        attributes: as for a :class:`Node`.
    """

    path: tuple[int, ...]
    visible: bool
    source: str
    attributes: Mapping[str, str]
    _archive: OraArchive = field(repr=False)

    def tile(self) -> Pixels:
        """Reads the tile: straight RGBA, as a rule opaque, shape (64n, 64m, 4), uint8; raises OpenrasterError."""
        return _png_pixels(self._archive, self.source, "background")


def png_size(archive: OraArchive, source: str, owner: str) -> tuple[int, int]:
    """Reads the width and height in pixels that a member declares.

    Args:
        archive: the open file.
        source: name of the member.
        owner: the owner of the pixels, as errors call it.

    Raises:
        OpenrasterError: the member is missing, no PNG, or too large.
    """
    try:
        return read_header(archive.read_start(source, HEADER_SIZE))[:2]
    except PngError as error:
        raise _unreadable(archive, owner, error) from None


def _png_pixels(archive: OraArchive, source: str, owner: str) -> Pixels:
    png_size(archive, source, owner)  # before all of it is inflated
    try:
        return decode_png(archive.read(source))
    except PngError as error:
        raise _unreadable(archive, owner, error) from error


def _unreadable(archive: OraArchive, owner: str, error: PngError) -> OpenrasterError:
    return OpenrasterError(f"The {owner} of '{archive.path}' holds {error}.", AGAIN, id=error.id)

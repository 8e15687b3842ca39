"""The artist's own work, onto which strokes are painted: what is seen of it, and where paint may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dreambrush.arrays import Float32, Floats, Pixels
from dreambrush.errors import OpenrasterError, UsageError
from dreambrush.mypaint.engine.canvas import LARGEST_SIDE
from dreambrush.mypaint.engine.eotf import LINEAR, PLAIN
from dreambrush.mypaint.ora.document import Document, Group, PaintLayer
from dreambrush.mypaint.ora.render import render_document

Node = PaintLayer | Group
Path = tuple[int, ...]

WHITE = 255  # what is seen where a work is transparent and has no paper
LEAST_OPEN = 0.01  # least share of the picture that layers above must leave open


@dataclass(frozen=True, eq=False)
class Backdrop:
    """The work that is painted onto.

    Attributes:
        picture: (h, w, 3) uint8, what is seen below the new strokes.
        region: (h, w) uint8 where paint may go, 255 where it may; None for everywhere.
        open: (h, w) float32 share of the new strokes that will be seen, 0..1; None for all of them.
        pigment: whether new layers mix as pigment, as MyPaint 2's do.
        eotf: eotf of the light in which they mix, if it is not 2.2.
    """

    picture: Pixels
    region: Pixels | None
    open: Float32 | None
    pigment: bool
    eotf: float | None = None


def check_work(document: Document) -> None:
    """Settles whether a document can be painted on, before memory is taken for pictures of its size.

    Raises:
        OpenrasterError: it is too large.
    """
    if max(document.width, document.height) > LARGEST_SIDE:
        raise OpenrasterError(
            f"The picture in '{document.archive.path}' has {document.width} x {document.height} pixels.",
            f"Only sides of up to {LARGEST_SIDE} can be painted on.",
            id="work-too-large",
        )


def see_backdrop(document: Document, above: Node | None = None, region: Pixels | None = None) -> Backdrop:
    """Looks at a document.

    Args:
        document: document that is open for reading.
        above: the layer or group above which the new strokes will lie; by default they lie above all.
        region: (h, w) uint8 where paint may go, 255 where it may.

    Raises:
        OpenrasterError: a layer cannot be rendered, or the document is too large.
        UsageError: the layers above hide everything.
    """
    check_work(document)
    visible = None
    below = document
    if above is not None:
        below = replace(document, root=only_layers(document.root, lambda path: not _is_above(path, above.path)))
        over = only_layers(document.root, lambda path: _is_above(path, above.path))
        if any(node.visible for node in over.walk() if isinstance(node, PaintLayer)):
            hidden = render_document(replace(document, root=over, background=None))
            visible = np.asarray(1 - hidden[..., 3] / np.float32(255), np.float32)
            if visible.mean() < LEAST_OPEN:
                raise UsageError(
                    f"The layers above “{above.name}” hide all paint there.",
                    "Choose a higher layer.",
                    id="hidden-by-layers-above",
                )
    eotf = document.working_eotf
    other = None if eotf in (PLAIN, LINEAR) else eotf
    return Backdrop(_on_paper(render_document(below), document), region, visible, eotf != PLAIN, other)


def find_node(document: Document, words: str) -> Node:
    """A layer or group.

    Args:
        document: document that has it.
        words: its name; its number, such as ``2.1``, as ``dreambrush inspect`` shows it; or the names of groups that
            hold it and its own with slashes between them, such as ``Sketch/Lines``.  A name counts before a number.

    Raises:
        UsageError: there is none, or more than one.
    """
    nodes = list(document.root.walk())
    names = {node.path: node.name for node in nodes}
    whole = {node.path: "/".join(names[node.path[:depth]] for depth in range(1, len(node.path) + 1)) for node in nodes}
    found = [node for node in nodes if node.name == words]
    if not found:
        found = [node for node in nodes if number_of(node) == words.removeprefix("#")]
    if not found and "/" in words:
        found = [node for node in nodes if f"/{whole[node.path]}".endswith(f"/{words}")]
    if len(found) == 1:
        return found[0]
    if found:
        each = ", ".join(f"{number_of(node)} ({whole[node.path]})" for node in found)
        raise UsageError(
            f"Several layers have the name “{words}”.", f"Give the number of one: {each}.", id="no-such-layer"
        )
    listed = ", ".join(f"“{node.name}”" if node.name else number_of(node) for node in nodes)
    raise UsageError(
        f"There is no layer named “{words}”.", f"The layers are: {listed or 'there is none'}.", id="no-such-layer"
    )


def number_of(node: Node) -> str:
    """The number of a layer or group: its place in its group, counted from 1 at the top, after that of the group."""
    return ".".join(str(index + 1) for index in node.path)


def region_of(document: Document, layer: PaintLayer) -> Pixels:
    """The region (h, w) uint8 in which a layer is painted: its alpha."""
    region = np.zeros((document.height, document.width), np.uint8)
    pixels = layer.pixels()
    top, left = max(layer.y, 0), max(layer.x, 0)
    bottom, right = min(layer.y + pixels.shape[0], document.height), min(layer.x + pixels.shape[1], document.width)
    if top < bottom and left < right:
        region[top:bottom, left:right] = pixels[top - layer.y : bottom - layer.y, left - layer.x : right - layer.x, 3]
    return region


def _is_above(path: Path, other: Path) -> bool:
    """Whether a node lies above another one and is none of the groups that hold it."""
    return path < other and other[: len(path)] != path


def only_layers(group: Group, keep: Callable[[Path], bool]) -> Group:
    """The tree of layers with only those layers."""
    children: list[Node] = []
    for child in group.children:
        if isinstance(child, Group):
            some = only_layers(child, keep)
            if some.children:  # even an empty group would clear what is below it, in some modes
                children.append(some)
        elif keep(child.path):
            children.append(child)
    return replace(group, children=tuple(children))


def _on_paper(picture: Pixels, document: Document) -> Pixels:
    """A picture on paper, without transparency."""
    if picture.shape[2] == 3:
        return picture
    paper: Floats | int = WHITE
    if document.background is not None:
        tile = document.background.tile()[..., :3]
        repeats = -(-picture.shape[0] // len(tile)), -(-picture.shape[1] // tile.shape[1]), 1
        paper = np.tile(tile, repeats)[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    alpha = picture[..., 3:] / np.float32(255)
    return np.asarray(np.rint(picture[..., :3] * alpha + paper * (1 - alpha)), np.uint8)

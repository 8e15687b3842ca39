"""The layers of an .ora as those of a PSD, as far as PSD can show them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dreambrush.arrays import Pixels
from dreambrush.mypaint.blend.modes import CLEARING
from dreambrush.mypaint.engine.eotf import PLAIN
from dreambrush.mypaint.layer import PIGMENT
from dreambrush.mypaint.ora.document import Background, Document, Group, PaintLayer
from dreambrush.pictures.psd_writing import MODES, NORMAL, PASS_THROUGH, PsdGroup, PsdLayer

ERASING = (*CLEARING, "svg:dst-out")
"""Modes in which a layer takes away what is below it.  Without them it would cover that instead."""

PAPER = "Background"


def psd_layers(document: Document) -> tuple[list[PsdLayer | PsdGroup], list[str]]:
    """The layers for :func:`~dreambrush.pictures.psd_writing.write_psd`.

    Args:
        document: open for as long as the layers' pixels are to be read.

    Returns:
        The layers, bottom first; and sentences on what they do not show as MyPaint does.
    """
    notes: list[str] = []
    layers = _children(document.root, notes)
    if document.background is not None:
        paper = document.background
        layers.insert(0, PsdLayer(PAPER, _filling(paper, document), visible=paper.visible))
    if document.working_eotf != PLAIN or any(node.composite_op == PIGMENT for node in document.root.walk()):
        notes.append(
            "MyPaint mixes the colours of this picture in a way that .psd does not have: its layers look different "
            "where paint is thin.  --flatten-pigment makes them look right, and --format png shows all as it is."
        )
    return layers, notes


def _children(group: Group, notes: list[str]) -> list[PsdLayer | PsdGroup]:
    found: list[PsdLayer | PsdGroup] = []
    for node in reversed(group.children):
        mode, visible = _mode(node, notes), node.visible and node.composite_op not in ERASING
        if isinstance(node, PaintLayer):
            found.append(PsdLayer(node.name, node.pixels, node.x, node.y, node.opacity, visible, mode))
        else:
            children = _children(node, notes)
            mode = PASS_THROUGH if node.pass_through else mode
            found.append(PsdGroup(node.name, children, node.opacity, visible, mode))
    return found


def _mode(node: PaintLayer | Group, notes: list[str]) -> bytes:
    mode = MODES.get(node.composite_op)
    if mode is None and node.composite_op != PIGMENT:
        what = "is hidden there" if node.composite_op in ERASING else "is Normal there"
        notes.append(f".psd does not have the mode {node.composite_op} of {node.label}, which {what}.")
    return mode or NORMAL


def _filling(paper: Background, document: Document) -> Callable[[], Pixels]:
    def pixels() -> Pixels:
        tile = paper.tile()
        repeats = (-(-document.height // tile.shape[0]), -(-document.width // tile.shape[1]), 1)
        return np.tile(tile, repeats)[: document.height, : document.width]

    return pixels

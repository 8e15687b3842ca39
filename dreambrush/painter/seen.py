"""What a painter makes of a picture before the first stroke: what is seen of it, and what a stage has to do with it."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.manner.colours import recoloured
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.plan.stages import BOTH, DARKER, Tones
from dreambrush.painter.see.cells import grown, reduced
from dreambrush.painter.see.gather import gathered
from dreambrush.painter.see.interest import FACE, Interest
from dreambrush.painter.see.shapes import in_shapes
from dreambrush.painter.see.squint import edges_of, ramp, squinted
from dreambrush.painter.see.target import Target
from dreambrush.painter.see.temperature import tempered
from dreambrush.painter.see.values import keyed
from dreambrush.painter.see.zones import tone_of
from dreambrush.pictures.palette import Palette

RESERVED = 0.16  # distance from the ground up to which a place of a picture in colours is reserved
OWN_COLOUR = 0.6  # share of its own colours that a face keeps in a manner
KEPT = 0.5, 0.8  # interest from which on a place keeps its lights in a manner with open paper, and keeps all of them
ONE_STICK = 0.5  # distance of the only colour from the ground, from which there are tones between


def loose(target: Target, looked: Interest, care: Float32 | None) -> tuple[Float32, Float32, Float32, Float32 | None]:
    """Where a hand may be loose.

    Args:
        target: what is painted.
        looked: where one looks.
        care: (h, w) how much more an error counts in faces; None for no faces.

    Returns:
        In the cells of ``looked`` (rows, columns): where one looks, 0..1; how much the form counts, 0..1, namely where
        one looks and beside clear edges; how clear edges are, 0..1; and ``care``.
    """
    clear, sharp, _ = edges_of(reduced(target.picture, looked.cell), looked.unit)
    edged, faces = clear * sharp, None if care is None else reduced(care, looked.cell)
    return looked.cells, np.maximum(looked.cells, np.square(edged)), edged, faces


def seen(target: Target, looked: Interest | None, care: Float32 | None, options: PaintOptions) -> Float32:
    """The picture of a target as the painter sees it: its colours, its small things, and its edges.

    Args:
        target: what is painted.
        looked: where one looks; needed for lost edges and flat shapes.
        care: (h, w) how much more an error counts in faces; None for no faces.
        options: taste.

    Returns:
        (h, w, 3) float32, sRGB; the target's own picture if nothing is asked for.
    """
    picture = target.picture
    if options.manner is not None and options.likeness:
        picture = recoloured(picture, options.manner.swatches, options.likeness)
        if care is not None:  # a face that has become paper is none
            own = np.float32(OWN_COLOUR) * np.clip(care / np.float32(FACE), 0, 1)
            picture = np.asarray(picture + own[..., None] * (target.picture - picture), np.float32)
    if options.temperature:
        picture = tempered(picture, options.temperature)
    if options.simplify:
        picture = gathered(picture, options.simplify, target.counts, care)
    if options.edges and looked:
        picture = squinted(picture, looked, target.counts, options.edges)
    if options.bare or options.grey or options.depth < 1:
        ground = np.array(options.ground or target.background.reshape(-1, 3).mean(0) / 255, np.float32)
        if options.bare or options.grey:
            paper = keyed(picture, ground, options.bare, _darkest(options.palette) if options.grey else None)
            if options.manner is not None and looked:  # paper around the subject, as the reference has it, not in it
                kept = grown(ramp(looked.cells, *KEPT), (picture.shape[0], picture.shape[1]))
                paper += kept[..., None] * (picture - paper)
            picture = paper
        picture = np.asarray(ground + np.float32(options.depth) * (picture - ground), np.float32)
    if options.shapes and looked:
        flat = in_shapes(picture, looked, options.shapes, _colours_of_shapes(options, target), options.rims)
        if options.bare and not options.grey:  # whites are reserved, however small: no wash can be taken away
            white = 1 - ramp(np.abs(picture - ground).max(2), 0, RESERVED * options.depth)
            flat += white[..., None] * (ground - flat)
        picture = flat
    return picture


def _colours_of_shapes(options: PaintOptions, target: Target) -> Float32 | None:
    """The colours (n, 3) of flat shapes: those of the palette, and the ground where a part of it stays bare.

    One dark stick, such as charcoal, makes the tones between by pressure.
    """
    if options.palette is None:
        return None
    colours = options.palette.colours
    if not (options.bare or options.grey):
        return colours
    ground = np.array(options.ground or target.background.reshape(-1, 3).mean(0) / 255, np.float32)
    if options.grey and len(colours) == 1 and np.abs(ground - colours[0]).max() > ONE_STICK:
        steps = np.array([1 / 3, 2 / 3, 1], np.float32)[:, None]
        colours = np.asarray(ground + steps * (colours - ground), np.float32)
    return np.concatenate([ground[None], colours])


def _darkest(palette: Palette | None) -> Float32:
    """The darkest colour (3,) that there is."""
    if palette is None:
        return np.zeros(3, np.float32)
    return np.asarray(palette.colours[int(tone_of(palette.colours).argmin())])


def left_to_do(tones: Tones, picture: Float32, canvas: Float32, zone: Float32 | None) -> Float32:
    """What a stage makes of a canvas (h, w, 3): the picture (h, w, 3) where it may paint, and the canvas elsewhere."""
    if tones != BOTH:
        darker = tone_of(picture) < tone_of(canvas)
        picture = np.where((darker if tones == DARKER else ~darker)[..., None], picture, canvas)
    return picture if zone is None else np.asarray(canvas + zone[..., None] * (picture - canvas), np.float32)

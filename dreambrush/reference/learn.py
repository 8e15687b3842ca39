"""Learns the manner of references, and makes a style of it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32, Float64, Floats
from dreambrush.errors import PictureError
from dreambrush.manner.colours import swatches_of_paint
from dreambrush.manner.manner import BREADTHS, MOST_COLOURS, PLACES, Manner, StrokeGroup, Swatch
from dreambrush.manner.table import MEANS, hexadecimal
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.painter.measure.figures import figures_of
from dreambrush.pictures.limits import Limits
from dreambrush.pictures.palette import oklab
from dreambrush.pictures.reading import load_picture
from dreambrush.recipe import recipes_of
from dreambrush.reference.brushes import USUAL, nearest_brushes, own_brushes
from dreambrush.reference.measured import SWATCHES, UNKNOWN_OF_PATCHES, UNKNOWN_OF_SPARSE, manner_of
from dreambrush.reference.patches import figures_of_patches
from dreambrush.reference.recovery import recovered_strokes

SIDE = 512  # pixels of the longer side at which a reference is looked at
SMALLEST_SIDE = 64  # pixels: in a smaller picture no stroke can be told from another
PAPER, PALE, PAPER_SHARE = 0.7, 0.06, 0.2  # of paper: least lightness, greatest chroma, least share of the picture
ALIKE = 0.06  # distance in Oklab up to which patches are of the same paper
HAND, SIMPLIFY, EDGES = 0.5, 0.3, 0.0  # the manner says how strokes are; these say what is seen of the photo
FEWEST, MOST = 200, 6000  # strokes of a painting
MOST_BRUSHES = 4
MOST_OPEN = 0.6  # share of the ground
SPARSE = 0.4  # share of open ground, from which on only the strokes tell the colours
EVEN = 2 / 255  # difference of colours up to which a picture is blank
ORA = ".ora"
PATCHES, RECIPE, STROKE_MAPS, SEVERAL = MEANS


@dataclass(frozen=True)
class Learned:
    """What was learned of references.

    Attributes:
        manner: the manner.
        options: options of `dreambrush paint` that go with it, by their keys in a style.
    """

    manner: Manner
    options: dict[str, Any]


def learn(references: Sequence[Path]) -> Learned:
    """Learns the manner of one or several references, as one.

    Raises:
        PictureError: one cannot be read, is too small, or shows no strokes.
    """
    found = [_of(each) for each in references]
    manner = joined([each for each, _ in found])
    brushes = list(dict.fromkeys(name for _, names in found for name in names))[:MOST_BRUSHES]
    strokes = min(max(manner.strokes, FEWEST), MOST)
    options = {
        "brush": brushes,
        "strokes": strokes,
        "hand": HAND,
        "simplify": SIMPLIFY,
        "edges": EDGES,
        "ground": hexadecimal(manner.ground),
    }
    return Learned(manner, options)


def joined(manners: Sequence[Manner]) -> Manner:
    """One manner in the middle of several.

    It has the barycentre of each distribution, which in one dimension is the mean of the quantiles (Agueh and Carlier,
    "Barycenters in the Wasserstein space", 2011, section 6.1).  It has the colours of all, but the ground of the first,
    for a mixture of grounds is nobody's.  Their flows would cancel out, so it has none.
    """
    first = manners[0]
    if len(manners) == 1:
        return first
    groups = []
    for place in PLACES:
        for breadth in BREADTHS:
            same = [
                each for every in manners for each in every.groups if (each.place, each.breadth) == (place, breadth)
            ]
            if not same:
                continue
            names = [name for name in same[0].figures if all(name in each.figures for each in same)]
            figures = {
                name: tuple(np.mean([each.figures[name] for each in same], 0).round(4).tolist()) for name in names
            }
            share = float(np.mean([each.share for each in same]))
            groups.append(StrokeGroup(place, breadth, share, figures))
    most = max(MOST_COLOURS // len(manners), 1)
    swatches = sorted(
        (Swatch(swatch.colour, swatch.share / len(manners)) for each in manners for swatch in each.swatches[:most]),
        key=lambda swatch: -swatch.share,
    )[:MOST_COLOURS]
    means = first.means if all(each.means == first.means for each in manners) else SEVERAL
    open_ = float(np.mean([each.open for each in manners]))
    source = ", ".join(each.source for each in manners)
    order = None if any(each.order is None for each in manners) else float(np.mean([each.order for each in manners]))
    return replace(
        first,
        source=source,
        means=means,
        groups=tuple(groups),
        swatches=tuple(swatches),
        open=open_,
        order=order,
        flow=(),
    )


def _of(file: Path) -> tuple[Manner, list[str]]:
    """The manner of one reference, and the names of the brushes that suit it."""
    return _of_document(file) if file.suffix.lower() == ORA else _of_picture(file)


def _of_picture(file: Path) -> tuple[Manner, list[str]]:
    """The same of a picture of a painting."""
    picture = load_picture(file, SIDE, limits=Limits())
    blank = np.ptp(picture.reshape(-1, 3), 0).max() <= EVEN
    if blank or min(picture.shape[:2]) < SMALLEST_SIDE or _is_tiny(file):
        raise _shows_none(file, f"it is blank, a mere strip, or smaller than {SMALLEST_SIDE} pixels")
    strokes, figures = figures_of_patches(picture)
    ground, open_ = _ground(strokes.colour, figures.seen, picture)
    manner = manner_of(figures, strokes, picture, file.name, PATCHES, ground, UNKNOWN_OF_PATCHES, open_)
    return manner, nearest_brushes(picture, open_)


def _is_tiny(file: Path) -> bool:
    """Whether a picture, which can be read, has a side with too few pixels of its own; it was enlarged to be looked at.

    Pictures of kinds that Pillow does not know come from cameras and phones, and are large.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, at large pictures
        try:
            with Image.open(file) as image:
                return min(image.size) < SMALLEST_SIDE
        except (Image.DecompressionBombError, OSError, SyntaxError, TypeError, ValueError):
            return False


def _shows_none(file: Path, why: str) -> PictureError:
    return PictureError(
        f"'{file}' shows no strokes: {why}.", "Choose a larger picture of a painting.", id="reference-shows-no-strokes"
    )


def _of_document(file: Path) -> tuple[Manner, list[str]]:
    """The same of a painting of ours, whose recipe has the strokes, or of one that a person painted in MyPaint."""
    with read_document(file) as document:
        seen = render_document(document)
        recipes = recipes_of(document.settings)
        strokes = recipes[-1].strokes if recipes else recovered_strokes(document).as_seen()
        ground = recipes[-1].ground if recipes else None
    picture: Float32 = np.asarray(seen[..., :3] / np.float32(255), np.float32)
    height, width = picture.shape[:2]
    if strokes.size != (width, height):
        strokes = strokes.scaled((width, height))
    side = max(width, height)
    if side > SIDE:  # as large as pictures are looked at
        size = max(round(width * SIDE / side), 1), max(round(height * SIDE / side), 1)
        strokes = strokes.scaled(size)
        small = Image.fromarray(np.ascontiguousarray(seen[..., :3])).resize(size, Image.Resampling.BOX)
        picture = np.asarray(np.asarray(small) / np.float32(255), np.float32)
    figures = figures_of(strokes, picture) if len(strokes) else None
    if figures is None or not figures.seen.sum():
        raise _shows_none(file, "it has none, or all lie beyond its edges")
    open_ = round(max(1 - float(figures.seen.sum()) * side**2 / (width * height), 0.0), 3)
    colour = picture.reshape(-1, 3).mean(0) if ground is None else ground / 255
    means = RECIPE if recipes else STROKE_MAPS
    colours: tuple[Swatch, ...] = ()
    unknown: tuple[str, ...] = ()
    if open_ > SPARSE:  # the page is no paint, and strokes that lie alone tell nothing of form and neighbours
        colours, unknown = swatches_of_paint(figures.colour, figures.seen, SWATCHES), UNKNOWN_OF_SPARSE
    open_ = min(open_, MOST_OPEN)
    manner = manner_of(figures, strokes, picture, file.name, means, _as_colour(colour), unknown, open_, colours)
    own = own_brushes(strokes, figures.seen)
    return manner, own or (list(USUAL) if open_ > SPARSE else nearest_brushes(picture, open_))


def _ground(colours: Float32, areas: Float64, picture: Float32) -> tuple[tuple[float, float, float], float]:
    """The colour of the ground of a painting, and how much of it is open.

    Bare paper is light and pale, and its patches are large and alike.  Where there is none, the ground is the mean
    colour.
    """
    lab = oklab(colours)
    largest = lab[int(areas.argmax())]
    alike = np.sqrt(((lab - largest) ** 2).sum(1)) < ALIKE
    share = float(areas[alike].sum() / areas.sum())
    if largest[0] > PAPER and np.hypot(*largest[1:]) < PALE and share > PAPER_SHARE:
        mean, open_ = np.average(colours[alike], axis=0, weights=areas[alike]), round(min(share, MOST_OPEN), 3)
    else:
        mean, open_ = picture.reshape(-1, 3).mean(0), 0.0
    return _as_colour(mean), open_


def _as_colour(levels: Floats) -> tuple[float, float, float]:
    red, green, blue = (float(each) for each in np.clip(levels, 0, 1))
    return red, green, blue

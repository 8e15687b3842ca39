"""Which brush suits a painting: found by trying.

The strokes that our painter fitted to the painting are laid again with each brush, on a bare canvas, in the colours
that they have.  Then the painting's texture along those strokes is compared with that of what was laid
(:mod:`~dreambrush.reference.texture`).  Motif, directions and widths are the same in both, so what differs is mostly
the brush.

Mostly: fitted strokes leave out what is fine, and a thin brush hides less of the ground than the painter's own did.  So
pictures painted with known brushes were tried in the same way (``benchmarks/medium.py``).  A table tells how textures
differ even if the brush is right (``offset``), and the few directions in which brushes differ by more than that
(``directions``: Fisher's linear discriminants, in units of what a right brush differs by).  There are two such tables,
one learned from clean pictures and one from scans of them, which have grain, blur and blocks of JPEG.  The first tells
brushes apart best; the second does not take the grain of a scan for that of charcoal.  Both are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from dreambrush.arrays import Float32, Float64, Pixels
from dreambrush.dream.wet import lays_own
from dreambrush.errors import ModelError
from dreambrush.files.json_text import read_json
from dreambrush.models.brush_widths import measure_widths
from dreambrush.models.catalogue import BrushFile, find_brush, read_card, shipped_folder
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.see.ground import choose_ground
from dreambrush.reference.texture import FEW, SIZE, Places, places_on, texture_of
from dreambrush.strokes import Strokes

TABLE_FILE = "brush-textures.json"
FITTED_WITH = "oil"  # brush with which strokes are fitted, unless they say another
TRIED_RADIUS = 6.0  # pixels, at which widths of brushes are compared
NARROWER, WIDER = 0.3, 3.0  # how far a radius is changed, lest it become a hair or a flood
THINNEST = 0.1  # radii: a brush that is narrower leaves nothing


@dataclass(frozen=True)
class Discriminants:
    """What tells brushes apart.

    Attributes:
        offset: (SIZE,) how the texture of what is laid differs from the painting's, if the brush is right.
        directions: (SIZE, k) by which brushes differ.
    """

    offset: Float64
    directions: Float64

    def distances(self, differences: Float64) -> Float64:
        """Root mean squares (n,) of differences (n, SIZE) along the directions."""
        apart = np.where(np.isfinite(differences), differences - self.offset, 0.0) @ self.directions
        return np.asarray(np.sqrt((apart**2).mean(1)))


@dataclass(frozen=True)
class TextureMetric:
    """How far textures are apart.

    Attributes:
        flat: learned from clean pictures.
        scanned: learned from scans.
    """

    flat: Discriminants
    scanned: Discriminants

    def distances(self, differences: Float64) -> Float64:
        """Distances (n,), about 1 to 2 for the right brush: the geometric means of both tables'.

        Args:
            differences: (n, SIZE) textures of what was laid, less that of the painting; NaN where one is not known.
        """
        return np.asarray(np.sqrt(self.flat.distances(differences) * self.scanned.distances(differences)))


def suited_brushes(picture: Float32, strokes: Strokes, brushes: Sequence[BrushFile]) -> list[tuple[str, float]]:
    """Tries which brushes suit a painting.

    It is surest at about 512 pixels, for which it was learned.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1, of the painting.
        strokes: strokes fitted to it, of its size; some 1,500 of an exact hand with the brush "oil".
        brushes: brushes to try.  Blenders and erasers are skipped.

    Returns:
        Names and distances, the best first.  A distance of 1 to 2 is what the right brush has; if the best has 4 and
        more, none is like it.  Empty if too few strokes can be seen.

    Raises:
        BrushError: a brush file is broken.
        ModelError: a card or the table of textures is.
        ValueError: the picture and the strokes differ in size.
    """
    if picture.shape != (*strokes.size[::-1], 3):
        raise ValueError(f"Expected a picture of {strokes.size} pixels, as the strokes have, but had {picture.shape}")
    metric, places = texture_metric(), places_on(strokes)
    able = [brush for brush in brushes if brush.dream is None or lays_own(read_card(brush.dream))]
    if len(places.half) < FEW or not able:
        return []
    differences = texture_differences(picture, strokes, able, places)
    found = zip((brush.name for brush in able), metric.distances(differences).tolist(), strict=True)
    return sorted(found, key=lambda each: each[1])


def texture_differences(
    picture: Float32, strokes: Strokes, brushes: Sequence[BrushFile], places: Places | None = None
) -> Float64:
    """Textures of strokes laid with each brush, less that of the picture: (brushes, SIZE), NaN where not known."""
    places = places_on(strokes) if places is None else places
    ground = choose_ground(picture, None, None, None).colour
    wanted = texture_of(picture, places)
    found = np.zeros((len(brushes), SIZE))
    for row, brush in zip(found, brushes, strict=True):
        laid = laid_with(read_myb(brush.path), strokes, ground)
        row[:] = texture_of(laid.astype(np.float32) / np.float32(255), places) - wanted
    return found


def laid_with(settings: BrushSettings, strokes: Strokes, ground: Pixels) -> Pixels:
    """Strokes laid with another brush, as wide as they were with their own.

    Args:
        settings: the brush.
        strokes: strokes of one brush; layers are laid one on the other.
        ground: (3,) uint8 colour under them.

    Returns:
        (h, w, 3) uint8, as MyPaint shows it.
    """
    upward = strokes[np.argsort(strokes.layer, kind="stable")]
    chord = (upward.path[:, 2] - upward.path[:, 0]).astype(np.float64)
    pressure, way = upward.pressure.mean(1).astype(np.float64), np.arctan2(chord[:, 1], chord[:, 0])
    name = strokes.brushes[0] if len(strokes.brushes) == 1 else FITTED_WITH
    own = measure_widths(read_myb(find_brush(name).path), TRIED_RADIUS).at(pressure, way)[0]
    wide = measure_widths(settings, TRIED_RADIUS).at(pressure, way)[0]
    ratio = np.clip(own / np.maximum(wide, THINNEST), NARROWER, WIDER)
    same = replace(
        upward,
        radius=(upward.radius * ratio).astype(np.float32),
        brush=np.zeros(len(upward), np.int32),
        layer=np.zeros(len(upward), np.int32),
        brushes=("tried",),
        layers=("Tried",),
    )
    return merge_layers(lay_strokes(same, [settings]), ground)


@cache
def texture_metric() -> TextureMetric:
    """The metric that comes with dreambrush.

    Raises:
        ModelError: its file is missing or broken.
    """
    path = shipped_folder("pretrained") / TABLE_FILE
    try:
        table = read_json(path.read_text(encoding="utf-8"))
        return TextureMetric(*(_discriminants(table[name]) for name in ("flat", "scanned")))
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelError(
            f"The table of brush textures {path} is missing or broken.",
            "Install dreambrush again; the file is part of it.",
            id="shipped-file-broken",
        ) from None


def _discriminants(table: Any) -> Discriminants:
    """One of the two parts of the file; a ValueError, TypeError or KeyError tells that it is broken."""
    offset, directions = (np.array(table[name], np.float64) for name in ("offset", "directions"))
    if offset.shape != (SIZE,) or directions.ndim != 2 or directions.shape[0] != SIZE:
        raise ValueError
    if not (np.isfinite(offset).all() and np.isfinite(directions).all()):
        raise ValueError
    return Discriminants(offset, directions)

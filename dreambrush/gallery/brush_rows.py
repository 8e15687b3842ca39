"""The brushes on a page: what is known of each, and a few strokes of it, real beside dreamt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dreambrush.arrays import Pixels
from dreambrush.errors import DreambrushError
from dreambrush.gallery.embedded import picture_address
from dreambrush.gallery.markup import name, said, table
from dreambrush.models.catalogue import BrushFile, find_brush, list_brushes, read_card
from dreambrush.models.foretold import foretold_share
from dreambrush.models.stock_table import all_known, how_well
from dreambrush.painter.measure.transfer import measure_transfer
from dreambrush.strokes import Strokes

SAMPLE = 232, 56  # width and height in pixels
BELOW = "oil"  # lays the paint that wet brushes and blenders meet
PAPER = np.array([240, 236, 226], np.uint8)
INK = 0.13, 0.21, 0.36
BANDS = ((0.86, 0.63, 0.18), (0.74, 0.25, 0.17), (0.20, 0.44, 0.52))  # colours of the paint below
TOUCHES = (  # start, control, end, pressures, radius: a bend that swells, one that fades, a dash
    (10, 38, 46, -14, 92, 36, 0.15, 1.0, 7.0),
    (104, 14, 140, 66, 176, 18, 1.0, 0.2, 7.0),
    (190, 40, 205, 28, 222, 16, 0.6, 0.6, 5.0),
)
ACROSS = ((24, 28, 70, 28, 110, 28), (120, 24, 152, 30, 186, 24), (196, 30, 208, 28, 222, 30))  # bands of paint below


def shipped_brushes(first: Sequence[str] = ()) -> str:
    """The table of brushes that have a dream, with strokes of each, as HTML.

    Args:
        first: names of brushes that come first.
    """
    found = [brush for brush in list_brushes() if brush.dream is not None]
    found.sort(key=lambda brush: brush.name not in first)
    rows = []
    for brush in found:
        try:
            card = read_card(brush.dream_folder())
            kind, share = _known(card)
            real, dreamt = _samples(brush, kind)
        except (DreambrushError, KeyError, TypeError):  # a dream of the user's that is broken
            continue
        pictures = [_image(picture, f"{brush.name}, {how}") for picture, how in ((real, "real"), (dreamt, "dreamt"))]
        rows.append([name(brush.name), said(kind), *pictures, f"{how_well(share)}, {100 * share:.0f} %"])
    caption = "Brushes that have a dream: strokes by MyPaint's engine beside those that the dream expects"
    return table(caption, ["brush", "kind", "real", "dreamt", "foretold"], rows, numbers=1)


def stock_brushes() -> str:
    """The table of brushes that come with MyPaint, as HTML."""
    rows = [
        [
            name(brush),
            said(known.kind),
            "" if known.explained is None else f"{how_well(known.explained)}, {100 * max(known.explained, 0):.0f} %",
        ]
        for brush, known in sorted(all_known().items())
    ]
    caption = f"The {len(rows)} brushes that come with MyPaint: how well a short training foretells their strokes"
    listed = table(caption, ["brush", "kind", "foretold"], rows, numbers=1)
    return f"<details><summary>MyPaint's own {len(rows)} brushes</summary>{listed}</details>"


def _known(card: dict[str, object]) -> tuple[str, float]:
    """Kind of a brush, and the share of what can be foretold that its dream foretells."""
    wet = card.get("wet")
    if not isinstance(wet, dict):
        return "dry", foretold_share(card)
    kind = (
        "eraser" if wet.get("erases") else "wet" if wet.get("lays_own", True) else "blender"
    )  # older cards say neither
    return kind, float(wet["held_out"]["explained"])


def _samples(brush: BrushFile, kind: str) -> tuple[Pixels, Pixels]:
    """Strokes of a brush, real and dreamt; over other paint if it is not dry."""
    over = np.array(TOUCHES, np.float32)
    colour = np.tile(np.array(INK, np.float32), (len(over), 1))
    brushes = [brush]
    strokes = Strokes.of_rows(over, SAMPLE, colour, brush.name, "Paint")
    if kind != "dry":
        below = find_brush(BELOW)
        bands = np.array([[*path, 0.9, 0.9, 14.0] for path in ACROSS], np.float32)
        rows = np.concatenate([bands, over])
        colours = np.concatenate([np.array(BANDS, np.float32), colour])
        which = np.repeat(np.array([0, 1], np.int32), (len(bands), len(over)))
        names = (below.name, brush.name)
        brushes = [below, brush]
        joined = Strokes.of_rows(rows, SAMPLE, colours)
        strokes = Strokes(
            joined.path, joined.pressure, joined.radius, joined.colour, which, joined.layer, SAMPLE, names, ("Paint",)
        )
    paper = np.broadcast_to((PAPER / np.float32(255)).astype(np.float32), (*SAMPLE[::-1], 3))
    found = measure_transfer(paper, strokes, PAPER, brushes, 0)
    return found.real, np.rint(np.clip(found.dream, 0, 1) * 255).astype(np.uint8)


def _image(picture: Pixels, words: str) -> str:
    height, width = picture.shape[:2]
    return f'<img width="{width}" height="{height}" alt="{said(words)}" src="{picture_address(picture)}">'

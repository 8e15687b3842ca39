"""One painting on a page: its strokes as numbers for the canvas, and what it is shown beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.gallery.embedded import picture_address, shown_size
from dreambrush.gallery.markup import plain, said
from dreambrush.models.brush_grain import Grain, measure_grain
from dreambrush.models.brush_profile import FLAT, Ribbon, measure_ribbons
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.replay.stroke_looks import looks_of
from dreambrush.strokes import Strokes

MOST_STROKES = 100_000  # of a work on a page, as many as `paint` lays; of more, the first are drawn
PIXELATED = 200  # pixels; shorter pictures are enlarged with sharp pixels


@dataclass(frozen=True, eq=False)
class WorkView:
    """A picture of a work.

    Attributes:
        name: what it is called on the page.
        picture: (h, w, 3) or with alpha (h, w, 4), uint8, or float32 in 0..1.
        caption: what there is to say of it.
    """

    name: str
    picture: Pixels | Float32
    caption: str = ""


@dataclass(frozen=True, eq=False)
class Work:
    """A painting that a page draws.

    Attributes:
        title: what it is called.
        note: a line about it.
        strokes: strokes in the order in which they were laid.
        brushes: settings of each brush that the strokes name.
        under: what is under the first stroke: a colour (3,), a tile of paper or a whole picture (h, w, 3 or 4), uint8.
        views: pictures of it, at least one.
        end: number of the view that is shown once all strokes are drawn.
        shaped: whether that view is transparent, and the drawing is cut to its shape.
        end_note: what the page says of that view.
    """

    title: str
    note: str
    strokes: Strokes
    brushes: tuple[BrushSettings, ...]
    under: Pixels
    views: Sequence[WorkView]
    end: int = -1
    shaped: bool = False
    end_note: str = "this is the real canvas"

    @cached_property
    def for_script(self) -> dict[str, Any]:
        """Plain data for the script of the page.

        A stroke is a row: path (six numbers), half-width at start, middle and end, opacity in percent, colour as
        one whole number, numbers of brush and layer, width (twice the radius), pressures at start and end in percent,
        and whether it ends square.  Lengths are pixels of the painting.
        """
        drawn = self.strokes[:MOST_STROKES]
        width, height = shown_size(self.strokes.size)
        return {
            "title": plain(self.title),
            "size": list(self.strokes.size),
            "shown": [width, height],
            "under": self._under(),
            "brushes": [plain(brush) for brush in drawn.brushes],
            **_brush_looks(drawn, self.brushes),
            "layers": [plain(layer) for layer in drawn.layers],
            "total": len(self.strokes),
            "end": range(len(self.views))[self.end],
            "endNote": self.end_note,
            "shaped": self.shaped,
            "views": [view.name for view in self.views],
            "captions": [view.caption for view in self.views],
            "strokes": stroke_rows(drawn, self.brushes),
        }

    def _under(self) -> dict[str, Any]:
        if self.under.ndim == 1:
            return {"colour": "#" + bytes(self.under).hex()}
        whole = self.under.shape[:2] == self.strokes.size[::-1]
        return {"picture" if whole else "tile": picture_address(self.under)}

    def figures(self, number: int) -> str:
        """Its pictures as HTML.

        Args:
            number: its place on the page, from 0.
        """
        small = ' class="sharp"' if max(self.strokes.size) < PIXELATED else ""
        parts = []
        for index, view in enumerate(self.views):
            caption = said(view.name) + (f" <span>{said(view.caption)}</span>" if view.caption else "")
            height, width = view.picture.shape[:2]
            width, height = shown_size((width, height))
            parts.append(
                f'<figure><img id="view-{number}-{index}"{small} width="{width}" height="{height}" '
                f'alt="{said(f"{self.title}: {view.name}")}" src="{picture_address(view.picture)}">'
                f"<figcaption>{caption}</figcaption></figure>"
            )
        return (
            f'<article class="work" id="work-{number}"><header><h3>{said(self.title)}</h3><p>{said(self.note)}</p>'
            f'<button type="button" class="watch" data-work="{number}" hidden>Watch it being painted</button></header>'
            f'<div class="views views-{len(self.views)}">{"".join(parts)}</div></article>'
        )


def _brush_looks(strokes: Strokes, brushes: tuple[BrushSettings, ...]) -> dict[str, Any]:
    """What each brush's strokes are drawn of, and how grainy they are (``None`` for even ones)."""
    ribbons: list[tuple[Ribbon, ...]] = []
    grains: list[Grain | None] = []
    for index, brush in enumerate(brushes):
        mine = strokes.radius[strokes.brush == index]
        radius = float(np.median(mine)) if len(mine) else None
        ribbons.append(FLAT if radius is None else measure_ribbons(brush, radius))
        grains.append(None if radius is None else measure_grain(brush, radius))
    return {"ribbons": ribbons, "grains": grains}


def stroke_rows(strokes: Strokes, brushes: tuple[BrushSettings, ...]) -> list[list[float]]:
    """The strokes as short rows of numbers; see :attr:`Work.for_script`."""
    looks = looks_of(strokes, brushes)
    places = max(1, 4 - len(str(max(strokes.size))))  # decimals: a tenth of a pixel, or a thousandth of the picture
    red, green, blue = np.rint(strokes.colour.T.astype(np.float64) * 255).astype(np.int64)
    columns = [
        np.round(strokes.path.reshape(-1, 6).astype(np.float64), places),
        np.round(looks.half_width, places + 1),
        np.rint(100 * looks.opacity)[:, None],
        (red << 16 | green << 8 | blue)[:, None],
        strokes.brush[:, None],
        strokes.layer[:, None],
        np.round(2 * strokes.radius.astype(np.float64), places)[:, None],
        np.rint(100 * strokes.pressure.astype(np.float64)),
        looks.blunt[:, None],
    ]
    table = np.concatenate([np.asarray(column, np.float64) for column in columns], 1)
    return [[int(value) if value == int(value) else value for value in row] for row in table.tolist()]

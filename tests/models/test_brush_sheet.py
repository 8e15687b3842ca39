from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.arrays import Int64, Mask
from dreambrush.models.brush_sheet import (
    BETWEEN,
    CELL,
    EDGE,
    GAP,
    HEADING,
    HEIGHT,
    NIGHT,
    PAPER,
    WIDTHS,
    draw_brush_sheet,
)
from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.mypaint.engine.myb import read_myb


def samples(sheet: Image.Image, left: int = EDGE, top: int = EDGE) -> list[Int64]:
    """The three samples of a brush: (h, w, 3) each."""
    pixels = np.asarray(sheet).astype(int)[top + HEADING : top + HEADING + HEIGHT]
    starts = left + np.cumsum([0, WIDTHS[0] + BETWEEN, WIDTHS[1] + BETWEEN])
    return [pixels[:, start : start + width] for start, width in zip(starts, WIDTHS, strict=True)]


def painted(sample: Int64) -> Mask:
    """Where there is something else than paper."""
    found: Mask = np.abs(sample - PAPER).max(axis=2) > 8
    return found


def test_the_opaque_brush_shows_what_it_does() -> None:
    sweep, overlapping, light_over_dark = samples(draw_brush_sheet([find_brush("oil")]))
    thickness = painted(sweep).sum(axis=0)
    assert thickness[60:90].mean() < 0.7 * thickness[260:290].mean()  # thin to thick
    assert painted(sweep).mean() > 0.05 and (sweep[painted(sweep)].mean(axis=0)[2] > 80).all()  # blue
    red = (overlapping[..., 0] > 150) & (overlapping[..., 1] < 90)
    assert red.sum() > 1000  # the last stroke covers the others
    brightness = light_over_dark.mean(axis=2)
    assert (brightness > 200).sum() > 1500
    np.testing.assert_array_equal(light_over_dark[HEIGHT // 2, 4], NIGHT)
    np.testing.assert_array_equal(light_over_dark[0, 0], PAPER)  # round corners


def test_a_glaze_lets_the_dark_through_and_an_eraser_the_paper(tmp_path: Path) -> None:
    _, _, covered = samples(draw_brush_sheet([find_brush("oil")]))
    _, _, glazed = samples(draw_brush_sheet([find_brush("watercolour")]))
    inside = slice(20, -20), slice(20, -20)
    assert glazed[inside].max() < covered[inside].max() - 50
    eraser = tmp_path / "eraser.myb"
    eraser.write_text(read_myb(find_brush("oil").path).with_values(eraser=1.0).to_json())
    sweep, overlapping, erased = samples(draw_brush_sheet([BrushFile("eraser", eraser, None)]))
    # It is shown on bands of paint, of which it takes some away.
    for sample in (sweep, overlapping):
        bands = painted(sample[:1])  # no stroke comes so high
        assert bands.mean() > 0.3 and (painted(sample) & bands).any()
        assert (bands & ~painted(sample)).sum() > 500
    assert (~painted(erased[20:-10, 20:-20])).sum() > 1000


def test_brushes_are_laid_out_down_the_columns_and_the_same_each_time() -> None:
    names = ("ink", "knife", "oil", "pastel", "pencil", "charcoal")
    brushes = [find_brush(name) for name in names]
    sheet = draw_brush_sheet(brushes)
    assert sheet.size == (2 * EDGE + 2 * CELL + GAP, 2 * EDGE + 3 * (HEADING + HEIGHT) + 2 * GAP)
    for index, brush in enumerate(brushes):
        corner = EDGE + index // 3 * (CELL + GAP), EDGE + index % 3 * (HEADING + HEIGHT + GAP)
        alone = draw_brush_sheet([brush])
        for here, there in zip(samples(sheet, *corner), samples(alone), strict=True):
            np.testing.assert_array_equal(here, there)


@pytest.mark.parametrize("text", ["no brush", '{"version": 3, "settings": {}}'])
def test_a_broken_brush_says_so_and_an_empty_one_paints(tmp_path: Path, text: str) -> None:
    path = tmp_path / "some.myb"
    path.write_text(text)
    sheet = draw_brush_sheet([BrushFile("some", path, None)])
    assert painted(np.asarray(sheet).astype(int)[EDGE : EDGE + HEADING]).any()
    assert painted(np.concatenate(samples(sheet), axis=1)).any() == text.startswith("{")

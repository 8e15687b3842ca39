from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import OutputError
from dreambrush.pictures.contact_sheet import GAP, HEADING, INK, PAPER, draw_contact_sheet, save_contact_sheet

RNG = np.random.default_rng(0)
BYTES = RNG.integers(0, 256, (5, 7, 3), np.uint8)
FLOATS = RNG.random((5, 7, 3), np.float32) * 3 - 1  # beyond 0..1 as well


def cell(sheet: Image.Image, row: int, column: int, scale: int) -> np.ndarray:
    top, left = HEADING + GAP + row * (5 * scale + GAP), GAP + column * (7 * scale + GAP)
    return np.asarray(sheet)[top : top + 5 * scale, left : left + 7 * scale]


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_pictures_lie_where_they_belong_pixel_for_pixel(scale: int) -> None:
    sheet = draw_contact_sheet([[BYTES, FLOATS], [FLOATS, BYTES]], ["left", "right"], scale)
    assert sheet.size == (2 * (7 * scale + GAP) + GAP, 2 * (5 * scale + GAP) + GAP + HEADING)
    rounded = np.rint(np.clip(FLOATS, 0, 1) * 255).astype(np.uint8)
    for row, column, picture in ((0, 0, BYTES), (0, 1, rounded), (1, 0, rounded), (1, 1, BYTES)):
        assert np.array_equal(cell(sheet, row, column, scale), picture.repeat(scale, 0).repeat(scale, 1))


def test_the_last_row_may_be_short() -> None:
    sheet = draw_contact_sheet([[BYTES, BYTES], [FLOATS]], ["", ""], 1)
    assert (cell(sheet, 1, 1, 1) == PAPER).all()


def test_headings_are_as_wide_as_their_column_at_most() -> None:
    wide = np.zeros((5, 60, 3), np.uint8)
    sheet = draw_contact_sheet([[wide, wide]], ["a heading that is far too long", ""], 1)
    heading = np.asarray(sheet)[:HEADING].min(2)
    assert heading[:, GAP : GAP + 60].min() < 128, "nothing is written"
    assert (heading[:, GAP + 60 :] == 255).all()
    assert heading.min() >= min(INK)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[]],
        [[BYTES, BYTES, BYTES]],
        [[BYTES, BYTES[:4]]],
        [[BYTES[..., 0], BYTES[..., 0]]],
    ],
    ids=["no row", "an empty row", "too many", "other size", "grey"],
)
def test_what_does_not_fit_is_refused(rows: list[list[np.ndarray]]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        draw_contact_sheet(rows, ["one", "two"])


def test_saving_twice_gives_the_same_bytes_and_replaces_nothing_unasked(tmp_path: Path) -> None:
    file = tmp_path / "sheet.png"
    save_contact_sheet(file, [[BYTES]], ["one"])
    first = file.read_bytes()
    with pytest.raises(OutputError, match="exists already"):
        save_contact_sheet(file, [[BYTES]], ["one"])
    save_contact_sheet(file, [[BYTES]], ["one"], overwrite=True)
    assert file.read_bytes() == first
    assert Image.open(file).format == "PNG"

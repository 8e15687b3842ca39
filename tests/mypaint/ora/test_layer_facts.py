from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dreambrush.arrays import Pixels
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.layer_facts import LayerFacts, facts_of, framed
from dreambrush.mypaint.strokemap import MASK_BYTES, RecordedStroke, Tile, encode
from tests.mypaint.ora_files import MYPAINT, OraFile, noise


def facts(tmp_path: Path, pixels: Pixels | bytes, strokemap: bytes | None, x: int = 0, y: int = 0) -> LayerFacts:
    """Of a layer in a picture of 100 x 70."""
    ora = OraFile(100, 70)
    layer = ora.layer(pixels, x=x, y=y)
    if strokemap is not None:
        ora.members["data/map.dat"] = strokemap
        layer.set(f"{{{MYPAINT}}}strokemap", "data/map.dat")
    ora.save(tmp_path / "a.ora")
    with read_document(tmp_path / "a.ora") as document:
        return facts_of(document.layers()[0], 100, 70)


def strokes_at(*tiles: Tile) -> bytes:
    """One stroke for each tile, and one that touches nothing."""
    mask = bytes([1]) * MASK_BYTES
    return encode([RecordedStroke.pack("first", {}), *(RecordedStroke.pack("more", {tile: mask}) for tile in tiles)])


def test_a_sound_layer(tmp_path: Path) -> None:
    found = facts(tmp_path, noise(0, 30, 40), strokes_at((0, 0), (1, 0)))
    assert found == LayerFacts((40, 30), 2, 3, "first", ())


@pytest.mark.parametrize(
    ("tile", "x", "y", "inside"),
    [
        ((1, 1), 0, 0, True),
        ((2, 1), 0, 0, False),
        ((1, 2), 0, 0, False),
        ((-1, 0), 0, 0, False),
        ((0, -1), 1, 0, False),
        ((-1, 0), 1, 0, True),
        ((2, 2), -64, -64, True),
        ((0, 0), -64, 0, False),
        ((1, 0), 36, 0, False),
        ((1, 0), 35, 0, True),
    ],
)
def test_strokes_beyond_the_picture_do_not_count(tmp_path: Path, tile: Tile, x: int, y: int, inside: bool) -> None:
    assert facts(tmp_path, noise(0, 30, 40), strokes_at(tile), x, y).strokes == inside


def test_without_a_stroke_map(tmp_path: Path) -> None:
    assert facts(tmp_path, noise(0, 30, 40), None) == LayerFacts((40, 30), None, 0, "", ())


def test_what_is_damaged_is_named(tmp_path: Path) -> None:
    found = facts(tmp_path, b"no picture", b"x}")
    assert (found.size, found.strokes, found.records) == (None, None, 0)
    pixels, strokes = found.problems
    assert "no PNG picture" in pixels and "stroke map is damaged" in strokes


@pytest.mark.parametrize(("x", "y"), [(0, 0), (10, -5), (-20, 50), (300, 0), (0, -300), (70, 40)])
def test_pixels_within_the_frame(tmp_path: Path, x: int, y: int) -> None:
    ora, pixels = OraFile(100, 70), noise(1, 60, 50)
    ora.layer(pixels, x=x, y=y)
    ora.save(tmp_path / "a.ora")
    with read_document(tmp_path / "a.ora") as document:
        frame = framed(document.layers()[0], 100, 70)
    expected = np.zeros((1000, 1000, 4), np.uint8)
    expected[400 + y : 460 + y, 400 + x : 450 + x] = pixels
    assert np.array_equal(frame, expected[400:470, 400:500])

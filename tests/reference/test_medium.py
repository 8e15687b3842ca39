"""Which brush suits a painting: small ones, painted with a known brush."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.reference import medium
from dreambrush.reference.medium import laid_with, suited_brushes, texture_metric
from dreambrush.reference.texture import SIZE
from dreambrush.strokes import Strokes

SIDE, STROKES = 192, 250
BRUSHES = ("oil", "bristle", "watercolour")


@cache
def painting(brush: str) -> tuple[Float32, Strokes]:
    """A painting (SIDE, SIDE, 3) with a brush, and strokes fitted to it."""
    photo = Image.fromarray(skimage.data.astronaut()).resize((SIDE, SIDE))  # type: ignore[no-untyped-call]
    target = np.asarray(photo, np.float32) / np.float32(255)
    flat = paint(target, find_brush(brush), STROKES, 3, options=PaintOptions(hand=0.5)).merged
    picture = flat.astype(np.float32) / np.float32(255)
    return picture, paint(picture, find_brush("oil"), STROKES, options=PaintOptions(hand=0.0)).strokes


@pytest.mark.parametrize("brush", BRUSHES)
def test_the_brush_of_a_painting_is_found(brush: str) -> None:
    found = suited_brushes(*painting(brush), [find_brush(name) for name in BRUSHES])
    assert found[0][0] == brush
    assert sorted(name for name, _ in found) == sorted(BRUSHES)
    assert [distance for _, distance in found] == sorted(distance for _, distance in found)


def test_the_same_question_has_the_same_answer() -> None:
    brushes = [find_brush(name) for name in ("oil", "bristle")]
    assert suited_brushes(*painting("oil"), brushes) == suited_brushes(*painting("oil"), brushes)


def test_brushes_that_lay_nothing_are_not_tried() -> None:
    found = suited_brushes(*painting("oil"), [find_brush(name) for name in ("blender", "kneaded-eraser", "oil")])
    assert [name for name, _ in found] == ["oil"]


def test_without_strokes_nothing_is_said() -> None:
    picture, strokes = painting("oil")
    assert suited_brushes(picture, strokes[:0], [find_brush("oil")]) == []
    assert suited_brushes(picture, strokes, []) == []


def test_strokes_of_another_size_are_refused() -> None:
    picture, strokes = painting("oil")
    with pytest.raises(ValueError, match="pixels"):
        suited_brushes(picture[:-1], strokes, [find_brush("oil")])


def test_strokes_are_as_wide_with_another_brush() -> None:
    """A pointed round of the same radius is much narrower than the oil brush."""
    path = np.array([[[40, 64], [64, 64], [88, 64]]], np.float32)
    one = Strokes(
        path=path,
        pressure=np.full((1, 2), 0.5, np.float32),
        radius=np.array([10], np.float32),
        colour=np.zeros((1, 3), np.float32),
        brush=np.zeros(1, np.int32),
        layer=np.zeros(1, np.int32),
        size=(128, 128),
        brushes=("oil",),
        layers=("Paint",),
    )
    white = np.full(3, 255, np.uint8)
    oil, sable = (read_myb(find_brush(name).path) for name in ("oil", "sable"))
    wide, other = ((laid_with(settings, one, white)[:, 64, 0] < 128).sum() for settings in (oil, sable))
    (layer,) = lay_strokes(one, [sable])
    unchanged = (layer.pixels[:, 64, 3] > 128).sum()
    assert unchanged < 0.65 * wide
    assert 0.7 * wide < other < 1.1 * wide


@pytest.mark.parametrize("text", ["", "[]", '{"flat": {"offset": [1], "directions": [[1]]}}', '{"flat": null}', "nan"])
def test_a_broken_table_is_reported(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / medium.TABLE_FILE).write_text(text)
    monkeypatch.setattr(medium, "shipped_folder", lambda kind: tmp_path)
    texture_metric.cache_clear()
    with pytest.raises(ModelError) as error:
        texture_metric()
    assert error.value.id == "shipped-file-broken"
    texture_metric.cache_clear()


def test_the_table_that_ships_is_whole() -> None:
    texture_metric.cache_clear()
    table = texture_metric()
    assert table.flat.offset.shape == table.scanned.offset.shape == (SIZE,)
    unknown = np.full((1, SIZE), np.nan)
    assert table.distances(unknown) == pytest.approx(0)  # what is not known speaks neither for nor against
    assert table.distances(table.flat.offset[None]) == pytest.approx(0)
    assert table.distances(table.flat.offset[None] + 0.5)[0] > 0.1

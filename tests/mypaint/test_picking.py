"""The pixels beside strokes: whose they become, and that MyPaint's W then finds a stroke nearly everywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dreambrush.arrays import Mask, Pixels
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.layer_facts import facts_of_all
from dreambrush.mypaint.picking import with_pixels_nearby
from dreambrush.mypaint.strokemap import RecordedStroke, pick
from dreambrush.recipe import recipes_of
from dreambrush.replay.strokes_at import strokes_at
from tests.mypaint.artist import sit_down
from tests.mypaint.recorded_strokes import needs_mypaint

HEIGHT, WIDTH = 90, 150  # of no whole tiles


def recorded(mask: Mask) -> RecordedStroke:
    """A stroke with the pixels of a (HEIGHT, WIDTH) mask."""
    tiles = np.zeros((128, 192), np.uint8)
    tiles[:HEIGHT, :WIDTH] = mask
    masks = {(x, y): tiles[y * 64 : y * 64 + 64, x * 64 : x * 64 + 64].tobytes() for x in range(3) for y in range(2)}
    return RecordedStroke.pack("a brush", {tile: each for tile, each in masks.items() if any(each)})


def dot(x: int, y: int, radius: float) -> Mask:
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    found: Mask = (rows - y) ** 2 + (columns - x) ** 2 <= radius**2
    return found


def paint_within(alpha: Pixels, x: int, y: int) -> float:
    """The mean alpha that MyPaint finds at a pixel, 0..1."""
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    weight = np.clip(1 - ((rows - y) ** 2 + (columns - x) ** 2) / 25, 0, None)
    around = [1 - (i * i + j * j) / 25 for i in range(-5, 6) for j in range(-5, 6) if i * i + j * j < 25]
    return float((weight * alpha).sum() / 255 / sum(around))


places = st.tuples(st.integers(-3, WIDTH + 2), st.integers(-3, HEIGHT + 2), st.floats(0, 12))


@given(st.lists(places, min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_pixels_where_there_is_paint_and_no_stroke_go_to_the_nearest_stroke(
    dots: list[tuple[int, int, float]], seed: int
) -> None:
    random = np.random.default_rng(seed)
    masks = [dot(*each) for each in dots]
    rim = np.any([dot(x, y, radius + 4) for x, y, radius in dots], 0)
    alpha = (rim * random.integers(0, 90, (HEIGHT, WIDTH))).astype(np.uint8)
    alpha[np.any(masks, 0)] = 255
    before = [recorded(mask) for mask in masks]
    after = with_pixels_nearby(before, alpha)

    assert [stroke.brush for stroke in after] == ["a brush"] * len(dots)
    for x, y in zip(random.integers(0, WIDTH, 60).tolist(), random.integers(0, HEIGHT, 60).tolist(), strict=True):
        was, now = pick(before, x, y), pick(after, x, y)
        if was is not None:
            assert now == was
            continue
        far = [min((np.argwhere(mask) - (y, x)).__pow__(2).sum(1), default=9999) for mask in masks]
        paint = paint_within(alpha, x, y)
        if paint < 0.06:
            assert now is None
        elif paint > 0.1 and min(far) <= 25:
            assert now is not None
        assert now is None or far[now] == min(far)


def test_what_has_no_paint_stays_as_it_is() -> None:
    strokes = [recorded(dot(20, 20, 6)), recorded(dot(70, 40, 9))]
    assert with_pixels_nearby(strokes, np.zeros((HEIGHT, WIDTH), np.uint8)) == strokes
    everywhere = [recorded(np.ones((HEIGHT, WIDTH), np.bool_))]
    assert with_pixels_nearby(everywhere, np.full((HEIGHT, WIDTH), 255, np.uint8)) == everywhere
    assert with_pixels_nearby([], np.full((HEIGHT, WIDTH), 255, np.uint8)) == []


def test_strokes_off_the_picture_are_kept() -> None:
    outside = RecordedStroke.pack("a brush", {(-1, -1): b"\1" + bytes(4095), (9, 0): bytes(4095) + b"\1"})
    inside = recorded(dot(20, 20, 6))
    after = with_pixels_nearby([outside, inside], np.where(dot(20, 20, 8), 255, 0).astype(np.uint8))
    assert after[0] == outside
    assert pick(after, 28, 20) == 1 and pick([inside], 28, 20) is None


@pytest.mark.slow
@needs_mypaint
@pytest.mark.parametrize(
    ("name", "options"),
    [("coffee", []), ("astronaut", ["--size", "1024"])],
    ids=["coffee", "1024 pixels"],
)
def test_w_finds_a_stroke_at_nine_pixels_of_ten(name: str, options: list[str], tmp_path: Path) -> None:
    """In MyPaint's own code; and `inspect --at` tells of the same stroke."""
    photograph, path = tmp_path / "photo.png", tmp_path / "painting.ora"
    Image.fromarray(getattr(skimage.data, name)()).save(photograph)
    subprocess.run([sys.executable, "-m", "dreambrush", "paint", photograph, "-q", "-o", path, *options], check=True)
    with read_document(path) as document:
        random = np.random.default_rng(3)
        size = (document.width, document.height)
        points = random.integers(0, size, (300, 2)).tolist()
        done = sit_down(path, tmp_path / "again.ora", *({"pick": point} for point in points))["done"]
        assert sum(each["stroke"] is not None for each in done) / len(done) > 0.95

        facts, recipes = facts_of_all(document.layers(), *size), recipes_of(document.settings)
        for point, each in list(zip(points, done, strict=True))[:40]:
            ours = {layer.name: layer.stroke for layer in strokes_at(document, recipes, facts, *point)}
            stroke = ours.get(each["layer"])
            assert (stroke and stroke.index_in_layer) == each["stroke"]
            assert each["stroke"] is None or (stroke and stroke.index) is not None

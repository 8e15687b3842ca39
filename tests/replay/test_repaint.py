"""Recipes painted again: to the bit, larger, with another brush, as pigment, only so far."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.arrays import Pixels
from dreambrush.errors import UsageError
from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.mypaint.blend.transparency import merge_transparent
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.strokemap import decode
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting
from dreambrush.painter.run import paint
from dreambrush.painter.save.saving import recipe_of, save_painting
from dreambrush.recipe import Recipe
from dreambrush.replay.repaint import EMPTY, LARGEST_SIDE, altered_recipe, changed, repaint

SEED = 5
WIDTH, HEIGHT = 128, 96


@cache
def painted(kind: str, scale: int = 1) -> tuple[Painting, list[BrushFile]]:
    photograph = Image.fromarray(skimage.data.astronaut()).crop((0, 0, 512, 384))  # type: ignore[no-untyped-call]
    small = photograph.resize((scale * WIDTH, scale * HEIGHT), Image.Resampling.LANCZOS)
    picture = np.asarray(small, np.float32) / np.float32(255)
    if kind == "transparent":
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        alpha = np.clip(3 - np.hypot((x - WIDTH / 2) / 26, (y - HEIGHT / 2) / 20), 0, 1)
        picture = np.dstack([picture, alpha])
    names = {"wet": ("watercolour", "charcoal"), "pigment": ("oil", "ink")}.get(kind, ("oil",))
    brushes = [find_brush(name) for name in names]
    options = PaintOptions(effort=1, pigment=kind == "pigment")
    return paint(picture, brushes, 80 if kind == "opaque" else 40, SEED, options=options), brushes


def recipe(kind: str, scale: int = 1) -> Recipe:
    painting, brushes = painted(kind, scale)
    return recipe_of(painting, brushes, SEED, {"hand": 0.3})


def decibels(one: Pixels, other: Pixels) -> float:
    difference = one.astype(np.float64) - other
    return float(10 * np.log10(255**2 / (np.mean(difference**2) + 1e-9)))


def sharpness(picture: Pixels) -> float:
    """The mean square of differences between neighbours."""
    return float(np.mean(np.diff(picture.astype(np.float64), axis=1) ** 2))


def reduced(picture: Pixels, size: tuple[int, int]) -> Pixels:
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))


@pytest.mark.parametrize(
    "kind", ["opaque", "wet", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("pigment", "transparent"))]
)
@pytest.mark.slow
def test_the_same_size_gives_the_same_file_to_the_byte(kind: str, tmp_path: Path) -> None:
    painting, brushes = painted(kind)
    save_painting(tmp_path / "painted.ora", painting, brushes, SEED, {"hand": 0.3})
    repaint(recipe(kind)).save_openraster(tmp_path / "again.ora")
    assert (tmp_path / "again.ora").read_bytes() == (tmp_path / "painted.ora").read_bytes()


@pytest.mark.slow
def test_four_times_the_size_is_the_same_picture() -> None:
    small, whole = painted("opaque", 3)[0].merged, recipe("opaque", 3)
    large = repaint(altered_recipe(whole, (12 * WIDTH, 12 * HEIGHT)))
    assert large.recipe.strokes.size == (12 * WIDTH, 12 * HEIGHT)
    merged = large.merged()
    assert merged.shape == (12 * HEIGHT, 12 * WIDTH, 3)
    assert decibels(reduced(merged, (3 * WIDTH, 3 * HEIGHT)), small) >= 30
    enlarged = np.asarray(Image.fromarray(small).resize((12 * WIDTH, 12 * HEIGHT), Image.Resampling.BICUBIC))
    assert sharpness(merged) > 2 * sharpness(enlarged)  # painted anew


def test_half_the_size_is_much_the_same_picture() -> None:
    """The engine cannot paint strokes thinner than a pixel: they get wider."""
    small = repaint(altered_recipe(recipe("opaque"), (WIDTH // 2, HEIGHT // 2))).merged()
    assert decibels(small, reduced(painted("opaque")[0].merged, (WIDTH // 2, HEIGHT // 2))) >= 17.5


@pytest.mark.slow
def test_a_transparent_picture_keeps_its_shape_at_any_size() -> None:
    again = repaint(recipe("transparent"))
    assert again.merged().shape == (HEIGHT, WIDTH, 4)
    large = repaint(altered_recipe(recipe("transparent"), (3 * WIDTH, 3 * HEIGHT)))
    shape, alpha = large.merged()[..., 3], painted("transparent")[0].alpha
    assert alpha is not None and large.recipe.alpha is not None
    assert np.abs(shape.astype(int) - large.recipe.alpha).max() <= 1
    assert np.abs(reduced(shape, (WIDTH, HEIGHT)).astype(int) - alpha).max() <= 24  # on its edge
    before = merge_transparent(painted("transparent")[0].layers)
    inside = alpha == 255
    assert decibels(reduced(large.merged()[..., :3], (WIDTH, HEIGHT))[inside], before[inside][:, :3]) >= 23


def test_another_brush_lays_all_strokes() -> None:
    charcoal = find_brush("charcoal")
    again = repaint(altered_recipe(recipe("wet"), brush=charcoal))
    assert again.recipe.names == ("dreambrush/charcoal",) and again.recipe.strokes.brushes == ("charcoal",)
    assert again.recipe.brushes == (read_myb(charcoal.path),)
    assert not again.recipe.strokes.brush.any()
    assert again.recipe.digests != recipe("wet").digests
    for layer in again.layers:
        assert all('"dreambrush/charcoal"' in stroke.brush for stroke in layer.strokes)
    assert np.array_equal(again.recipe.strokes.path, recipe("wet").strokes.path)


def test_pigment_can_be_added_and_taken_away() -> None:
    mixed = repaint(altered_recipe(recipe("opaque"), pigment=True))
    assert {layer.composite_op for layer in mixed.layers} == {"mypaint:spectral-wgm"}
    assert decibels(mixed.merged(), painted("opaque")[0].merged) > 30  # the same strokes, other edges
    plain = repaint(altered_recipe(mixed.recipe, pigment=False))
    assert plain.recipe.digests == recipe("opaque").digests


@pytest.mark.parametrize("count", [0, 1, 30, 80, 1000])
def test_only_the_first_strokes_are_laid(count: int, tmp_path: Path) -> None:
    whole = recipe("opaque")
    begun = repaint(altered_recipe(whole, until=count))
    laid = begun.recipe.strokes
    assert len(laid) == min(count, 80)
    assert np.array_equal(laid.path, whole.strokes.path[:count])
    names = [whole.strokes.layers[index] for index in sorted(set(whole.strokes.layer[:count].tolist()))]
    assert [layer.name for layer in begun.layers] == (names or [EMPTY])
    begun.save_openraster(tmp_path / "begun.ora")
    with read_document(tmp_path / "begun.ora") as document:
        assert [layer.name for layer in document.layers()] == [
            "Your turn",
            *[layer.name for layer in begun.layers[::-1]],
        ]
        maps = [layer.strokemap_bytes() for layer in document.layers()[1:]]
    assert sum(len(decode(data)) for data in maps if data) <= count
    if count >= 80:
        assert begun.recipe.digests == whole.digests
    if count == 0:
        assert (begun.merged() == painted("opaque")[0].background).all()


def test_what_comes_after_does_not_change_what_was_laid() -> None:
    """A stroke looks the same whether or not others follow."""
    few, more = (repaint(altered_recipe(recipe("wet"), until=count)) for count in (20, 40))
    (first, *_), (same, *_) = few.layers, more.layers
    used = set(recipe("wet").strokes.layer[20:40].tolist())
    if 0 not in used:
        assert np.array_equal(first.pixels, same.pixels)
    assert np.array_equal(repaint(altered_recipe(more.recipe, until=20)).layers[-1].pixels, few.layers[-1].pixels)


def test_progress_is_told() -> None:
    told: list[int] = []
    repaint(recipe("opaque"), told.append)
    assert told == [0, 50]


@pytest.mark.parametrize("size", [(0, 96), (LARGEST_SIDE + 1, 10), (16384, 16384)])
def test_sizes_that_cannot_be_painted_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(UsageError) as caught:
        altered_recipe(recipe("opaque"), size)
    assert f"{size[0]} x {size[1]} pixels" in caught.value.message


def test_a_recipe_without_strokes_is_an_empty_layer() -> None:
    whole = recipe("opaque")
    bare = replace(whole, strokes=replace(whole.strokes[:0], layers=()), digests=())
    assert [layer.name for layer in repaint(altered_recipe(bare)).layers] == [EMPTY]


def test_the_name_of_earlier_versions_still_works() -> None:
    assert len(changed(recipe("wet"), until=3).strokes) == 3

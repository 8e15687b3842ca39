from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.errors import StrokesError
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.recipe import KEY, LARGEST_SEED, Recipe, digest, recipes_of, recipes_to_settings
from tests.test_strokes import some_strokes


def some_recipe(n: int = 7, seed: int = 0) -> Recipe:
    strokes = some_strokes(n, seed)
    brushes = tuple(read_myb(find_brush(name).path) for name in strokes.brushes)
    ground = np.array([1, 0, 255], np.uint8)
    names = tuple(f"dreambrush/{name}" for name in strokes.brushes)
    options = {"effort": 3, "until": None, "hand": 0.3}
    made_with = {"numpy": "2.4", "processor": "x86-64-v3"}
    return Recipe("1.2", seed, False, ground, strokes, brushes, names, ("aa", "bb", "cc"), options, made_with=made_with)


def through_a_file(recipes: list[Recipe]) -> list[Recipe]:
    return recipes_of({KEY: json.loads(json.dumps(recipes_to_settings(recipes)))})


@given(st.integers(0, 30), st.integers(0, LARGEST_SEED))
@settings(max_examples=20)
def test_nothing_is_lost(n: int, seed: int) -> None:
    recipe = some_recipe(n, seed)
    (again,) = through_a_file([recipe])
    assert again.strokes == recipe.strokes
    assert again.brushes == recipe.brushes
    for name in ("version", "seed", "pigment", "names", "digests", "options", "made_with"):
        assert getattr(again, name) == getattr(recipe, name)
    assert again.ground is not None and again.ground.tolist() == [1, 0, 255]


def test_a_shape_and_work_without_a_ground() -> None:
    recipe = some_recipe()
    alpha = np.arange(80 * 120, dtype=np.uint32).reshape(80, 120).astype(np.uint8)
    shaped, onto = through_a_file([replace(recipe, alpha=alpha, pigment=True), replace(recipe, ground=None)])
    assert shaped.alpha is not None and np.array_equal(shaped.alpha, alpha) and shaped.pigment
    assert onto.ground is None and onto.alpha is None


def test_how_its_layers_are_saved_and_in_which_light() -> None:
    usual, flat, odd = some_recipe(), replace(some_recipe(), flattened=True), replace(some_recipe(), eotf=1.8)
    assert not {"flattened", "eotf"} & usual.to_json().keys(), "files of before have the same bytes"
    found = through_a_file([usual, flat, odd])
    assert [(each.flattened, each.eotf) for each in found] == [(False, None), (True, None), (False, 1.8)]


def test_an_older_file_does_not_know_what_it_was_made_with() -> None:
    record = some_recipe().to_json()
    del record["made_with"]
    assert Recipe.from_json(record).made_with == {}


def test_a_file_of_somebody_else_has_no_recipe() -> None:
    assert recipes_of({"layervis": {}}) == []


def test_it_is_compact() -> None:
    text = json.dumps(some_recipe(3000).to_json())
    assert len(text) < 3000 * 70  # random numbers, which cannot be compressed: 56 bytes a stroke before base64


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 2),
        ("eotf", 99),
        ("eotf", "bright"),
        ("eotf", float("nan")),
        ("strokes", "AAAA"),
        ("strokes", "no base64"),
        ("strokes", None),
        ("size", [120]),
        ("size", [0, 80]),
        ("layers", ["one"]),
        ("digests", []),
        ("names", ["one"]),
        ("names", [1, 2]),
        ("ground", "#12"),
        ("ground", 7),
        ("brushes", []),
        ("brushes", [{"version": 2}, {}]),
        ("options", []),
        ("seed", "one"),
        ("alpha", "iVBORw0KGgo="),
        ("brush_names", "oil"),
    ],
)
def test_a_broken_one_is_told_in_a_sentence(key: str, value: Any) -> None:
    record = some_recipe().to_json()
    with pytest.raises(StrokesError, match="recipe"):
        Recipe.from_json({**record, key: value})


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)))
def test_other_data_under_our_key(value: Any) -> None:
    if value is not None:
        with pytest.raises(StrokesError):
            recipes_of({KEY: value})
    with pytest.raises(StrokesError):
        recipes_of({KEY: {"paintings": [value]}})


def test_strokes_that_would_fill_the_memory() -> None:
    import base64
    import zlib

    bomb = base64.b64encode(zlib.compress(bytes(56 * 1_100_000), 9)).decode()
    with pytest.raises(StrokesError, match="cut off"):
        Recipe.from_json({**some_recipe().to_json(), "strokes": bomb})


def test_a_digest_sees_paint_only() -> None:
    pixels = np.zeros((3, 4, 4), np.uint8)
    pixels[1, 2] = 10, 20, 30, 40
    same, other = pixels.copy(), pixels.copy()
    same[0, 0, :3] = 99  # under no paint
    other[1, 2, 0] += 1
    assert digest(same) == digest(pixels) != digest(other)

"""Strokes as vectors: what the file says, and that it looks like the painting when Pillow draws it."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dreambrush.arrays import Float64
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.recipe import Recipe
from dreambrush.replay.repaint import repaint
from dreambrush.replay.svg import to_svg
from dreambrush.strokes import Strokes

SVG, INKSCAPE = "{http://www.w3.org/2000/svg}", "{http://www.inkscape.org/namespaces/inkscape}"
SIZE = 160, 120
BIGGER = 4
TOKEN = re.compile(r"[MQALZ]|-?(?:\d+\.?\d*|\.\d+)")


def some_recipe(brush: str, n: int = 25, seed: int = 1, pressure: tuple[float, float] = (0.3, 1.0)) -> Recipe:
    rng = np.random.default_rng(seed)
    file = find_brush(brush)
    strokes = Strokes(
        path=(rng.random((n, 3, 2)) * SIZE).astype(np.float32),
        pressure=rng.uniform(*pressure, (n, 2)).astype(np.float32),
        radius=rng.uniform(3, 10, n).astype(np.float32),
        colour=rng.random((n, 3)).astype(np.float32),
        brush=np.zeros(n, np.int32),
        layer=np.sort(rng.integers(0, 2, n)).astype(np.int32),
        size=SIZE,
        brushes=(brush,),
        layers=("Grund & <Boden>", "„Licht“\x00"),
    )
    ground = np.array([200, 180, 90], np.uint8)
    return Recipe("1", 0, False, ground, strokes, (read_myb(file.path),), (file.mypaint_name,), ("", ""))


def drawn(svg: str) -> Float64:
    """What a renderer makes of the elements that we write, 0..1; only as exact as polygons are."""
    root = ET.fromstring(svg)
    image = Image.new("RGB", (SIZE[0] * BIGGER, SIZE[1] * BIGGER))
    for element in root.iter():
        layer = Image.new("L", image.size)
        pen = ImageDraw.Draw(layer)
        if element.tag == f"{SVG}rect":
            image.paste(element.attrib["fill"], (0, 0, *image.size))
            continue
        if element.tag != f"{SVG}path":
            continue
        points = walked(element.attrib["d"]) * BIGGER
        if "fill" in element.attrib:
            pen.polygon([tuple(point) for point in points], fill=255)
        else:
            half = float(element.attrib["stroke-width"]) / 2 * BIGGER
            pen.line([tuple(point) for point in points], fill=255, width=round(2 * half), joint="curve")
            for x, y in points[[0, -1]] if element.get("stroke-linecap") is None else ():
                pen.ellipse((x - half, y - half, x + half, y + half), fill=255)
        opacity = float(element.get("opacity", "1"))
        colour = element.get("fill") or element.attrib["stroke"]
        image.paste(colour, (0, 0, *image.size), layer.point(lambda value, share=opacity: value * share))
    return np.asarray(image.resize(SIZE, Image.Resampling.BOX)) / 255


def walked(shape: str) -> Float64:
    """Points along a path of M, Q, A (half circles, clockwise), L and Z."""
    words = TOKEN.findall(shape)
    points: list[Float64] = []

    def numbers(count: int) -> Float64:
        return np.array([float(words.pop(0)) for _ in range(count)])

    while words:
        command = words.pop(0)
        if command in "ML":
            points.append(numbers(2))
        elif command == "Q":
            t = np.linspace(0, 1, 41)[1:, None]
            start, (control, end) = points[-1], numbers(4).reshape(2, 2)
            points += [*((1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end)]
        elif command == "A":
            assert numbers(5)[2:].tolist() == [0, 0, 1]
            start, end = points[-1], numbers(2)
            middle, arm = (start + end) / 2, (start - end) / 2
            angle = np.linspace(0, np.pi, 21)[1:, None]
            points += [*(middle + np.cos(angle) * arm + np.sin(angle) * np.array([-arm[1], arm[0]]))]
    return np.array(points)


@pytest.mark.parametrize(
    ("brush", "least"), [("oil", 23), ("knife", 22), ("ink", 18), ("watercolour", 30), ("bristle", 19)]
)
def test_it_looks_like_the_painting(brush: str, least: float) -> None:
    recipe = some_recipe(brush)
    painted = repaint(recipe).merged() / 255
    decibels = -10 * np.log10(((drawn(to_svg(recipe)) - painted) ** 2).mean())
    bare = -10 * np.log10((((np.asarray(recipe.ground) / 255) - painted) ** 2).mean())
    assert decibels > least and decibels > bare + 6


def test_its_layers_are_those_of_the_painting() -> None:
    recipe = some_recipe("oil")
    root = ET.fromstring(to_svg(recipe))
    assert (root.get("viewBox"), root.get("width"), root.get("height")) == ("0 0 160 120", "160", "120")
    ground, *layers = root[0]
    assert (ground.tag, ground.get("fill")) == (f"{SVG}rect", "#c8b45a")
    assert [layer.get("id") for layer in layers] == ["layer-1", "layer-2"]
    assert [layer.get(f"{INKSCAPE}label") for layer in layers] == ["Grund & <Boden>", "„Licht“\ufffd"]
    assert [layer.get(f"{INKSCAPE}groupmode") for layer in layers] == ["layer"] * 2
    assert [len(layer) for layer in layers] == np.bincount(recipe.strokes.layer).tolist()


def test_a_stroke_of_even_width_is_a_path_that_can_be_edited() -> None:
    recipe = some_recipe("oil", 5, pressure=(1.0, 1.0))
    for stroke, element in enumerate(ET.fromstring(to_svg(recipe)).iter(f"{SVG}path")):
        path, radius = recipe.strokes.path[stroke], float(recipe.strokes.radius[stroke])
        numbers = np.array([float(word) for word in TOKEN.findall(element.attrib["d"]) if word not in "MQ"])
        assert np.abs(numbers - path.ravel()).max() < 0.0051
        assert abs(float(element.attrib["stroke-width"]) / (2 * radius) - 1) < 0.06
        assert element.get("opacity") is None


def test_strokes_without_length_or_paint() -> None:
    recipe = some_recipe("oil", 3)
    path = recipe.strokes.path.copy()
    path[0] = path[0, :1]  # all in one place
    path[1, 1] = path[1, 0]  # the control point lies on the start
    one = replace(recipe, strokes=replace(recipe.strokes, path=path))
    assert "nan" not in to_svg(one) and to_svg(one).count("<path") == 3
    nothing = replace(recipe, brushes=(recipe.brushes[0].with_values(opaque=0.0),))
    assert "<path" not in to_svg(nothing)


def test_a_wide_stroke_that_bends_sharply_keeps_its_middle() -> None:
    """Its outline would turn back on itself and leave a hole."""
    recipe = some_recipe("oil", 1)
    strokes = replace(
        recipe.strokes,
        path=np.array([[[60, 90], [80, 20], [100, 90]]], np.float32),
        pressure=np.array([[0.3, 1]], np.float32),
        radius=np.array([40], np.float32),
        colour=np.zeros((1, 3), np.float32),
    )
    (element,) = ET.fromstring(to_svg(replace(recipe, strokes=strokes))).iter(f"{SVG}path")
    assert element.get("stroke-width") is not None and element.get("fill") is None


def test_a_transparent_painting_is_cut_to_its_shape() -> None:
    alpha = np.arange(SIZE[0] * SIZE[1], dtype=np.uint32).reshape(SIZE[::-1]).astype(np.uint8)
    root = ET.fromstring(to_svg(replace(some_recipe("oil"), alpha=alpha)))
    mask, group = root
    assert (mask.get("id"), group.get("mask")) == ("shape", "url(#shape)")
    head, _, data = mask[0].attrib["href"].partition(",")
    assert head == "data:image/png;base64"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), alpha)


def test_without_a_ground_there_is_none() -> None:
    assert "<rect" not in to_svg(replace(some_recipe("oil"), ground=None))


def test_it_is_compact() -> None:
    assert len(to_svg(some_recipe("oil", 300))) < 300 * 150

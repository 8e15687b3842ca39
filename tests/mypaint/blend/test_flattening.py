"""Layers that need no blending: every program shows the picture that MyPaint shows of the original ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dreambrush.arrays import Pixels
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.blend.flattening import flatten_layers
from dreambrush.mypaint.blend.transparency import merge_transparent
from dreambrush.mypaint.layer import NORMAL, PIGMENT, Layer
from dreambrush.mypaint.ora.openraster import write_openraster
from tests.mypaint.ora_files import noise
from tests.mypaint.plain_programs import as_gimp, as_krita, furthest

H, W = 100, 150
PAPER = np.random.default_rng(3).integers(0, 256, (64, 64, 3), np.uint8)
WHITE = np.full(3, 255, np.uint8)
MODES = [(1.0, NORMAL), (1.0, PIGMENT), (2.2, NORMAL), (2.2, PIGMENT)]


def some_layers(mode: str) -> list[Layer]:
    soft = noise(5, H, W)
    soft[..., 3] = np.linspace(0, 255, W).astype(np.uint8)
    empty = np.zeros((H, W, 4), np.uint8)
    return [
        Layer("Ground", noise(1, H, W), composite_op=mode),
        Layer("Glaze", soft, opacity=0.6, composite_op=mode),
        Layer("Hidden", noise(2, H, W), visible=False, opacity=0.5, composite_op=mode),
        Layer("Accents", noise(4, H, W), composite_op=mode),
        Layer("Your turn", empty, composite_op=mode),
    ]


@pytest.mark.parametrize(("eotf", "mode"), MODES)
@pytest.mark.parametrize("background", [PAPER, WHITE], ids=["paper", "white"])
def test_all_programs_show_the_same_picture(tmp_path: Path, eotf: float, mode: str, background: Pixels) -> None:
    layers = some_layers(mode)
    wanted = merge_layers(layers, background, eotf)
    flat = flatten_layers(layers, background, eotf)
    assert [(layer.name, layer.visible) for layer in flat] == [(layer.name, layer.visible) for layer in layers]
    assert {(layer.composite_op, layer.opacity) for layer in flat if layer.visible} == {(NORMAL, 1.0)}
    assert flat[2].opacity == 0.5 and np.array_equal(flat[2].pixels, layers[2].pixels)
    merged = write_openraster(tmp_path / "flat.ora", flat, background, settings={})
    # MyPaint itself: at eotf 2.2 it has no level 1, which the paper may have.
    assert furthest(merged, wanted) <= (eotf != 1.0)
    assert furthest(as_krita(tmp_path / "flat.ora"), merged) == 0
    assert furthest(as_gimp(tmp_path / "flat.ora"), merged) == 0


def test_the_original_layers_look_different_in_them(tmp_path: Path) -> None:
    """The test above can fail."""
    layers = some_layers(PIGMENT)
    merged = write_openraster(tmp_path / "work.ora", layers, PAPER, settings={}, eotf=2.2)
    assert furthest(as_krita(tmp_path / "work.ora"), merged) > 30
    assert furthest(as_gimp(tmp_path / "work.ora"), merged) > 30


@pytest.mark.parametrize(("eotf", "mode"), MODES)
def test_a_transparent_picture(tmp_path: Path, eotf: float, mode: str) -> None:
    layers = some_layers(mode)
    wanted = merge_transparent(layers, eotf)
    assert len(np.unique(wanted[..., 3])) > 100
    flat = flatten_layers(layers, WHITE, eotf, transparent=True)
    merged = write_openraster(tmp_path / "flat.ora", flat, WHITE, settings={}, transparent=True)
    assert furthest(merged, wanted) <= 2
    assert furthest(as_krita(tmp_path / "flat.ora"), wanted) <= 2
    assert furthest(as_gimp(tmp_path / "flat.ora"), wanted) <= 2


def test_opaque_paint_stays_in_its_layer() -> None:
    """Also where it covers its own colour: who hides the layer below still sees it."""
    red = np.full((H, W, 4), (200, 10, 10, 255), np.uint8)
    half = red.copy()
    half[:, : W // 2] = 0
    below, above = flatten_layers([Layer("Below", red), Layer("Above", half)], WHITE, 1.0)
    assert np.array_equal(below.pixels, red) and np.array_equal(above.pixels, half)


def test_flat_layers_stay_as_they_are() -> None:
    flat = flatten_layers(some_layers(PIGMENT), PAPER, 2.2)
    again = flatten_layers(flat, PAPER, 1.0)
    assert all(np.array_equal(one.pixels, other.pixels) for one, other in zip(flat, again, strict=True))


def test_bad_arguments() -> None:
    layer = Layer("Paint", noise(1, H, W))
    with pytest.raises(ValueError, match="at least one layer"):
        flatten_layers([], WHITE, 1.0)
    with pytest.raises(ValueError, match="eotf"):
        flatten_layers([layer], WHITE, 0.0)
    with pytest.raises(ValueError, match="pixels of layer"):
        flatten_layers([layer, replace(layer, pixels=noise(1, 5, 5))], WHITE, 1.0)

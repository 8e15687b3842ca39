"""Layers in the shape of a transparent picture: as opaque as it is, whatever lies on them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Pixels
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.blend.transparency import cut_to_shape, merge_transparent
from dreambrush.mypaint.layer import NORMAL, PIGMENT, Layer

GROUND = np.array([230, 225, 210], np.uint8)


def random_layers(rng: np.random.Generator, count: int, height: int, width: int, mode: str = NORMAL) -> list[Layer]:
    """Random colours; alpha is nothing, all, or anything."""
    layers = []
    for index in range(count):
        pixels = rng.integers(0, 256, (height, width, 4), np.uint8)
        kind = rng.integers(0, 3, (height, width))
        pixels[..., 3] = np.where(kind == 2, pixels[..., 3], kind * 255)
        pixels[pixels[..., 3] == 0] = 0
        layers.append(Layer(f"{index}", pixels, composite_op=mode))
    return layers


def ramp(height: int, width: int) -> Pixels:
    """Every alpha."""
    return np.broadcast_to(np.linspace(0, 255, width).astype(np.uint8), (height, width)).copy()


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.sampled_from([(NORMAL, 1.0), (PIGMENT, 2.2)]))
@pytest.mark.slow
def test_a_cut_painting_is_as_opaque_as_its_shape_and_looks_as_before(
    seed: int, count: int, kind: tuple[str, float]
) -> None:
    mode, eotf = kind
    layers = random_layers(np.random.default_rng(seed), count, 70, 256, mode)
    before, alpha = merge_layers(layers, GROUND, eotf), ramp(70, 256)
    cut = cut_to_shape(layers, "Shape", GROUND, alpha)
    assert [layer.name for layer in cut] == ["Shape", *(layer.name for layer in layers)]
    merged = merge_transparent(cut, eotf)
    assert np.array_equal(merged[..., 3], alpha)
    assert not any(layer.pixels[:, 0].any(-1).any() for layer in cut[1:]) and not cut[0].pixels[:, 0, 3].any()
    apart = np.abs(merged[..., :3].astype(int) - before)
    assert apart[:, 255].max() <= (1 if mode == NORMAL else 2)
    assert apart[:, 128:].max() <= 8 and apart[:, 128:].mean() < 1  # layers of 8 bits hold no better


def test_making_each_layer_translucent_would_not_do() -> None:
    """The negative control: what is wrong with the obvious way."""
    layers = [Layer(name, np.full((4, 4, 4), (9, 99, 199, 128), np.uint8)) for name in ("lower", "upper")]
    assert (merge_transparent(layers)[..., 3] == 192).all()


def test_layers_of_an_opaque_picture_stay_as_they_are() -> None:
    layers = random_layers(np.random.default_rng(1), 3, 20, 30)
    before = [layer.pixels.copy() for layer in layers]
    shape, *cut = cut_to_shape(layers, "Shape", GROUND, np.full((20, 30), 255, np.uint8))
    assert all(np.array_equal(one, layer.pixels) for one, layer in zip(before, cut, strict=True))
    assert (shape.pixels == [*GROUND, 255]).all()


@pytest.mark.parametrize("eotf", [1.0, 2.2])
def test_opaque_layers_merge_as_on_paper(eotf: float) -> None:
    layers = random_layers(np.random.default_rng(2), 4, 130, 200)
    layers[0].pixels[..., 3] = 255
    on_paper, alone = merge_layers(layers, GROUND, eotf), merge_transparent(layers, eotf)
    assert (alone[..., 3] == 255).all()
    assert np.abs(alone[..., :3].astype(int) - on_paper).max() <= (1 if eotf == 1 else 2)


def test_hidden_layers_and_opacity_count() -> None:
    half = Layer("half", np.full((3, 3, 4), (10, 20, 30, 255), np.uint8), opacity=0.5)
    hidden = Layer("hidden", np.full((3, 3, 4), 255, np.uint8), visible=False)
    assert (merge_transparent([half, hidden]) == [10, 20, 30, 128]).all()


def test_shapes_must_fit() -> None:
    layers = random_layers(np.random.default_rng(1), 2, 20, 30)
    with pytest.raises(ValueError, match="at least one layer"):
        merge_transparent([])
    with pytest.raises(ValueError, match="eotf"):
        merge_transparent(layers, 0.01)
    with pytest.raises(ValueError):
        cut_to_shape(layers, "Shape", GROUND, np.zeros((30, 20), np.uint8))

"""The arithmetic, against a plain pixel-by-pixel reading of the rules (MyPaint itself: test_openraster)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dreambrush.errors import UsageError
from dreambrush.mypaint import blending
from dreambrush.mypaint.blending import background_tile, merge_layers
from dreambrush.mypaint.layer import Layer

GREY = np.array([90, 120, 200], np.uint8)
level = st.integers(0, 255)
opacity = st.floats(0, 1)


def plain(height: int, width: int, rgba: tuple[int, ...]) -> NDArray[np.uint8]:
    return np.full((height, width, 4), rgba, np.uint8)


def scalar_source_over(under: int, source: int, alpha: int, opac: float, noise: int) -> int:
    """One channel of one pixel, in Python's unbounded integers: load, premultiply, blend, save."""
    fix_under, fix_source, fix_alpha = ((value * 32768 + 127) // 255 for value in (under, source, alpha))
    premultiplied = (fix_source * fix_alpha + 16384) >> 15
    fix_opacity = int(float(np.float32(opac)) * 32768)
    covered = (fix_alpha * fix_opacity) >> 15
    blended = (premultiplied * fix_opacity + (32768 - covered) * fix_under) >> 15
    return (blended * 255 + noise) >> 15


@given(st.tuples(level, level, level), st.tuples(level, level, level, level), opacity)
def test_every_pixel_follows_the_rule(under: tuple[int, ...], rgba: tuple[int, ...], layer_opacity: float) -> None:
    merged = merge_layers([Layer("one", plain(2, 66, rgba), layer_opacity)], np.array(under, np.uint8))
    noise = blending._dithering_noise()
    for y, x in ((0, 0), (1, 63), (0, 64), (1, 65)):
        expected = [
            scalar_source_over(below, above, rgba[3], layer_opacity, int(noise[y, x % 64]))
            for below, above in zip(under, rgba[:3], strict=True)
        ]
        assert merged[y, x].tolist() == expected


def test_noise_is_a_fiftieth_of_a_level_and_begins_as_the_c_library_counts() -> None:
    noise = blending._dithering_noise()
    first = [1804289383, 846930886, 1681692777]  # rand() of every fresh glibc program
    assert noise[0, :3].tolist() == [number % 32768 * 5 // 256 + 256 for number in first]
    assert noise.shape == (64, 64)
    assert noise.min() >= 32768 * 2 // 256
    assert noise.max() < 32768 * 7 // 256


def test_opaque_colours_pass_unchanged() -> None:
    levels = np.arange(256, dtype=np.uint8)
    pixels = np.stack([levels, levels[::-1], levels, np.full(256, 255, np.uint8)], axis=-1)[None]
    assert np.array_equal(merge_layers([Layer("all levels", pixels)], GREY), pixels[..., :3])


@pytest.mark.parametrize(
    "layer",
    [
        Layer("transparent", plain(70, 70, (255, 0, 0, 0))),
        Layer("hidden", plain(70, 70, (255, 0, 0, 255)), visible=False),
        Layer("faded out", plain(70, 70, (255, 0, 0, 255)), opacity=0.0),
    ],
    ids=lambda layer: layer.name,
)
def test_what_is_not_shown_leaves_the_background(layer: Layer) -> None:
    assert (merge_layers([layer], GREY) == GREY).all()


def test_paper_repeats_from_the_top_left_corner() -> None:
    paper = np.random.default_rng(0).integers(0, 256, (64, 128, 3), np.uint8)
    merged = merge_layers([Layer("empty", plain(150, 300, (0, 0, 0, 0)))], paper)
    y, x = np.mgrid[0:150, 0:300]
    assert np.array_equal(merged, paper[y % 64, x % 128])


@given(st.integers(1, 200), st.integers(1, 200))
def test_size_of_the_frame_does_not_change_a_pixel(height: int, width: int) -> None:
    """Neither the bands that the work is cut into nor the columns that are skipped may show."""
    rng = np.random.default_rng(1)
    layers = []
    for layer_opacity in (1.0, 0.37):
        pixels = rng.integers(0, 256, (200, 200, 4), np.uint8)
        pixels[:, 50:90] = 0
        pixels[64:128, :, 3] = 0
        layers.append(Layer("some", pixels, layer_opacity))
    cropped = [Layer("some", layer.pixels[:height, :width], layer.opacity) for layer in layers]
    assert np.array_equal(merge_layers(cropped, GREY), merge_layers(layers, GREY)[:height, :width])


def test_order_is_bottom_first() -> None:
    red, blue = (Layer("", plain(4, 4, rgba)) for rgba in ((255, 0, 0, 255), (0, 0, 255, 255)))
    assert (merge_layers([red, blue], GREY) == [0, 0, 255]).all()


def test_inputs_are_left_alone() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (70, 70, 4), np.uint8)
    paper = background_tile(GREY)
    before = pixels.copy(), paper.copy()
    merge_layers([Layer("one", pixels, 0.5)], paper)
    assert np.array_equal(pixels, before[0])
    assert np.array_equal(paper, before[1])


@pytest.mark.parametrize("mode", ["svg:multiply", "mypaint:spectral-wgm", "", "normal"])
def test_other_modes_are_refused_by_name(mode: str) -> None:
    with pytest.raises(UsageError, match=f"“glaze” has the mode “{mode}”, .* Use “svg:src-over”"):
        merge_layers([Layer("glaze", plain(4, 4, (0, 0, 0, 9)), composite_op=mode)], GREY)


def test_layers_of_two_sizes_are_refused() -> None:
    layers = [Layer("a", plain(4, 5, (0, 0, 0, 0))), Layer("b", plain(5, 4, (0, 0, 0, 0)))]
    with pytest.raises(ValueError, match=r"layer “b” to have shape \(4, 5, 4\) but it had \(5, 4, 4\)"):
        merge_layers(layers, GREY)


def test_no_layer_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one layer"):
        merge_layers([], GREY)


@pytest.mark.parametrize("shape", [(4,), (64, 64), (64, 64, 4), (64, 65, 3), (0, 64, 3), (32, 64, 3)])
def test_backgrounds_that_are_no_tile_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="Expected background to have shape"):
        background_tile(np.zeros(shape, np.uint8))


def test_background_of_floats_is_refused() -> None:
    with pytest.raises(ValueError, match="dtype uint8 but it had float64"):
        background_tile(np.zeros(3))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pixels", "layer_opacity", "message"),
    [
        (np.zeros((4, 4, 3), np.uint8), 1.0, "shape"),
        (np.zeros((0, 4, 4), np.uint8), 1.0, "shape"),
        (np.zeros((4, 4, 4), np.float32), 1.0, "dtype uint8 but it had float32"),
        (np.zeros((4, 4, 4), np.uint8), 1.01, "opacity"),
        (np.zeros((4, 4, 4), np.uint8), float("nan"), "opacity"),
    ],
)
def test_impossible_layers_are_refused(pixels: NDArray[np.uint8], layer_opacity: float, message: str) -> None:
    with pytest.raises(ValueError, match=f"Expected .*{message}"):
        Layer("bad", pixels, layer_opacity)

"""The arithmetic, against a plain pixel-by-pixel reading of the rules (MyPaint itself: test_openraster)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Fixed15, Int64, Pixels
from dreambrush.errors import UsageError
from dreambrush.mypaint.blend import levels
from dreambrush.mypaint.blend.blending import background_tile, blend, merge_layers
from dreambrush.mypaint.engine.eotf import ONE
from dreambrush.mypaint.layer import NORMAL, PIGMENT, Layer

GREY = np.array([90, 120, 200], np.uint8)
BLACK = np.zeros(3, np.uint8)
level = st.integers(0, 255)
opacity = st.floats(0, 1)


def plain(height: int, width: int, rgba: tuple[int, ...]) -> Pixels:
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
    noise = levels._noise_of_opaque()
    for y, x in ((0, 0), (1, 63), (0, 64), (1, 65)):
        expected = [
            scalar_source_over(below, above, rgba[3], layer_opacity, int(noise[y, x % 64]))
            for below, above in zip(under, rgba[:3], strict=True)
        ]
        assert merged[y, x].tolist() == expected


def test_noise_is_a_fiftieth_of_a_level_and_begins_as_the_c_library_counts() -> None:
    noise = levels._noise_of_opaque()
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


@cache
def whole_picture(mode: str, eotf: float) -> tuple[list[Layer], Pixels]:
    """Layers of 200 x 200 pixels, and what they show."""
    rng = np.random.default_rng(1)
    layers = []
    for layer_opacity in (1.0, 0.37):
        pixels = rng.integers(0, 256, (200, 200, 4), np.uint8)
        pixels[:, 50:90] = 0
        pixels[64:128, :, 3] = 0
        layers.append(Layer("some", pixels, layer_opacity, composite_op=mode))
    return layers, merge_layers(layers, GREY, eotf)


@pytest.mark.parametrize(("mode", "eotf"), [(NORMAL, 1.0), (PIGMENT, 2.2)])
@given(height=st.integers(1, 200), width=st.integers(1, 200))
def test_size_of_the_frame_does_not_change_a_pixel(mode: str, eotf: float, height: int, width: int) -> None:
    """Neither the bands that the work is cut into nor the columns that are skipped may show."""
    layers, whole = whole_picture(mode, eotf)
    cropped = [replace(layer, pixels=layer.pixels[:height, :width]) for layer in layers]
    assert np.array_equal(merge_layers(cropped, GREY, eotf), whole[:height, :width])


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


def merged_colour(rgba: tuple[int, ...], ground: Pixels, mode: str, eotf: float) -> Int64:
    layer = Layer("one", plain(64, 64, rgba), composite_op=mode)
    return np.asarray(np.rint(merge_layers([layer], ground, eotf).mean(axis=(0, 1))), np.int64)


def test_pigments_mix_like_paint_and_lights_do_not() -> None:
    yellow, blue = (250, 230, 20, 128), np.array([20, 60, 200], np.uint8)
    red, green, other = merged_colour(yellow, blue, PIGMENT, 2.2)
    assert green > max(red, other) + 20
    red, green, other = merged_colour(yellow, blue, NORMAL, 1.0)
    assert (abs(red - 135), abs(green - 145), abs(other - 110)) <= (1, 1, 1)


def test_blending_in_light_is_brighter_than_blending_levels() -> None:
    assert merged_colour((255, 255, 255, 128), BLACK, NORMAL, 1.0).tolist() == [128] * 3
    assert merged_colour((255, 255, 255, 128), BLACK, NORMAL, 2.2).tolist() == [186] * 3  # 255 * (128/255)^(1/2.2)


@given(st.tuples(level, level, level), st.tuples(level, level, level))
def test_where_nothing_mixes_pigment_is_normal(under: tuple[int, ...], rgb: tuple[int, ...]) -> None:
    for alpha in (0, 255):
        layers = [Layer("one", plain(3, 3, (*rgb, alpha)), composite_op=mode) for mode in (NORMAL, PIGMENT)]
        normal, pigment = (merge_layers([layer], np.array(under, np.uint8), 2.2) for layer in layers)
        assert np.array_equal(normal, pigment)


@given(st.tuples(level, level, level), st.integers(1, 254))
def test_a_glaze_of_a_colour_over_itself_hardly_shows(rgb: tuple[int, ...], alpha: int) -> None:
    """MyPaint's way to the ten bands and back loses a little of very dark and saturated colours."""
    seen = merged_colour((*rgb, alpha), np.array(rgb, np.uint8), PIGMENT, 2.2)
    assert (np.abs(seen - rgb) <= np.where(np.array(rgb) < 24, 24, 4)).all()


@pytest.mark.parametrize("mode", ["svg:multiply", "", "normal"])
def test_other_modes_are_refused_by_name(mode: str) -> None:
    with pytest.raises(UsageError, match=f"“glaze” has the mode “{mode}”, .* Use “svg:src-over” or “mypaint:spectral"):
        merge_layers([Layer("glaze", plain(4, 4, (0, 0, 0, 9)), composite_op=mode)], GREY)


def test_layers_of_two_sizes_are_refused() -> None:
    layers = [Layer("a", plain(4, 5, (0, 0, 0, 0))), Layer("b", plain(5, 4, (0, 0, 0, 0)))]
    with pytest.raises(ValueError, match=r"layer “b” to have shape \(4, 5, 4\) but it had \(5, 4, 4\)"):
        merge_layers(layers, GREY)


def test_no_layer_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one layer"):
        merge_layers([], GREY)


@pytest.mark.parametrize("eotf", [0.0, 10.5, float("nan")])
def test_other_eotfs_are_refused(eotf: float) -> None:
    with pytest.raises(ValueError, match="Expected eotf to be within"):
        merge_layers([Layer("a", plain(4, 5, (0, 0, 0, 0)))], GREY, eotf)


def test_blend_takes_strips_of_any_layout() -> None:
    paint = np.full((8, 9, 4), ONE, np.uint16)[::2, ::3]
    under = np.zeros((4, 3, 3), np.uint16)
    blend(under, paint, 0.25)
    assert (under == ONE // 4).all()


@pytest.mark.parametrize(
    ("under", "paint"),
    [
        (np.zeros((4, 4, 3), np.uint16), np.zeros((4, 5, 4), np.uint16)),
        (np.zeros((4, 4, 5), np.uint16), np.zeros((4, 4, 4), np.uint16)),
        (np.zeros((4, 4), np.uint16), np.zeros((4, 4, 4), np.uint16)),
        (np.zeros((4, 4, 3), np.uint32), np.zeros((4, 4, 4), np.uint16)),
        (np.zeros((4, 4, 3), np.uint16), np.zeros((4, 4, 4), np.uint8)),
        (np.zeros((4, 8, 3), np.uint16)[:, ::2], np.zeros((4, 4, 4), np.uint16)),
    ],
)
def test_blend_refuses_what_does_not_fit(under: Fixed15, paint: Fixed15) -> None:
    with pytest.raises(ValueError, match="Expected"):
        blend(under, paint)


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
def test_impossible_layers_are_refused(pixels: Pixels, layer_opacity: float, message: str) -> None:
    with pytest.raises(ValueError, match=f"Expected .*{message}"):
        Layer("bad", pixels, layer_opacity)

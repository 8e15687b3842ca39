"""Light on thick paint."""

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.layer import Layer
from dreambrush.painter.relief.light import lit, lit_whole, reach

GREY = np.full((96, 130), 0.5, np.float32)


def rough(seed: int = 0) -> Float32:
    """Paint with ridges of some pixels."""
    height = np.random.default_rng(seed).normal(0, 1, GREY.shape).astype(np.float32)
    for _ in range(2):
        height = (height + np.roll(height, 1, 0) + np.roll(height, 1, 1)) / np.float32(2)
    return height


def test_level_paint_stays_as_it_is() -> None:
    assert not lit_whole(np.full(GREY.shape, 3, np.float32), GREY, 1.0, 1.0).any()


def test_a_slab_is_light_at_its_upper_left_and_throws_a_shadow_to_the_lower_right() -> None:
    height = np.zeros(GREY.shape, np.float32)
    height[30:60, 40:80] = 5
    merged = merge_layers([Layer("relief", lit_whole(height, GREY, 1.0, 1.0))], np.full(3, 128, np.uint8)).astype(int)
    assert merged[30, 60].mean() > 150 and merged[45, 40].mean() > 150
    assert merged[60, 60].mean() < 90 and merged[45, 80].mean() < 90
    assert merged[62, 60].mean() < 128 and np.all(merged[45, 60] == 128)


@pytest.mark.parametrize(("scale", "eotf"), [(1.0, 1.0), (0.2, 2.2), (3.0, 1.0)])
def test_an_area_has_the_pixels_of_the_whole(scale: float, eotf: float) -> None:
    tone = np.abs(rough(1) % 1).astype(np.float32)
    whole = lit_whole(rough(), tone, 0.7, scale, eotf)
    for area in ((slice(0, 20), slice(100, 130)), (slice(33, 96), slice(0, 71)), (slice(50, 51), slice(64, 65))):
        assert np.array_equal(lit(rough(), tone, area, 0.7, scale, eotf), whole[area])
    far = rough()
    far[:, 65 + reach(scale) :] += 7  # what lies farther off does not matter
    assert np.array_equal(lit_whole(far, tone, 0.7, scale, eotf)[:, :65], whole[:, :65])


def test_the_picture_gets_neither_lighter_nor_darker() -> None:
    for eotf in (1.0, 2.2):
        layer = Layer("relief", lit_whole(rough() * np.float32(0.6), GREY, 0.6, 1.0, eotf))
        merged = merge_layers([layer], np.full(3, 128, np.uint8), eotf).astype(int)
        assert abs(merged.mean() - 128) < 3 < merged.std()


def test_the_light_is_as_strong_at_both_eotfs_and_weak_on_dark_paint() -> None:
    def change(level: int, eotf: float) -> float:
        tone = np.full(GREY.shape, level / 255, np.float32)
        layer = Layer("relief", lit_whole(rough(), tone, 0.6, 1.0, eotf))
        return float(np.abs(merge_layers([layer], np.full(3, level, np.uint8), eotf).astype(int) - level).mean())

    for level in (40, 128, 220):
        assert change(level, 2.2) == pytest.approx(change(level, 1.0), rel=0.1)
    assert change(10, 2.2) < 0.5 * change(128, 2.2)

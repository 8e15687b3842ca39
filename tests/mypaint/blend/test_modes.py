"""The modes, against the formulas of the W3C in floats (MyPaint itself, to the last bit: test_render)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Fixed15, Float64
from dreambrush.mypaint.blend.blending import blend
from dreambrush.mypaint.blend.modes import CLEARING, MODES, mode_number
from dreambrush.mypaint.engine.eotf import ONE
from dreambrush.mypaint.layer import NORMAL, PIGMENT

LUMINOSITY = np.array([0.3, 0.59, 0.11])


def luminosity(rgb: Float64) -> Float64:
    return np.asarray((rgb * LUMINOSITY).sum(-1, keepdims=True))


def saturation(rgb: Float64) -> Float64:
    return np.asarray(rgb.max(-1, keepdims=True) - rgb.min(-1, keepdims=True))


def with_luminosity(rgb: Float64, wanted: Float64) -> Float64:
    rgb = rgb + wanted - luminosity(rgb)
    grey, low, high = luminosity(rgb), rgb.min(-1, keepdims=True), rgb.max(-1, keepdims=True)
    rgb = np.where(low < 0, grey + (rgb - grey) * grey / np.maximum(grey - low, 1e-9), rgb)
    return np.where(high > 1, grey + (rgb - grey) * (1 - grey) / np.maximum(high - grey, 1e-9), rgb)


def with_saturation(rgb: Float64, wanted: Float64) -> Float64:
    return np.asarray((rgb - rgb.min(-1, keepdims=True)) * wanted / np.maximum(saturation(rgb), 1e-9))


def hard_light(s: Float64, b: Float64) -> Float64:
    return np.where(s <= 0.5, 2 * s * b, b + (2 * s - 1) - b * (2 * s - 1))


def soft_light(s: Float64, b: Float64) -> Float64:
    lighter = np.where(b <= 0.25, ((16 * b - 12) * b + 4) * b, np.sqrt(b))
    return np.where(s <= 0.5, b - (1 - 2 * s) * b * (1 - b), b + (2 * s - 1) * (lighter - b))


def blended(mode: str, s: Float64, b: Float64) -> Float64:
    """https://www.w3.org/TR/compositing-1/#blending; colours are not premultiplied."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rules: dict[str, Callable[[], Float64]] = {
            "multiply": lambda: s * b,
            "screen": lambda: b + s - b * s,
            "overlay": lambda: hard_light(b, s),
            "darken": lambda: np.minimum(s, b),
            "lighten": lambda: np.maximum(s, b),
            "hard-light": lambda: hard_light(s, b),
            "soft-light": lambda: soft_light(s, b),
            "color-burn": lambda: np.where(s > 0, 1 - np.minimum(1, (1 - b) / s), 0),
            "color-dodge": lambda: np.where(s < 1, np.minimum(1, b / (1 - s)), 1),
            "difference": lambda: abs(s - b),
            "exclusion": lambda: b + s - 2 * b * s,
            "hue": lambda: with_luminosity(with_saturation(s, saturation(b)), luminosity(b)),
            "saturation": lambda: with_luminosity(with_saturation(b, saturation(s)), luminosity(b)),
            "color": lambda: with_luminosity(s, luminosity(b)),
            "luminosity": lambda: with_luminosity(b, luminosity(s)),
        }
        return np.asarray(rules.get(mode.partition(":")[2], lambda: s)())


def composed(mode: str, s: Float64, covered: Float64, b: Float64, alpha: Float64) -> tuple[Float64, Float64]:
    """https://www.w3.org/TR/compositing-1/#porterduffcompositingoperators; returns premultiplied colour and alpha."""
    none, all_of_it = np.zeros_like(alpha), np.ones_like(alpha)
    parts = {
        "svg:plus": (all_of_it, all_of_it),
        "svg:dst-in": (none, covered),
        "svg:dst-out": (none, 1 - covered),
        "svg:src-atop": (alpha, 1 - covered),
        "svg:dst-atop": (1 - alpha, covered),
    }
    upper, lower = parts.get(mode, (all_of_it, 1 - covered))
    mixed = (1 - alpha) * s + alpha * blended(mode, s, b)
    return (
        np.minimum(1, covered * upper * mixed + alpha * lower * b),
        np.minimum(1, covered * upper + alpha * lower),
    )


def random_light(seed: int, count: int, alpha: tuple[int, int]) -> Fixed15:
    """Premultiplied pixels, (1, count, 4)."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, ONE + 1, (1, count, 4))
    extreme = rng.integers(0, 3, pixels.shape) == 0
    pixels[extreme] = rng.choice([0, 1, ONE // 4, ONE // 2, ONE - 1, ONE], int(extreme.sum()))
    pixels[..., 3:] = rng.integers(alpha[0], alpha[1] + 1, (1, count, 1))
    pixels[..., :3] = (pixels[..., :3] * pixels[..., 3:] + ONE // 2) >> 15
    return pixels.astype(np.uint16)


def straight(light: Fixed15) -> tuple[Float64, Float64]:
    alpha = light[..., 3:] / ONE
    return np.asarray(light[..., :3] / np.maximum(light[..., 3:], 1.0)), np.asarray(alpha)


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != PIGMENT])
@given(seed=st.integers(0, 2**32 - 1), opacity=st.floats(0, 1))
def test_every_mode_is_what_its_formula_says(mode: str, seed: int, opacity: float) -> None:
    paint, under = random_light(seed, 50, (ONE // 2, ONE)), random_light(seed + 1, 50, (ONE // 2, ONE))
    if mode in ("svg:color-burn", "svg:color-dodge"):  # their steps at 0 and 1 make much of the last bit
        paint[..., :3] = np.clip(paint[..., :3], 2000, paint[..., 3:] - 2000)
    (above, covered), (below, alpha) = straight(paint), straight(under)
    colour, together = composed(mode, above, covered * opacity, below, alpha)
    blend(under, paint, opacity, mode)
    assert np.abs(under[..., 3:] / ONE - together).max() < 4 / ONE
    assert np.abs(under[..., :3] / ONE - colour).max() < (100 if mode == "svg:soft-light" else 40) / ONE


@pytest.mark.parametrize("mode", MODES)
@given(seed=st.integers(0, 2**32 - 1))
def test_opaque_light_needs_no_alpha(mode: str, seed: int) -> None:
    paint, under = random_light(seed, 60, (0, ONE)), random_light(seed + 1, 60, (ONE, ONE))
    paint[0, :5] = 0
    opaque = np.ascontiguousarray(under[..., :3])
    blend(under, paint, 0.7, mode)
    blend(opaque, paint, 0.7, mode)
    assert np.array_equal(opaque, under[..., :3])


@pytest.mark.parametrize("mode", MODES)
def test_where_there_is_no_paint_only_clearing_modes_do_anything(mode: str) -> None:
    under, none = random_light(1, 60, (0, ONE)), np.zeros((1, 60, 4), np.uint16)
    before = under.copy()
    blend(under, none, 1.0, mode)
    assert under.any() != (mode in CLEARING)
    assert mode in CLEARING or np.array_equal(under, before)


@pytest.mark.parametrize("mode", MODES)
@given(seed=st.integers(0, 2**32 - 1))
@pytest.mark.slow
def test_results_stay_within_bounds(mode: str, seed: int) -> None:
    under = random_light(seed, 60, (0, ONE))
    for number in range(3):
        blend(under, random_light(seed + number, 60, (0, ONE)), 0.9, mode)
        assert under.max() <= ONE


def test_modes_are_numbered_as_in_c_and_others_are_refused() -> None:
    assert [mode_number(mode) for mode in MODES] == list(range(22)) and len(set(MODES)) == 22
    assert MODES[:2] == (NORMAL, PIGMENT)
    with pytest.raises(ValueError, match="one of MyPaint's modes but it was 'krita:erase'"):
        blend(np.zeros((1, 1, 4), np.uint16), np.zeros((1, 1, 4), np.uint16), 1.0, "krita:erase")

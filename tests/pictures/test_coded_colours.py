"""Colour spaces by the numbers of ITU-T H.273."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from dreambrush.arrays import Float32
from dreambrush.pictures.coded_colours import HLG, PQ, CodedToSrgb
from dreambrush.pictures.light import from_linear, to_linear
from tests.pictures.test_colour_profiles import rgb_profile


def one(primaries: int, transfer: int, *values: float) -> Float32:
    colour: Float32 = CodedToSrgb(primaries, transfer)(np.array([[values]], np.float32))
    return np.asarray(colour[0, 0])


def test_what_means_srgb_stays_as_it_is() -> None:
    colours = np.random.default_rng(1).random((5, 4, 3)).astype(np.float32)
    for primaries, transfer in ((1, 13), (2, 2), (1, 1), (0, 6), (99, 77)):
        assert CodedToSrgb(primaries, transfer)(colours) is colours


@pytest.mark.parametrize("primaries", [4, 5, 6, 7, 8, 9, 11, 12, 22])
def test_grey_stays_grey(primaries: int) -> None:
    np.testing.assert_allclose(one(primaries, 13, 0.5, 0.5, 0.5), 0.5, atol=0.002)


def test_primaries_are_those_of_a_profile() -> None:
    """Display P3 by its numbers is what LittleCMS makes of an ICC profile with its published D50 primaries."""
    p3 = rgb_profile((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
    colours = np.random.default_rng(2).uniform(0.35, 0.65, (1, 64, 3)).astype(np.float32)
    light = Image.fromarray(np.rint(to_linear(colours) * 255).astype(np.uint8))
    srgb, exact = ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC
    seen = ImageCms.profileToProfile(light, ImageCms.getOpenProfile(io.BytesIO(p3)), srgb, renderingIntent=exact)
    ours = CodedToSrgb(12, 8)(np.asarray(np.asarray(light) / 255, np.float32))
    assert seen is not None
    np.testing.assert_allclose(ours, np.asarray(seen) / 255, atol=0.012)


def test_transfer_characteristics() -> None:
    half = np.array(0.5, np.float32)
    np.testing.assert_allclose(one(1, 8, 0.5, 0.5, 0.5), from_linear(half), atol=1e-5)
    np.testing.assert_allclose(one(1, 4, 0.5, 0.5, 0.5), from_linear(half**2.2), atol=1e-5)
    np.testing.assert_allclose(one(1, 5, 0.5, 0.5, 0.5), from_linear(half**2.8), atol=1e-5)


def test_hdr_keeps_grey_paper_light_and_clouds_apart() -> None:
    # 203 nits are 58 % of PQ and 75 % of HLG (ITU-R BT.2408); a fifth of that light is 42 % and 45.6 %.
    for transfer, white, grey, brighter in ((PQ, 0.5807, 0.4204, 0.75), (HLG, 0.75, 0.456, 0.95)):
        paper, cloud = one(9, transfer, white, white, white), one(9, transfer, brighter, brighter, brighter)
        assert paper.min() > 0.95 and paper.max() < cloud.min() <= 1
        shown = one(9, transfer, grey, grey, grey)
        np.testing.assert_allclose(shown, shown[0], atol=1e-3)
        np.testing.assert_allclose(shown, from_linear(np.array(0.2, np.float32)), atol=0.04)
    assert one(9, PQ, 0, 0, 0).max() == 0 and np.isfinite(one(9, PQ, 1, 1, 1)).all()

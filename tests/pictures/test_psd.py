"""The composite of Photoshop's files, whatever lies beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dreambrush.errors import PictureError
from dreambrush.pictures.light import from_linear
from dreambrush.pictures.reading import load_picture
from tests.pictures.psd_files import psd
from tests.pictures.test_colour_profiles import LINEAR, icc_profile, tag
from tests.pictures.test_reading import gradient

BITMAP, GREY, INDEXED, RGB, CMYK, LAB = 0, 1, 2, 3, 4, 9
SELECTION = np.random.default_rng(3).integers(0, 256, (1, 21, 31), dtype=np.uint8)


def planes() -> NDArray[np.uint8]:
    return gradient().transpose(2, 0, 1)


def read(folder: Path, data: bytes) -> NDArray[np.float32]:
    (folder / "a.psd").write_bytes(data)
    return load_picture(folder / "a.psd", keep_alpha=True)


@pytest.mark.parametrize("compression", [0, 1, 2, 3])
@pytest.mark.parametrize("selections", [0, 1, 2, 5])
def test_saved_selections_do_not_shift_the_channels(tmp_path: Path, selections: int, compression: int) -> None:
    channels = np.concatenate([planes(), *[SELECTION] * selections])
    picture = read(tmp_path, psd(channels, RGB, compression=compression))
    np.testing.assert_allclose(picture, gradient() / 255.0, atol=1e-6)


@pytest.mark.parametrize("compression", [0, 1])
def test_cmyk_with_a_selection(tmp_path: Path, compression: int) -> None:
    ink = np.array([[255, 0, 0, 0], [0, 255, 255, 0], [0, 0, 0, 255], [0, 0, 0, 0]], np.uint8)
    channels = np.concatenate([255 - ink.T[:, None], np.full((1, 1, 4), 99, np.uint8)])
    picture = read(tmp_path, psd(channels, CMYK, compression=compression))
    expected = [[0, 1, 1], [1, 0, 0], [0, 0, 0], [1, 1, 1]]
    np.testing.assert_allclose(picture[0], expected, atol=0.02)


def test_lab_with_a_selection(tmp_path: Path) -> None:
    grey = np.array([128, 128, 128, 7], np.uint8)[:, None, None].repeat(3, 2)
    red = np.array([136, 128 + 80, 128 + 67, 7], np.uint8)[:, None, None]
    picture = read(tmp_path, psd(np.concatenate([grey, red], 2), LAB))
    np.testing.assert_allclose(picture[0, 0], 0.467, atol=0.02)
    assert picture[0, 3, 0] > 0.97 and picture[0, 3, 1:].max() < 0.15


@pytest.mark.parametrize("compression", [0, 1, 2, 3])
def test_sixteen_bits(tmp_path: Path, compression: int) -> None:
    deep = planes().astype(np.uint16) * 257
    picture = read(tmp_path, psd(deep, RGB, compression=compression, big=compression == 1))
    np.testing.assert_allclose(picture, gradient() / 255.0, atol=1e-6)
    grey = np.linspace(0, 65535, 63).astype(np.uint16).reshape(1, 7, 9)
    picture = read(tmp_path, psd(grey, GREY, compression=compression))
    np.testing.assert_allclose(picture[..., 1], grey[0] / 65535, atol=1e-4)


def test_thirty_two_bits_are_light(tmp_path: Path) -> None:
    light = np.array([[0.0, 0.02, 0.5, 1.0, 7.0, np.nan]], np.float32)
    picture = read(tmp_path, psd(light[None].repeat(3, 0), RGB, compression=0))
    expected = from_linear(np.array([0, 0.02, 0.5, 1, 1, 0], np.float32))
    np.testing.assert_allclose(picture[0, :, 2], expected, atol=0.003)


def test_a_bitmap_and_an_indexed_picture(tmp_path: Path) -> None:
    ink = np.eye(9, 13, dtype=bool)
    np.testing.assert_allclose(read(tmp_path, psd(ink[None], BITMAP))[..., 0], 1 - ink, atol=1e-6)
    colours = np.random.default_rng(4).integers(0, 256, (256, 3), dtype=np.uint8)
    picture = read(tmp_path, psd(SELECTION, INDEXED, palette=colours.T.tobytes()))
    np.testing.assert_allclose(picture, colours[SELECTION[0]] / 255.0, atol=1e-6)


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("on_white", [False, True])
def test_opacity_is_that_of_the_layers(tmp_path: Path, on_white: bool, deep: bool) -> None:
    """Photoshop saves colours as they look on white; other programs do not, which dark colours tell."""
    alpha = np.linspace(0, 255, 31).round().astype(np.uint8)[None].repeat(21, 0)
    seen = planes().astype(np.float64)
    if on_white:
        seen = 255 + (seen - 255) * (alpha / 255)
    channels = np.concatenate([seen, alpha[None], SELECTION])
    channels = np.rint(channels * 257).astype(np.uint16) if deep else np.rint(channels).astype(np.uint8)
    picture = read(tmp_path, psd(channels, RGB, layers=-1))
    np.testing.assert_allclose(picture[..., 3], alpha / 255, atol=1e-6)
    visible = alpha > 128
    np.testing.assert_allclose(picture[visible][:, :3], (gradient() / 255.0)[visible], atol=0.009)
    assert read(tmp_path, psd(channels, RGB, layers=1)).shape[2] == 3


def test_a_profile_is_used(tmp_path: Path) -> None:
    grey = np.full((1, 5, 5), 55, np.uint8)
    profile = icc_profile(b"GRAY", tag(b"kTRC", LINEAR))
    for levels in (grey, grey.astype(np.uint16) * 257):
        picture = read(tmp_path, psd(levels, GREY, profile=profile))
        np.testing.assert_allclose(picture, from_linear(np.array(55 / 255, np.float32)), atol=0.012)


def test_a_large_one_takes_little_memory_beside_its_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dreambrush.pictures.psd.ROWS_AT_ONCE", 31 * 4)
    picture = read(tmp_path, psd(np.concatenate([planes(), SELECTION]), RGB))
    np.testing.assert_allclose(picture, gradient() / 255.0, atol=1e-6)


@pytest.mark.parametrize("cut", [3, 20, 30, 60, 80, 100, 900, 2000])
def test_what_is_cut_off_is_damaged(tmp_path: Path, cut: int) -> None:
    data = psd(planes(), RGB, compression=0)
    assert len(data) > 2000
    with pytest.raises(PictureError, match=r"damaged or incomplete|is not a picture"):
        read(tmp_path, data[:cut])


def test_what_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    data = bytearray(psd(planes(), RGB))
    data[14:22] = (30_000).to_bytes(4, "big") * 2
    with pytest.raises(PictureError, match="30000 x 30000 pixels, more than the"):
        read(tmp_path, bytes(data))

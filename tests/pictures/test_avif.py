"""AVIF: coded colours, and alpha that is only nearly opaque."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.pictures.boxes import brands_of, nclx_of
from dreambrush.pictures.coded_colours import CodedToSrgb
from dreambrush.pictures.reading import load_picture
from tests.pictures.test_reading import floats, gradient, saved


def with_numbers(path: Path, primaries: int, transfer: int) -> Path:
    """The same file with other numbers for its colours."""
    data = path.read_bytes()
    at = data.index(b"colrnclx") + 8
    path.write_bytes(data[:at] + bytes([0, primaries, 0, transfer]) + data[at + 4 :])
    return path


def test_coded_colours_are_converted(tmp_path: Path) -> None:
    path = with_numbers(saved(tmp_path, Image.fromarray(gradient(32, 24)), "a.avif", quality=100), 12, 13)
    assert nclx_of(path) == (12, 13)
    with Image.open(path) as image:
        stored = np.asarray(image.convert("RGB"))
    np.testing.assert_allclose(load_picture(path), CodedToSrgb(12, 13)(floats(stored / 255)), atol=1e-5)
    assert np.abs(load_picture(path) - stored / 255).max() > 0.05
    with_numbers(path, 1, 13)
    np.testing.assert_allclose(load_picture(path), stored / 255, atol=1e-6)


@pytest.mark.parametrize(("alpha", "channels"), [(254, 3), (251, 3), (240, 4)])
def test_alpha_that_was_meant_to_be_opaque(tmp_path: Path, alpha: int, channels: int) -> None:
    pixels = np.concatenate([gradient(32, 24), np.full((24, 32, 1), alpha, np.uint8)], 2)
    path = saved(tmp_path, Image.fromarray(pixels), "a.avif", quality=100)
    assert load_picture(path, keep_alpha=True).shape[2] == channels
    png = saved(tmp_path, Image.fromarray(pixels), "a.png")
    assert load_picture(png, keep_alpha=True).shape[2] == 4


@pytest.mark.parametrize("cut", [0, 4, 12, 40, 100, 200, 250])
def test_boxes_that_are_cut_off(tmp_path: Path, cut: int) -> None:
    path = saved(tmp_path, Image.fromarray(gradient(32, 24)), "a.avif")
    data = path.read_bytes()
    path.write_bytes(data[:cut])
    assert nclx_of(path) in (None, (1, 13))
    assert brands_of(data[: min(cut, 64)]) <= {b"avif", b"mif1", b"miaf", b"MA1A", b"MA1B"}

"""JPEG 2000: 8 bits and deep grey are read; deep colours, which the decoder spoils, are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import PictureError
from dreambrush.pictures.reading import load_picture
from tests.pictures.test_reading import gradient, saved


def test_eight_bits_are_read(tmp_path: Path) -> None:
    picture = load_picture(saved(tmp_path, Image.fromarray(gradient()), "a.jp2"))
    np.testing.assert_allclose(picture, gradient() / 255.0, atol=1e-6)


@pytest.mark.parametrize("name", ["a.jp2", "a.j2k"])
def test_deep_grey_is_read_up_to_white(tmp_path: Path, name: str) -> None:
    levels = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    picture = load_picture(saved(tmp_path, Image.fromarray(levels), name))
    np.testing.assert_allclose(picture[..., 0], levels / 65535, atol=1e-4)


@pytest.mark.parametrize("depth", [12, 16])
@pytest.mark.parametrize("name", ["a.jp2", "a.j2k"])
def test_deep_colours_are_refused(tmp_path: Path, name: str, depth: int) -> None:
    """Pillow writes no such file; one of 8 bits that says it has more is refused before it is decoded."""
    path = saved(tmp_path, Image.fromarray(gradient()), name)
    data = bytearray(path.read_bytes())
    sizes = data.index(b"\xff\x4f\xff\x51") + 42
    data[sizes : sizes + 9 : 3] = bytes([depth - 1] * 3)
    path.write_bytes(data)
    with pytest.raises(PictureError, match=f"JPEG 2000 of {depth} bits a channel") as caught:
        load_picture(path)
    assert caught.value.id == "picture-too-deep"

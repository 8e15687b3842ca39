"""JPEG XL, where its extra is installed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import MissingPackageError, PictureError
from dreambrush.pictures.reading import load_picture
from tests.pictures.test_reading import gradient, saved, soft_disc


@pytest.mark.parametrize("name", ["a.jxl", "a.png"])
def test_pixels_and_alpha_arrive(tmp_path: Path, name: str) -> None:
    pytest.importorskip("pillow_jxl")
    for pixels in (gradient(), soft_disc()):
        saved(tmp_path, Image.fromarray(pixels), "a.jxl", lossless=True).rename(tmp_path / name)
        picture = load_picture(tmp_path / name, keep_alpha=True)
        seen = picture[..., 3] > 0 if picture.shape[2] == 4 else np.ones(picture.shape[:2], bool)
        np.testing.assert_allclose(picture[seen], pixels[seen] / 255.0, atol=1e-6)


@pytest.mark.parametrize("head", [b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"])
def test_without_the_extra_its_name_is_told(tmp_path: Path, head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jxl").write_bytes(head + bytes(99))
    monkeypatch.setitem(sys.modules, "pillow_jxl", None)
    with pytest.raises(MissingPackageError, match=r"JPEG XL.*pip install 'dreambrush\[jxl\]'"):
        load_picture(tmp_path / "a.jxl")


def test_what_is_cut_off_is_damaged(tmp_path: Path) -> None:
    pytest.importorskip("pillow_jxl")
    path = saved(tmp_path, Image.fromarray(gradient()), "a.jxl", lossless=True)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(PictureError):
        load_picture(path)

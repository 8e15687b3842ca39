"""PSD without a composite: what Photoshop shows is put together from its layers, never its placard."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import MissingPackageError
from dreambrush.pictures.reading import load_picture
from tests.pictures.psd_files import psd


def layered() -> bytes:
    """Red, half of it under blue of half opacity; the composite is a black placard, and said to be none."""
    psd_tools = pytest.importorskip("psd_tools")
    pytest.importorskip("aggdraw")
    file = psd_tools.PSDImage.new("RGB", (40, 30), color=0)
    file.create_pixel_layer(Image.new("RGBA", (40, 30), (255, 0, 0, 255)), name="below")
    file.create_pixel_layer(Image.new("RGBA", (20, 30), (0, 0, 255, 255)), name="above", left=20, opacity=128)
    out = io.BytesIO()
    file.save(out)
    data = out.getvalue()
    flag = data.index(b"8BIM\x04\x21") + 8 + 4 + 4  # after the name, the length and the version
    assert data[flag] == 1
    return data[:flag] + b"\0" + data[flag + 1 :]


def test_layers_are_put_together(tmp_path: Path) -> None:
    (tmp_path / "a.psd").write_bytes(layered())
    picture = load_picture(tmp_path / "a.psd", keep_alpha=True)
    assert picture.shape == (30, 40, 3)
    np.testing.assert_allclose(picture[:, :20], np.broadcast_to([1.0, 0, 0], (30, 20, 3)), atol=0.005)
    np.testing.assert_allclose(picture[:, 20:], np.broadcast_to([0.498, 0, 0.502], (30, 20, 3)), atol=0.01)


def test_without_the_extra_the_placard_is_not_painted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.psd").write_bytes(psd(np.zeros((3, 9, 9), np.uint8), 3, composite=False, layers=2))
    monkeypatch.setitem(sys.modules, "psd_tools", None)
    with pytest.raises(MissingPackageError, match=r"“Maximize Compatibility”.*dreambrush\[psd\]"):
        load_picture(tmp_path / "a.psd")

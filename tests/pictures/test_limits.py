"""How large a picture may be, and how little memory a large one takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import PictureError
from dreambrush.pictures.limits import BYTES, PIXELS, Limits
from dreambrush.pictures.opening import decode
from dreambrush.pictures.reading import load_picture
from tests.pictures.test_reading import saved


def ramp(width: int, height: int) -> Image.Image:
    """Darker on the left, and redder below."""
    image = Image.linear_gradient("L").rotate(90).resize((width, height))
    other = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (other, image, image))


@pytest.mark.parametrize("share", [1, 3, 6, 15])
def test_a_jpeg_is_decoded_as_small_as_it_must(tmp_path: Path, share: int) -> None:
    path = saved(tmp_path, ramp(4000, 3000), "a.jpg", quality=95)
    limits = Limits(bytes=4 * 4000 * 3000 // share)
    np.testing.assert_allclose(load_picture(path, 200, limits=limits), load_picture(path, 200), atol=0.02)


def test_who_raises_the_limit_gets_the_same_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And takes no more memory than is needed for it."""
    path = saved(tmp_path, ramp(4000, 3000), "a.jpg", quality=95)
    monkeypatch.setattr("dreambrush.pictures.opening.BYTES", 4 * 4000 * 3000 // 15)
    picture, wanted = decode(path, 200, Limits.of_megapixels(400))
    assert picture.size == (1000, 750) and wanted == (200, 150)
    np.testing.assert_array_equal(load_picture(path, 200, limits=Limits.of_megapixels(400)), load_picture(path, 200))


def test_what_cannot_be_decoded_smaller_is_refused_before(tmp_path: Path) -> None:
    path = saved(tmp_path, ramp(400, 300), "a.png")
    for limits, message in (
        (Limits(bytes=400_000), "would take more than 1 GB of memory"),
        (Limits(pixels=119_999), "400 x 300 pixels, more than the 119,999 accepted"),
    ):
        with pytest.raises(PictureError, match=message) as caught:
            load_picture(path, limits=limits)
        assert caught.value.id == "picture-too-large" and "--megapixels 1." in caught.value.advice
    assert load_picture(path, limits=Limits(pixels=120_000)).shape == (300, 400, 3)


def test_limits_are_raised_together() -> None:
    assert Limits() == Limits(PIXELS, BYTES)
    assert Limits.of_megapixels(1) == Limits(1_000_000, BYTES)
    assert Limits.of_megapixels(400).bytes > 4 * Limits.of_megapixels(400).pixels > 4 * PIXELS


@pytest.mark.slow
def test_a_photo_of_200_megapixels_takes_less_than_a_gigabyte(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    program = f"""
from PIL import Image
Image.MAX_IMAGE_PIXELS = None
Image.linear_gradient("L").resize((16320, 12240)).convert("L").save({str(path)!r}, quality=50)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    program = f"""
import resource
from dreambrush.pictures.opening import decode
from dreambrush.pictures.reading import load_picture
picture = load_picture({str(path)!r})
assert picture.shape == (768, 1024, 3)
# Not ru_maxrss, which begins with what the parent had.
print(*(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 1_000_000

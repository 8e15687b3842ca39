from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from dreambrush.arrays import Pixels
from dreambrush.gallery import embedded
from dreambrush.gallery.embedded import LONGEST_SIDE, picture_address, shown_size


def decoded(address: str) -> Pixels:
    head, _, data = address.partition(",")
    assert head == "data:image/webp;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_pictures_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 256, (30, 40, 3), np.uint8)
    assert (decoded(picture_address(picture)) == picture).all()
    assert (decoded(picture_address((picture / np.float32(255)).astype(np.float32))) == picture).all()
    shaped = np.dstack([picture, rng.integers(1, 256, (30, 40), np.uint8)])
    assert (decoded(picture_address(shaped)) == shaped).all()


def test_one_that_would_be_too_large_loses_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    y, x = np.mgrid[0:60, 0:80]
    noise = np.random.default_rng(1).integers(0, 9, (60, 80))
    picture = np.stack([2 * x + noise, 3 * y + noise, x + y], -1).astype(np.uint8)
    exact = picture_address(picture)
    monkeypatch.setattr(embedded, "LARGEST", 100)
    smaller = picture_address(picture)
    assert len(smaller) < 0.7 * len(exact)
    assert 0 < np.abs(decoded(smaller).astype(int) - picture).mean() < 6


def test_large_ones_are_scaled_down() -> None:
    assert shown_size((LONGEST_SIDE, 10)) == (LONGEST_SIDE, 10)
    assert shown_size((2 * LONGEST_SIDE, 300)) == (LONGEST_SIDE, 150)
    assert shown_size((1 << 20, 1)) == (LONGEST_SIDE, 1)
    assert decoded(picture_address(np.zeros((20, 2 * LONGEST_SIDE, 3), np.uint8))).shape == (10, LONGEST_SIDE, 3)

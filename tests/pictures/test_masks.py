"""A mask is light where it is light and opaque."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.pictures.reading import load_mask
from tests.pictures.test_reading import saved


def test_lightness_times_opacity(tmp_path: Path) -> None:
    pixels = np.zeros((1, 6, 4), np.uint8)
    pixels[0, :, 0] = pixels[0, :, 1] = pixels[0, :, 2] = (255, 255, 255, 0, 0, 100)
    pixels[0, :, 3] = (255, 128, 0, 255, 0, 255)
    mask = load_mask(saved(tmp_path, Image.fromarray(pixels)), 6, 1)
    np.testing.assert_allclose(mask[0], np.array([255, 128, 0, 0, 0, 100]) / 255, atol=1e-5)


@pytest.mark.parametrize("colour", [(255, 255, 255), (230, 200, 180)])
def test_a_cut_out_is_the_subject(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    image = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    image.paste((*colour, 255), (10, 5, 20, 25))
    mask = load_mask(saved(tmp_path, image), 40, 30)
    assert mask[15, 15] > 0.75 and mask[2, 2] == 0 and mask[15, 30] == 0


def test_one_that_shows_nothing_is_dark(tmp_path: Path) -> None:
    mask = load_mask(saved(tmp_path, Image.new("RGBA", (8, 8), (255, 255, 255, 0))), 20, 10)
    assert mask.shape == (10, 20) and not mask.any()


def test_one_without_alpha_is_as_light_as_it_is(tmp_path: Path) -> None:
    grey = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
    np.testing.assert_allclose(load_mask(saved(tmp_path, Image.fromarray(grey)), 8, 6), grey / 255, atol=1e-5)

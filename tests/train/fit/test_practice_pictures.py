"""Pictures to practise on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.pictures.picture_sets import open_picture_set
from dreambrush.train.fit.practice_pictures import draw_picture


def test_drawn_ones_differ_and_repeat() -> None:
    first, second, again = (draw_picture(None, 48, np.random.default_rng(seed)) for seed in (1, 2, 1))
    assert first.shape == (48, 48, 3) and first.dtype == np.float32
    assert 0 <= first.min() < first.max() <= 1
    assert (first == again).all() and not (first == second).all()


@pytest.mark.parametrize("size", [(60, 40), (20, 90)])
def test_parts_of_pictures_turned_and_mirrored(tmp_path: Path, size: tuple[int, int]) -> None:
    """Red above, grey below: whatever is done to it, one side of each part that has both is grey."""
    pixels = np.full((size[1], size[0], 3), 128, np.uint8)
    pixels[: size[1] // 2] = 255, 0, 0
    Image.fromarray(pixels).save(tmp_path / "a.png")
    pictures = open_picture_set(tmp_path)
    seen = set()
    for seed in range(24):
        part = draw_picture(pictures, 32, np.random.default_rng(seed))
        assert part.shape == (32, 32, 3)
        for corner in (part[2, 2], part[2, -3], part[-3, 2], part[-3, -3]):
            seen.add(tuple(np.rint(corner * 255).astype(int).tolist()))
    assert {(255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)} <= seen

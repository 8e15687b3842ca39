from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dreambrush.arrays import Pixels
from dreambrush.mypaint.layer import Layer
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.mypaint.ora.resaved import may_be_resaved, resaved_levels
from tests.mypaint.in_mypaint import run_in_mypaint

needs_mypaint = pytest.mark.skipif(not Path("/usr/lib/mypaint").is_dir(), reason="MyPaint is not installed")
EOTFS = (1.0, 2.2)


def every_level_at_every_alpha() -> Pixels:
    """256 x 256 pixels: of each pair one, in three channels each."""
    alpha, level = np.mgrid[0:256, 0:256].astype(np.uint8)
    return np.stack([level, np.roll(level, 100, 1), level[:, ::-1], alpha], -1)


@pytest.mark.slow
@needs_mypaint
@pytest.mark.parametrize("eotf", EOTFS)
def test_mypaint_saves_within_the_bounds(tmp_path: Path, eotf: float) -> None:
    """Three times, for one saving adds to another."""
    pixels = every_level_at_every_alpha()
    path = tmp_path / "0.ora"
    write_openraster(path, [Layer("all", pixels)], np.array([9, 8, 7], np.uint8), settings={}, eotf=eotf)
    low, high = resaved_levels(eotf)
    alpha = pixels[..., 3]
    for number in range(1, 4):
        path = resave_in_mypaint(path, tmp_path / f"{number}.ora")
        with read_document(path) as document:
            (layer,) = document.layers()
            saved = layer.pixels()
            saved = np.pad(saved, ((layer.y, 256 - layer.y - len(saved)), (0, 0), (0, 0)))
        assert may_be_resaved(pixels, saved, eotf).all()
        assert (saved != pixels)[alpha > 0].any()
        for channel in range(3):
            level = pixels[..., channel]
            least, most = low[alpha, level], high[alpha, level]
            seen = saved[..., channel]
            assert ((least <= seen) & (seen <= most))[alpha > 0].all()
            assert (seen == np.where(seen < level, least, most))[alpha == 128].all()  # and they are not too wide


def resave_in_mypaint(path: Path, output: Path) -> Path:
    """Opens and saves it with MyPaint's own code; the caller's HOME is not touched."""
    run_in_mypaint("mypaint_opens.py", output.parent, path, output)
    return output


@pytest.mark.parametrize("eotf", EOTFS)
def test_nothing_that_one_could_see_lies_within_the_bounds(eotf: float) -> None:
    low, high = resaved_levels(eotf)
    alpha, level = np.mgrid[1:256, 0:256]
    for end in (low, high):
        assert (np.abs(end[1:].astype(int) - level) * alpha / 255).max() <= 1
    if eotf == 1.0:
        assert np.array_equal(low[255], np.arange(256)) and np.array_equal(high[255], np.arange(256))


@pytest.mark.parametrize("eotf", EOTFS)
def test_what_differs_more_was_painted(eotf: float) -> None:
    before = np.array([[200, 100, 50, 255]] * 5 + [[9, 9, 9, 0]] * 2, np.uint8)
    after = before.copy()
    after[1, 1] += 2
    after[2, 3] -= 1
    after[3] = 0
    after[5] = 0
    after[6, 3] = 1
    assert may_be_resaved(before, after, eotf).tolist() == [True, False, False, False, True, True, False]

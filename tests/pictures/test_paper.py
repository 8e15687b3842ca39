from __future__ import annotations

import numpy as np
import pytest

from dreambrush.pictures.paper import paper_tile

CREAM = np.array([244, 240, 230], np.uint8)


def test_its_mean_is_the_colour_and_its_grain_is_faint() -> None:
    tile = paper_tile(CREAM).astype(float)
    assert np.abs(tile.mean((0, 1)) - CREAM).max() < 0.1
    assert 2 < tile.std((0, 1)).mean() < 4 and np.abs(tile - CREAM).max() < 16
    assert (np.ptp(tile - CREAM, axis=2) <= 1).all() or (tile == 255).any(), "the grain has no colour"


def test_it_has_no_seams() -> None:
    tile = paper_tile(np.full(3, 128, np.uint8))[..., 0].astype(float)
    inside = np.abs(np.diff(tile, axis=1)).mean()
    assert np.abs(tile[:, 0] - tile[:, -1]).mean() < 1.2 * inside
    assert np.abs(tile[0] - tile[-1]).mean() < 1.2 * inside


@pytest.mark.parametrize("level", [0, 255])
def test_it_stays_within_what_there_is(level: int) -> None:
    tile = paper_tile(np.full(3, level, np.uint8))
    assert tile.dtype == np.uint8 and np.abs(tile.astype(int) - level).max() < 16

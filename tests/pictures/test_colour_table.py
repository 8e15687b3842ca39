from __future__ import annotations

import numpy as np

from dreambrush.pictures.colour_table import by_table, levels_of, table_colours


def test_a_table_that_changes_nothing_keeps_every_bit() -> None:
    picture = np.random.default_rng(0).random((16, 20, 3), np.float32)
    assert np.array_equal(by_table(picture, levels_of(picture), table_colours()), picture)


def test_colours_become_what_the_table_says() -> None:
    picture = np.random.default_rng(1).random((16, 20, 3), np.float32)
    swapped = by_table(picture, levels_of(picture), table_colours()[:, ::-1])
    assert np.abs(swapped - picture[..., ::-1]).max() < 2 / 255
    assert np.abs(swapped - picture).max() > 0.5

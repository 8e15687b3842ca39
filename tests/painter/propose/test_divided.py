from __future__ import annotations

import numpy as np
import pytest

from dreambrush.painter.propose.divided import divided
from dreambrush.pictures.palette import parse_palette


def net(side: int) -> np.ndarray:
    """Places (side * side, 2) about a pixel apart."""
    rng = np.random.default_rng(0)
    return np.asarray(
        np.stack(np.meshgrid(range(side), range(side)), -1).reshape(-1, 2) + rng.normal(0, 0.2, (side**2, 2))
    )


@pytest.mark.parametrize("level", [0.3, 0.5, 0.8])
def test_dots_of_black_and_white_mix_to_the_light_of_a_grey(level: float) -> None:
    snap = parse_palette("#000,#fff").snapped
    places = net(30).astype(np.float32)
    found = divided(places, np.full((900, 3), level, np.float32), snap)
    assert set(np.unique(found)) == {0, 1}
    assert abs(found.mean() - level**2) < 0.06, "light, not levels"
    halves = found[places[:, 0] < 15].mean(), found[places[:, 0] >= 15].mean()
    assert abs(halves[0] - halves[1]) < 0.05, "everywhere alike"


def test_a_colour_that_there_is_stays_pure() -> None:
    red = np.array([0.8, 0.2, 0.2], np.float32)
    palette = parse_palette("#cc3333,#3333cc,#fff")
    assert np.allclose(divided(net(8).astype(np.float32), np.tile(red, (64, 1)), palette.snapped), palette.colours[0])


def test_no_dot_is_none_and_the_same_comes_again() -> None:
    snap = parse_palette("#000,#fff").snapped
    assert divided(np.zeros((0, 2), np.float32), np.zeros((0, 3), np.float32), snap).shape == (0, 3)
    places, grey = net(9).astype(np.float32), np.full((81, 3), 0.6, np.float32)
    assert np.array_equal(divided(places, grey, snap), divided(places, grey, snap))

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.painter.see.firm import firmer
from dreambrush.painter.see.gaussian import blurred


def test_a_soft_edge_gets_firmer_and_no_halo() -> None:
    edge = np.zeros((24, 24, 3), np.float32)
    edge[:, 12:] = 1
    soft = blurred(edge, 1.0)
    firm = firmer(soft, blurred(soft, 2.0), 1.0)
    assert np.abs(np.diff(firm, axis=1)).max() > 1.3 * np.abs(np.diff(soft, axis=1)).max()
    assert firm.min() >= soft.min() and firm.max() <= soft.max()


@given(st.integers(0, 99), st.floats(0, 8))
def test_colours_stay_between_those_of_their_neighbours(seed: int, share: float) -> None:
    picture = np.random.default_rng(seed).random((7, 9, 3), np.float32)
    firm = firmer(picture, blurred(picture, 1.0), share)
    assert firm.dtype == np.float32
    for y, x in np.ndindex(7, 9):
        near = picture[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2].reshape(-1, 3)
        assert (near.min(0) <= firm[y, x]).all() and (firm[y, x] <= near.max(0)).all()


def test_no_share_changes_nothing() -> None:
    picture = np.random.default_rng(0).random((7, 9, 3), np.float32)
    np.testing.assert_array_equal(firmer(picture, blurred(picture, 1.0), 0.0), picture)

from __future__ import annotations

import numpy as np

from dreambrush.mypaint.engine.canvas import ONE
from dreambrush.train.collect.wet import WIDE
from dreambrush.train.fit.grounds import Grounds


def test_canvases_are_of_all_kinds_and_the_same_each_time() -> None:
    grounds = Grounds(None, 24, 5)
    opaque = [bool((canvas[..., 3] == ONE).all()) for canvas in grounds.canvases]
    assert 2 <= opaque.count(False) <= 12
    for canvas in grounds.canvases:
        assert canvas.shape == (WIDE, WIDE, 4) and canvas.dtype == np.uint16
        assert (canvas[..., :3] <= canvas[..., 3:]).all() and canvas.std() > 0
    again = Grounds(None, 24, 5)
    for _ in range(4):
        np.testing.assert_array_equal(grounds(), again())
    assert not np.array_equal(grounds(), grounds())


def test_drawing_anew_begins_where_the_other_was() -> None:
    grounds = Grounds(None, 4, 5)
    first, second = ([each() for _ in range(6)] for each in (grounds.anew(), grounds.anew()))
    assert np.array_equal(first, second) and np.array_equal(first, [grounds() for _ in range(6)])
    assert any(not np.array_equal(first[0], other) for other in first[1:])

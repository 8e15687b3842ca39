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

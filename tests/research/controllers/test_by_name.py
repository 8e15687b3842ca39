from __future__ import annotations

import numpy as np
import pytest

from dreambrush.painter.propose.windows import SIDE, Windows
from research.controllers.by_name import CONTROLLERS, ControllerName, controller_named


@pytest.mark.parametrize("name", CONTROLLERS)
def test_every_controller_puts_strokes_where_the_error_is(name: ControllerName) -> None:
    canvas = np.ones((1, SIDE, SIDE, 3), np.float32)
    target = canvas.copy()
    target[0, 18:23, 6:26] = 0.0  # a dark bar
    window = Windows(target, canvas, np.zeros((1, 2), np.float32), np.ones(1, np.float32), np.zeros(1, np.int64))
    strokes = controller_named(name).propose(window, 6, np.random.default_rng(0))
    assert strokes.shape == (1, 6, 9) and strokes.dtype == np.float32 and np.isfinite(strokes).all()
    middles = strokes[0, :, 0:6].reshape(6, 3, 2).mean(1)
    inside = (abs(middles[:, 0] - 16) < 13) & (abs(middles[:, 1] - 20.5) < 6)
    assert inside.any()
    assert (strokes[..., 8] > 0).all() and (strokes[..., 6:8] >= 0).all() and (strokes[..., 6:8] <= 1).all()

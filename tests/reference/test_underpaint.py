from __future__ import annotations

import numpy as np
import pytest

from dreambrush.reference.shapes import Shape, shape_of_mask
from dreambrush.reference.underpaint import Underpaint


def square(x: int, y: int, side: int) -> Shape:
    shape = shape_of_mask(np.ones((side, side), bool), x, y)
    assert shape is not None
    return shape


@pytest.mark.parametrize("size", [(100, 80), (9000, 8000)])
def test_contrast_is_to_what_was_painted_last(size: tuple[int, int]) -> None:
    below = Underpaint(*size)
    assert below.contrast(square(10, 10, 40), (1, 1, 1)) is None, "nothing is there yet"
    below.paint(square(10, 10, 40), (0.2, 0.2, 0.2))
    below.paint(square(10, 10, 40), (0.5, 0.5, 0.5))
    assert below.contrast(square(20, 20, 20), (0.8, 0.5, 0.5)) == pytest.approx(0.1)
    assert below.contrast(square(30, 10, 300), (1, 1, 1)) is None, "most of it is beside that"


def test_what_is_off_the_picture_counts_for_nothing() -> None:
    below = Underpaint(100, 80)
    below.paint(square(-50, -50, 40), (1, 1, 1))
    assert below.contrast(square(-60, -60, 60), (0, 0, 0)) is None
    assert below.contrast(square(500, 500, 10), (0, 0, 0)) is None

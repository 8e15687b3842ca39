from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.painter.sketch import Sketch

if TYPE_CHECKING:
    from tests.painter.conftest import Sketches


def same(one: Sketch, other: Sketch) -> bool:
    pairs = ((one.strokes, other.strokes), (one.colours, other.colours), (one.brush, other.brush))
    return all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in pairs)


def test_some_of_the_strokes_keep_what_is_theirs(random_sketch: Sketches) -> None:
    sketch = random_sketch(7, 50, brushes=3)
    assert len(sketch) == 7
    order = np.array([6, 0, 3])
    for number, index in enumerate(order):
        assert same(sketch[order][number : number + 1], sketch[index : index + 1])
    mask = np.array([True, False, False, True, True, False, False])
    assert len(sketch[mask]) == 3 and same(sketch[mask], sketch[np.flatnonzero(mask)])


@pytest.mark.parametrize("cut", [0, 3, 7])
def test_strokes_then_others(random_sketch: Sketches, cut: int) -> None:
    sketch = random_sketch(7, 50, brushes=3)
    assert same(sketch[:cut].then(sketch[cut:]), sketch)


def test_no_strokes(random_sketch: Sketches) -> None:
    sketch = random_sketch(4, 50)
    assert len(Sketch.empty()) == 0
    assert same(Sketch.empty().then(sketch), sketch) and same(sketch.then(Sketch.empty()), sketch)

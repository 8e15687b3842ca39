from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.arrays import Float32
from dreambrush.pictures.lines import LARGEST, ink_of, stretched

SIZE = 40, 60


def drawing(ground: tuple[float, float, float], line: tuple[float, float, float]) -> Float32:
    picture = np.empty((*SIZE, 3), np.float32)
    picture[:] = ground
    picture[18:21] = line
    return picture


@given(*[st.tuples(*[st.floats(0, 1)] * 3)] * 2)
@settings(max_examples=60)
def test_lines_of_any_colour_on_a_ground_of_any(ground: tuple[float, ...], line: tuple[float, ...]) -> None:
    ink = ink_of(drawing(ground, line))  # type: ignore[arg-type]
    apart = float(np.abs(np.subtract(ground, line)).max())
    if apart > 0.1:
        assert ink is not None and ink.shape == SIZE and ink.dtype == np.float32
        assert ink[18:21].min() > 0 and ink[:18].max() == ink[21:].max() == 0
    elif apart < 0.05:
        assert ink is None


def test_where_there_is_alpha_that_alone_counts() -> None:
    picture = np.random.default_rng(0).random((*SIZE, 4)).astype(np.float32)
    picture[..., 3] = 0
    picture[18:21, :, 3] = 0.7
    ink = ink_of(picture)
    assert ink is not None and np.array_equal(ink, picture[..., 3])


def test_grain_and_shade_of_paper_are_no_lines() -> None:
    rng = np.random.default_rng(0)
    paper = drawing((0.9, 0.88, 0.8), (0.2, 0.2, 0.3)) + rng.normal(0, 0.01, (*SIZE, 3)).astype(np.float32)
    ink = ink_of(np.asarray(paper, np.float32))
    assert ink is not None and ink[18:21].min() > 0.9 and ink[:18].max() == 0


@pytest.mark.parametrize("kind", ["even", "transparent", "photo", "all painted"])
def test_what_is_no_drawing(kind: str) -> None:
    rng = np.random.default_rng(0)
    pictures = {
        "even": np.full((*SIZE, 3), 0.3),
        "transparent": np.zeros((*SIZE, 4)),
        "photo": rng.random((*SIZE, 3)),
        "all painted": np.dstack([rng.random((*SIZE, 3)), np.full(SIZE, 0.9)]),
    }
    assert ink_of(pictures[kind].astype(np.float32)) is None


@pytest.mark.parametrize("size", [(60, 40), (1, 1), (3000, 1000), (16, 2000)])
def test_ink_gets_the_proportions_of_the_painting(size: tuple[int, int]) -> None:
    ink = ink_of(drawing((1, 1, 1), (0, 0, 0)))
    assert ink is not None
    found = stretched(ink, *size)
    assert max(found.shape) == min(max(size), LARGEST) and found.dtype == np.float32
    assert found.shape[1] == max(round(size[0] * min(LARGEST / max(size), 1)), 1)
    assert found.min() >= 0 and found.max() <= 1
    assert found.mean() == pytest.approx(ink.mean(), abs=0.03) or min(size) == 1

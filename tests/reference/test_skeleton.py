from __future__ import annotations

import numpy as np
import pytest
import skimage.measure
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.reference.skeleton import joined, length_of, longest_lines, thinned


def test_a_bar_becomes_the_line_in_its_middle() -> None:
    mask = np.zeros((40, 100), bool)
    mask[15:26, 10:90] = True
    lines = thinned(mask)
    assert set(np.nonzero(lines)[0].tolist()) == {20} and 65 <= lines.sum() <= 80
    (line,) = longest_lines(lines, 8.0)
    assert (line[:, 1] == 20).all() and len(line) == lines.sum()


@settings(max_examples=50)
@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0.05, 0.95))
def test_thinning_takes_no_shape_away_and_leaves_lines(seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    mask = np.kron(random.random((6, 7)) < share, np.ones((5, 5), bool))
    lines = thinned(mask)
    assert not (lines & ~mask).any() and (thinned(lines) == lines).all()
    shapes = [skimage.measure.label(each, connectivity=2).max() for each in (mask, lines)]  # type: ignore[no-untyped-call]
    assert shapes[0] == shapes[1]
    followed = longest_lines(lines, 0.0)
    assert sum(map(len, followed)) <= lines.sum() and len(followed) >= shapes[0]
    for line in followed:
        assert lines[line[:, 1].astype(int), line[:, 0].astype(int)].all()
        assert (np.abs(np.diff(line, axis=0)).max(1, initial=0) <= 1).all()


def test_a_cross_is_two_lines_and_a_ring_is_followed_all_around() -> None:
    cross = np.zeros((61, 61), bool)
    cross[30], cross[:, 30] = True, True
    lengths = [length_of(line) for line in longest_lines(cross, 5.0)]
    assert lengths[0] == 60 and sum(lengths) == pytest.approx(118, abs=3)
    y, x = np.mgrid[0:100, 0:100]
    far = np.hypot(y - 50, x - 50)
    halves = longest_lines(thinned((far > 30) & (far < 40)), 5.0)
    assert sum(map(length_of, halves)) == pytest.approx(2 * np.pi * 35, rel=0.1)


def test_lines_are_joined_where_they_go_on_in_one_another() -> None:
    left, right = (np.stack([np.arange(a, b, dtype=np.float64), np.zeros(b - a)], 1) for a, b in ((0, 20), (26, 40)))
    (whole,) = joined([right[::-1], left], 8.0)
    assert length_of(whole) == 39
    assert len(joined([left, right], 5.0)) == 2, "the gap is wide"
    assert len(joined([left, right[:, ::-1] + [23, 0]], 8.0)) == 2, "the other one goes off to the side"
    assert len(joined([], 5.0)) == 0 and len(joined([left], 5.0)) == 1

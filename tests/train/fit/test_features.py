from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.train.fit.features import MANNERS, NEAREST, OFFSETS, SEGMENTS, TRAITS, see, unit_length

REACH = torch.tensor(1.0)


def strokes_and_points(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    strokes = np.concatenate([rng.uniform(0, 64, (6, 6)), rng.random((6, 2)), rng.uniform(0.6, 20, (6, 1))], 1)
    strokes[0, 2:6] = np.tile(strokes[0, :2], 2)  # a dab: all three points in one place
    return torch.tensor(strokes, dtype=torch.float32), torch.tensor(rng.uniform(-30, 100, (6, 50, 2))).float()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_shapes_and_sizes(seed: int) -> None:
    seen = see(*strokes_and_points(seed), REACH)
    assert seen.nearest.shape == (6, 50, NEAREST)
    assert seen.offsets.shape == (6, 50, SEGMENTS, OFFSETS)
    assert seen.manners.shape == (6, SEGMENTS, MANNERS)
    assert seen.traits.shape == (6, TRAITS)
    for part in vars(seen).values():
        assert torch.isfinite(part).all() and part.abs().max() < 200


@given(st.integers(0, 2**32 - 1), st.floats(-100, 100), st.floats(-100, 100))
@settings(max_examples=30, deadline=None)
def test_they_do_not_depend_on_the_place(seed: int, dx: float, dy: float) -> None:
    strokes, points = strokes_and_points(seed)
    shift = torch.tensor([dx, dy], dtype=torch.float32)
    moved = strokes.clone()
    moved[:, :6] += shift.repeat(3)
    here, there = see(strokes, points, REACH), see(moved, points + shift, REACH)
    # Where two pieces of path are equally near (always so for a dab), rounding decides; elsewhere all is the same.
    assert ((here.nearest - there.nearest)[1:].abs().amax(-1) < 0.02).float().mean() > 0.97
    torch.testing.assert_close(here.offsets[1:], there.offsets[1:], atol=0.02, rtol=0)
    torch.testing.assert_close(here.traits, there.traits, atol=1e-3, rtol=1e-3)


def test_the_distance_is_that_to_a_straight_path() -> None:
    strokes = torch.tensor([[10.0, 10, 20, 10, 30, 10, 0.5, 1, 4]])
    points = torch.tensor([[[20.0, 13.0], [33.0, 14.0], [15.0, 10.0]]])
    unit = float(unit_length(torch.tensor(4.0), REACH))
    distance = see(strokes, points, REACH).nearest[0, :, 0]
    torch.testing.assert_close(distance, torch.tensor([min(d / unit, 2.4) for d in (3.0, 5.0, 0.0)]), atol=1e-4, rtol=0)


def test_mirrored_points_lie_on_the_other_side() -> None:
    strokes = torch.tensor([[10.0, 10, 20, 10, 30, 10, 0.5, 1, 4]])
    left, right = (see(strokes, torch.tensor([[[20.0, y]]]), REACH) for y in (12.0, 8.0))
    assert np.isclose(left.nearest[0, 0, 1].item(), -right.nearest[0, 0, 1].item(), atol=1e-5)
    torch.testing.assert_close(left.offsets[0, 0, :, 1], -right.offsets[0, 0, :, 1], atol=1e-5, rtol=0)
    torch.testing.assert_close(left.offsets[0, 0, :, 2], right.offsets[0, 0, :, 2], atol=1e-5, rtol=0)

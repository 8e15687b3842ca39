from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.dream.field import FEATURES, FieldDream, local_features


def strokes_and_points(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    strokes = np.concatenate([rng.uniform(0, 64, (6, 6)), rng.random((6, 2)), rng.uniform(0.6, 20, (6, 1))], 1)
    strokes[0, 2:6] = np.tile(strokes[0, :2], 2)  # a dab: all three points in one place
    points = rng.uniform(-30, 100, (6, 50, 2))
    return torch.tensor(strokes, dtype=torch.float32), torch.tensor(points, dtype=torch.float32)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_outputs_are_a_mean_and_a_possible_variance(seed: int) -> None:
    torch.manual_seed(seed)
    dream = FieldDream(reach=1.5)
    mean, variance = dream(*strokes_and_points(seed))
    assert mean.shape == variance.shape == (6, 50)
    assert ((mean >= 0) & (mean <= 1)).all()
    assert ((variance >= 0) & (variance <= mean * (1 - mean) + 1e-6)).all()


@given(st.integers(0, 2**32 - 1), st.floats(-100, 100), st.floats(-100, 100))
@settings(max_examples=30, deadline=None)
def test_features_do_not_depend_on_the_place(seed: int, dx: float, dy: float) -> None:
    strokes, points = strokes_and_points(seed)
    shift = torch.tensor([dx, dy], dtype=torch.float32)
    moved = strokes.clone()
    moved[:, :6] += shift.repeat(3)
    here, there = (local_features(*pair, torch.tensor(1.0)) for pair in ((strokes, points), (moved, points + shift)))
    assert here.shape == (6, 50, FEATURES) and torch.isfinite(here).all()
    # Where two pieces of path are equally near (always so for a dab), rounding decides; elsewhere all is the same.
    assert ((here - there)[1:].abs().amax(-1) < 0.02).float().mean() > 0.97


def test_gradients_reach_the_stroke() -> None:
    torch.manual_seed(0)
    strokes, points = strokes_and_points(1)
    strokes.requires_grad_()
    mean, _ = FieldDream(reach=1.5)(strokes, points)
    mean.sum().backward()
    assert strokes.grad is not None and torch.isfinite(strokes.grad).all()
    assert (strokes.grad[1:].abs().sum(0) > 0).all()

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.train.fit.field import FieldDream, through_nib

INK_NIB = torch.tensor([[1.2, -0.7], [-0.7, 1.2]]) / 0.95**0.5


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
    dream = FieldDream(reach=1.5, nib=INK_NIB)
    mean, variance = dream(*strokes_and_points(seed))
    assert mean.shape == variance.shape == (6, 50)
    assert ((mean >= 0) & (mean <= 1)).all()
    assert ((variance >= 0) & (variance <= mean * (1 - mean) + 1e-6)).all()


def test_gradients_reach_the_stroke() -> None:
    torch.manual_seed(0)
    strokes, points = strokes_and_points(1)
    strokes.requires_grad_()
    mean, _ = FieldDream(reach=1.5)(strokes, points)
    mean.sum().backward()
    assert strokes.grad is not None and torch.isfinite(strokes.grad).all()
    assert (strokes.grad[1:].abs().sum(0) > 0).all()


def test_no_paint_far_from_the_path() -> None:
    torch.manual_seed(0)
    strokes = torch.tensor([[20.0, 20, 30, 20, 40, 20, 1, 1, 2]])
    near, far = torch.tensor([[[30.0, 21.0]]]), torch.tensor([[[30.0, 30.0], [60.0, 20.0]]])
    dream = FieldDream(reach=1.0)
    assert dream(strokes, near)[0].item() > 0
    mean, variance = dream(strokes, far)
    assert not mean.any() and not variance.any()


def test_the_nib_moves_the_path_and_the_points_alike() -> None:
    strokes, points = strokes_and_points(3)
    bent_strokes, bent_points = through_nib(INK_NIB, strokes, points)
    torch.testing.assert_close(bent_strokes[:, 0:2], strokes[:, 0:2] @ INK_NIB)
    torch.testing.assert_close(bent_strokes[:, 4:6], strokes[:, 4:6] @ INK_NIB)
    torch.testing.assert_close(bent_strokes[:, 6:], strokes[:, 6:])
    torch.testing.assert_close(bent_points, points @ INK_NIB)


def test_reach_on_canvas_is_that_of_the_nibs_longest_side() -> None:
    stretched = torch.diag(torch.tensor([0.5, 2.0]))  # the nib is twice as wide as seen through it, and half as high
    assert abs(FieldDream(0.6, stretched).reach_on_canvas - 1.2) < 1e-6

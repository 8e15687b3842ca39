"""The controller's network, and what becomes of it in ONNX."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dreambrush.models.networks import load_network
from dreambrush.painter.propose.round_controller import MARGIN
from dreambrush.painter.propose.round_weights import PLANES, STRIDE
from dreambrush.train.fit.round_network import SHORTEST_HALF, RoundNetwork, strokes_of
from dreambrush.train.to_onnx import controller_bytes


@pytest.mark.parametrize("sides", [(4, 4), (7, 12)])
def test_onnx_answers_alike(sides: tuple[int, int]) -> None:
    torch.manual_seed(0)
    network = RoundNetwork().eval()
    session = load_network(controller_bytes(network), "controller", ("planes",), ("strokes", "promise"), threads=1)
    planes = torch.randn(1, PLANES, sides[0] * STRIDE, sides[1] * STRIDE)
    for ours, theirs in zip(network(planes), session.run(None, {"planes": planes.numpy()}), strict=True):
        assert ours.shape[1:3] == sides
        np.testing.assert_allclose(ours.detach().numpy(), theirs, atol=1e-4)


def test_no_number_makes_a_dot_or_a_curl() -> None:
    strokes = strokes_of(torch.randn(500, 10) * 8).numpy()
    chord = np.hypot(*(strokes[:, 4:6] - strokes[:, 0:2]).T)
    radius = strokes[:, 8]
    assert (chord >= 2 * SHORTEST_HALF * radius * 0.9).all()
    bow = strokes[:, 2:4] - 0.5 * (strokes[:, 0:2] + strokes[:, 4:6])
    assert (np.hypot(*bow.T) <= 0.5 * chord + 1e-4).all()
    assert (strokes[:, 6:8] >= 0.25).all() and (strokes[:, 6:8] <= 1).all()


def test_it_sees_no_farther_than_the_margin() -> None:
    torch.manual_seed(0)
    network = RoundNetwork().eval()
    planes = torch.randn(1, PLANES, 24 * STRIDE, 24 * STRIDE)
    other = planes.clone()
    other[..., : 12 * STRIDE] += torch.randn(1, PLANES, 24 * STRIDE, 12 * STRIDE)
    differs = (network(planes)[1] != network(other)[1])[0].any(0).nonzero().max()
    assert 12 <= int(differs) < 12 + MARGIN

from __future__ import annotations

import pytest
import torch

from dreambrush.controller.policy import Policy, policy_onnx
from dreambrush.dream.export import onnx_bytes
from dreambrush.dream.train import load_dream
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import WEIGHTS_FILE, find_brush
from dreambrush.training.export import LARGEST_DIFFERENCE, LARGEST_SHARE, check_dream, check_policy

pytestmark = pytest.mark.slow


def test_an_export_that_answers_differently_is_refused() -> None:
    oil, ink = (load_dream(find_brush(name).dream_folder() / WEIGHTS_FILE) for name in ("oil", "ink"))
    model = onnx_bytes(oil)
    assert check_dream(oil, model).share < LARGEST_SHARE / 2
    with pytest.raises(ModelError, match=r"dream\.onnx answers differently from the trained network"):
        check_dream(ink, model)


def test_an_exported_policy_sees_target_and_canvas() -> None:
    torch.manual_seed(0)
    policy = Policy(4).eval()
    torch.nn.init.normal_(policy.head.weight)  # a new policy hardly looks at its window
    model = policy_onnx(policy)
    assert check_policy(policy, model).most < LARGEST_DIFFERENCE
    with pytest.raises(ModelError, match=r"policy\.onnx answers differently"):
        check_policy(Policy(4).eval(), model)

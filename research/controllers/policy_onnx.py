"""The policy as files: weights, and the ONNX model that :class:`PolicyController` runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from dreambrush.errors import ModelError
from dreambrush.models.catalogue import POLICY_FILE
from dreambrush.painter.propose.windows import SIDE
from dreambrush.train.export.check import Difference, check_network
from dreambrush.train.fit.checkpoint import put_weights, read_weights
from dreambrush.train.to_onnx import to_onnx
from research.controllers.policy import Policy

CHECK_SEED, CHECK_WINDOWS = 40_000_003, 16


def policy_onnx(policy: Policy) -> bytes:
    """The policy as an ONNX model with inputs ``target`` and ``canvas``, outputs ``strokes`` and ``foretold``."""
    count = torch.export.Dim("windows_count")
    # Two tensors: given one tensor twice, the exporter takes target and canvas for the same input.
    target, canvas = torch.rand(2, 3, SIDE, SIDE, 3)
    return to_onnx(policy, {"target": target, "canvas": canvas}, ["strokes", "foretold"], ({0: count}, {0: count}))


def load_policy(path: Path) -> Policy:
    """A trained policy.

    Raises:
        ModelError: the file is missing, or holds something else.
    """
    weights = read_weights(path)
    try:
        width = weights["fine.0.0.weight"].shape[0]
    except (KeyError, IndexError):
        raise ModelError(f"The weights in {path} are not those of a controller.", "Train it anew.") from None
    policy = Policy(width)
    put_weights(policy, weights, path)
    return policy.eval()


def check_policy(policy: Policy, model: bytes) -> Difference:
    """The difference between what torch and onnxruntime propose in random windows.

    Raises:
        ModelError: more than LARGEST_SHARE of all answers differ by more than LARGEST_DIFFERENCE.
    """
    windows = np.random.default_rng(CHECK_SEED).random((2, CHECK_WINDOWS, SIDE, SIDE, 3), np.float32)
    return check_network(
        policy, model, POLICY_FILE, {"target": windows[0], "canvas": windows[1]}, ("strokes", "foretold")
    )

"""The wet field as ONNX, and its gradient as a graph of its own; both checked against torch."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.fx.experimental.proxy_tensor import make_fx

from dreambrush.arrays import Float32
from dreambrush.dream.kernel import agreement, wet_kernel, wet_weights
from dreambrush.kernel.library import compiled
from dreambrush.models.catalogue import WET_FILE, WET_GRADIENT_FILE, WET_WEIGHTS_FILE, digest_of
from dreambrush.train.collect.strokes import SIDE, random_strokes
from dreambrush.train.export.check import Difference, check_network
from dreambrush.train.export.gradient import made_safe
from dreambrush.train.fit.wet import WetField
from dreambrush.train.fit.wet_fit import load_wet
from dreambrush.train.kept_graphs import onnx_of
from dreambrush.train.to_onnx import to_onnx

LARGEST_DIFFERENCE = 1e-4  # of shares and weights (0..1), or of their gradient
# Of the gradient's numbers: where two pieces of a path are equally near, rounding decides which way it points.
LARGEST_SHARE = 0.03
CHECK_SEED, CHECK_STROKES, CHECK_POINTS = 40_000_003, 300, 100
OUTPUTS = ("own", "kept", "carried", "weights")


def export_wet(weights: Path, gradient: bytes | None = None) -> tuple[dict[str, bytes], dict[str, Difference]]:
    """Makes the networks of a wet brush.

    Args:
        weights: ``wet.safetensors``.
        gradient: what was exported of these weights before; it takes longer than all the rest.

    Returns:
        Files by name, and how far onnxruntime's answers are from torch's.

    Raises:
        ModelError: weights cannot be read, or what was exported answers differently.
    """
    wet = load_wet(weights)
    files = {WET_WEIGHTS_FILE: weights.read_bytes(), WET_FILE: wet_bytes(wet)}
    files[WET_GRADIENT_FILE] = wet_gradient_bytes(wet) if gradient is None else gradient
    return files, {
        WET_FILE: check_wet(wet, files[WET_FILE]),
        WET_GRADIENT_FILE: check_wet_gradient(wet, files[WET_GRADIENT_FILE]),
    }


def wet_bytes(wet: WetField) -> bytes:
    """The wet field as an ONNX model with inputs ``strokes`` and ``points``, outputs as OUTPUTS says."""
    return onnx_of(f"wet{kind_of(wet)}", wet.state_dict(), lambda: export_wet_field(wet))


def export_wet_field(wet: WetField) -> bytes:
    """As :func:`wet_bytes`, by torch."""
    strokes, points = torch.export.Dim("strokes_count"), torch.export.Dim("points_count")
    example = {"strokes": torch.rand(3, 9) + 1, "points": torch.rand(3, 5, 2)}
    return to_onnx(wet, example, list(OUTPUTS), ({0: strokes}, {0: strokes, 1: points}))


def wet_gradient_bytes(wet: WetField) -> bytes:
    """The vector-Jacobian product of a wet field as an ONNX model.

    Inputs are ``strokes`` (b, 9), ``points`` (b, p, 2), and how much something changes with each answer at each point:
    ``by_own``, ``by_kept``, ``by_carried`` (b, p), ``by_weights`` (b, p, nodes).  The output is ``by_strokes`` (b, 9).
    """
    return onnx_of(f"wet-gradient{kind_of(wet)}", wet.state_dict(), lambda: export_wet_gradient(wet))


def export_wet_gradient(wet: WetField) -> bytes:
    """As :func:`wet_gradient_bytes`, by torch."""
    frozen = deepcopy(wet).requires_grad_(False).eval()

    def back(
        strokes: Tensor, points: Tensor, by_own: Tensor, by_kept: Tensor, by_carried: Tensor, by_weights: Tensor
    ) -> tuple[Tensor]:
        return (_pulled_back(frozen, strokes, points, (by_own, by_kept, by_carried, by_weights)),)

    nodes = wet.node_count
    example = {
        "strokes": torch.rand(3, 9) + 1,
        "points": torch.rand(3, 5, 2),
        "by_own": torch.rand(3, 5),
        "by_kept": torch.rand(3, 5),
        "by_carried": torch.rand(3, 5),
        "by_weights": torch.rand(3, 5, nodes),
    }
    # The field's weights are real tensors among traced ones.
    graph = make_fx(back, tracing_mode="symbolic", _allow_non_fake_inputs=True)(*example.values())
    made_safe(graph)
    rows, columns = torch.export.Dim("strokes_count"), torch.export.Dim("points_count")
    each = {0: rows, 1: columns}
    return to_onnx(graph, example, ["by_strokes"], ({0: rows}, each, each, each, each, each))


def kind_of(wet: WetField) -> str:
    """What changes the graph of a wet field: whether it erases, and whether it lays paint of its own."""
    return "-erases" * wet.erases + "-own" * wet.own


def wet_kernel_entry(model: bytes) -> dict[str, Any]:
    """What a card says of the compiled kernel: of which ``wet.onnx`` it is known to answer alike, and how nearly.

    Nothing where the kernel is not compiled, or does not answer alike; painting then finds out for itself.
    """
    weights, found = wet_kernel.agreed(model, WET_FILE) if compiled() else (None, None)
    if weights is None or found is None:
        return {}
    about = {
        WET_FILE: digest_of(model),
        "flags": wet_weights.flags_of(weights),
        "max_abs": float(f"{found.most:.3g}"),
        f"share_above_{agreement.LARGEST_DIFFERENCE:g}": float(f"{found.share:.2g}"),
    }
    return {wet_kernel.CARD_ENTRY: about}


def check_wet(wet: WetField, model: bytes) -> Difference:
    """The difference between what torch and onnxruntime answer to strokes that were never trained on.

    Raises:
        ModelError: it is large.
    """
    return check_network(wet, model, WET_FILE, _strokes_and_points(), OUTPUTS, LARGEST_DIFFERENCE)


def check_wet_gradient(wet: WetField, model: bytes) -> Difference:
    """As :func:`check_wet`, for the gradient of a random sum over the points of each stroke.

    Raises:
        ModelError: it is large.
    """
    inputs, rng = _strokes_and_points(), np.random.default_rng(CHECK_SEED)
    for name in OUTPUTS:
        shape = (CHECK_STROKES, CHECK_POINTS) + (wet.node_count,) * (name == "weights")
        inputs[f"by_{name}"] = (rng.choice([-1, 1], shape) / CHECK_POINTS).astype(np.float32)
    return check_network(
        lambda strokes, points, *by: (_pulled_back(wet, strokes, points, by),),
        model,
        WET_GRADIENT_FILE,
        inputs,
        ("by_strokes",),
        LARGEST_DIFFERENCE,
        LARGEST_SHARE,
    )


def _pulled_back(wet: WetField, strokes: Tensor, points: Tensor, by: tuple[Tensor, ...]) -> Tensor:
    with torch.enable_grad():
        # autograd.grad keeps sizes symbolic while it is traced; torch.func.vjp makes them those of the example.
        leaf = strokes.detach().requires_grad_()
        (by_strokes,) = torch.autograd.grad(wet(leaf, points), leaf, by)
    return by_strokes


def _strokes_and_points() -> dict[str, Float32]:
    points = np.random.default_rng(CHECK_SEED).uniform(0, SIDE, (CHECK_STROKES, CHECK_POINTS, 2)).astype(np.float32)
    return {"strokes": random_strokes(CHECK_STROKES, CHECK_SEED), "points": points}

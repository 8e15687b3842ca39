"""A dream's gradient as a graph of its own, so that painting can descend through the dream without torch."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx

from dreambrush.train.fit.field import FieldDream
from dreambrush.train.kept_graphs import onnx_of
from dreambrush.train.to_onnx import to_onnx

TAKEN_FOR_NOTHING = 1e-7  # torch.onnx drops additions of less (numpy.isclose to 0)


def gradient_bytes(dream: FieldDream) -> bytes:
    """The dream and its vector-Jacobian product as an ONNX model.

    Inputs are ``strokes`` (b, 9) and ``points`` (b, p, 2) as in :meth:`FieldDream.forward`, ``by_mean`` and
    ``by_variance`` (b, p): how much something changes with the mean and with the variance at each point.  Outputs are
    ``mean`` and ``variance`` (b, p), and ``by_strokes`` (b, 9): how much that something changes with each number of
    the strokes.  Both b and p may be any.
    """
    return onnx_of("gradient", dream.state_dict(), lambda: export_gradient(dream))


def export_gradient(dream: FieldDream) -> bytes:
    """As :func:`gradient_bytes`, by torch."""
    inputs = _example()
    rows, columns = torch.export.Dim("strokes_count"), torch.export.Dim("points_count")
    each = {0: rows, 1: columns}
    return to_onnx(_traced(dream), inputs, ["mean", "variance", "by_strokes"], ({0: rows}, each, each, each))


def _example() -> dict[str, Tensor]:
    # Two different sizes, neither of which is that of something inside the network.
    return {
        "strokes": torch.rand(3, 9) + 1,
        "points": torch.rand(3, 5, 2),
        "by_mean": torch.rand(3, 5),
        "by_variance": torch.rand(3, 5),
    }


def _traced(dream: FieldDream) -> GraphModule:
    """Forward and backward pass as one graph, for torch.export does not follow calls of autograd."""
    frozen = deepcopy(dream).requires_grad_(False).eval()

    def forward_and_back(
        strokes: Tensor, points: Tensor, by_mean: Tensor, by_variance: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        # autograd.grad keeps sizes symbolic while it is traced; torch.func.vjp makes them those of the example.
        leaf = strokes.detach().requires_grad_()
        mean, variance = frozen(leaf, points)
        (by_strokes,) = torch.autograd.grad((mean, variance), leaf, (by_mean, by_variance))
        return mean.detach(), variance.detach(), by_strokes

    # The dream's weights are real tensors among traced ones.
    graph = make_fx(forward_and_back, tracing_mode="symbolic", _allow_non_fake_inputs=True)(*_example().values())
    made_safe(graph)
    return graph


def made_safe(graph: GraphModule) -> None:
    """Rewrites two things that torch.onnx makes into divisions by 0."""
    for node in graph.graph.nodes:
        if node.target is torch.ops.aten.sgn.default:  # would become x / |x|; of real numbers it is sign
            node.target = torch.ops.aten.sign.default
        elif (
            node.target is torch.ops.aten.add.Tensor
            and isinstance(node.args[1], float)
            and 0 < node.args[1] <= TAKEN_FOR_NOTHING
        ):
            # Under a root, as sums of squares + 1e-12 are: torch.onnx would leave the addition out.
            node.target = torch.ops.aten.clamp_min.default
    graph.recompile()

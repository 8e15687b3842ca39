"""Networks of torch as ONNX, which painting runs."""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from dreambrush.painter.propose.round_weights import PLANES, STRIDE
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.round_network import RoundNetwork
from dreambrush.train.kept_graphs import onnx_of

OPSET = 18


def onnx_bytes(dream: FieldDream) -> bytes:
    """The dream as an ONNX model with inputs ``strokes`` and ``points``, outputs ``mean`` and ``variance``."""
    return onnx_of("dream", dream.state_dict(), lambda: export_dream(dream))


def export_dream(dream: FieldDream) -> bytes:
    """As :func:`onnx_bytes`, by torch."""
    strokes, points = torch.export.Dim("strokes_count"), torch.export.Dim("points_count")
    return to_onnx(
        dream,
        {"strokes": torch.rand(3, 9) + 1, "points": torch.rand(3, 5, 2)},
        ["mean", "variance"],
        ({0: strokes}, {0: strokes, 1: points}),
    )


def controller_bytes(network: RoundNetwork) -> bytes:
    """The controller as an ONNX model with input ``planes``, outputs ``strokes`` and ``promise``."""
    return onnx_of("controller", network.state_dict(), lambda: export_controller(network))


def export_controller(network: RoundNetwork) -> bytes:
    """As :func:`controller_bytes`, by torch."""
    rows, columns = torch.export.Dim("rows"), torch.export.Dim("columns")
    sides = {2: STRIDE * rows, 3: STRIDE * columns}
    planes = torch.rand(1, PLANES, 4 * STRIDE, 5 * STRIDE)
    return to_onnx(network, {"planes": planes}, ["strokes", "promise"], (sides,))


def to_onnx(
    network: nn.Module, inputs: dict[str, Tensor], outputs: list[str], dynamic: tuple[dict[int, Any], ...]
) -> bytes:
    """A network as the bytes of an ONNX file that tells nothing of the machine it was made on.

    Args:
        network: put into evaluation mode.
        inputs: an example of each input by name, in order.
        outputs: names of the outputs.
        dynamic: for each input, which axes vary (torch.export dimensions).
    """
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), _rarely_collected():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network.eval(),
            tuple(tensor.clone() for tensor in inputs.values()),  # one tensor given twice would become one input
            input_names=list(inputs),
            output_names=outputs,
            dynamic_shapes=dynamic,
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    # Paths and line numbers of the machine that exported are nobody's business, and would make the bytes differ.
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.metadata_props[:]
    return bytes(model.SerializeToString(deterministic=True))


@contextlib.contextmanager
def _rarely_collected() -> Iterator[None]:
    """Python looks for garbage less often, which takes a fifth of an export: torch makes millions of small objects."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()

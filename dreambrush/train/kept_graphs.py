"""Graphs of networks in ONNX that are kept without their weights, so that exporting need not ask torch for them.

What torch exports of a network is the same graph whatever was learned, and takes it up to half a minute: it traces the
network with symbolic sizes, decomposes what ONNX does not know, and folds constants.  So the graphs lie beside this
module, in ``graphs``; ``scripts/make_graphs.py`` makes them anew when a network changes.  In place of a tensor of
weights each has an empty one that tells which it was, and whether torch turned it round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from torch import Tensor

FOLDER = Path(__file__).parent / "graphs"
TURNED = " turned round"  # said of a matrix that is kept with rows for columns


def onnx_of(name: str, weights: Mapping[str, Tensor], export: Callable[[], bytes]) -> bytes:
    """A network as ONNX.

    Args:
        name: of the kept graph.
        weights: all that the network learned, by name.
        export: has torch do it, for where no such graph is kept, or only one of a network of another size.

    Returns:
        Bytes of the ONNX model.
    """
    path = FOLDER / f"{name}.onnx"
    made = filled(path.read_bytes(), weights) if path.is_file() else None
    return export() if made is None else made


def filled(graph: bytes, weights: Mapping[str, Tensor]) -> bytes | None:
    """A kept graph with a network's weights; None if it has others, or of other shapes."""
    model = onnx.load_model_from_string(graph)
    for tensor in model.graph.initializer:
        if not tensor.doc_string:
            continue
        of = weights.get(tensor.doc_string.removesuffix(TURNED))
        if of is None:
            return None
        values = of.detach().cpu().numpy()
        values = values.T if tensor.doc_string.endswith(TURNED) else values
        if tuple(tensor.dims) != values.shape:
            return None
        tensor.raw_data = np.ascontiguousarray(values, "<f4").tobytes()
        tensor.ClearField("doc_string")
    return bytes(model.SerializeToString(deterministic=True))


def emptied(model: bytes, weights: Mapping[str, Tensor]) -> bytes:
    """The graph of an ONNX model without the weights.

    Args:
        model: what torch exported.
        weights: of the network that it exported.  No two may be alike, nor any the same turned round, nor equal to a
            number that stands in the network's code.

    Raises:
        ValueError: two are alike.
    """
    kept = onnx.load_model_from_string(model)
    known = [(name, each.detach().numpy()) for name, each in weights.items() if each.dtype.is_floating_point]
    for tensor in kept.graph.initializer:
        values = numpy_helper.to_array(tensor)
        names = [name for name, each in known if _same(values, each)]
        names += [name + TURNED for name, each in known if each.ndim == 2 and _same(values, each.T)]
        if len(names) > 1:
            raise ValueError(f"Alike: {', '.join(names)}.")
        if names:
            tensor.raw_data = b""
            tensor.doc_string = names[0]
    return bytes(kept.SerializeToString(deterministic=True))


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and bool((a == b).all())

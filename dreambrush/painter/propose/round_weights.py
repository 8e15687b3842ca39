"""The weights of a learned controller, read from its ONNX file and packed for the kernel."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.models.onnx_parts import float_tensors

PLANES, FINE, WIDE, CELL, INNER, HEAD, RAW, BLOCKS = 11, 24, 40, 56, 28, 64, 10, 5  # as in controller.h
STRIDE = 8  # pixels of the planes in a cell of the grid, each way
VECTOR = 16  # outputs are filled up to a multiple of it
LARGEST_WEIGHT = 1e4  # beyond it, sums might become infinite

CONVOLUTIONS = (
    ("fine.1", FINE, 4 * PLANES, 1),
    ("fine.3", WIDE, FINE, 3),
    ("middle.0", CELL, WIDE, 3),
    *(
        layer
        for block in range(BLOCKS)
        for layer in (
            (f"blocks.{block}.0", INNER, CELL, 1),
            (f"blocks.{block}.2", INNER, INNER, 3),
            (f"blocks.{block}.4", CELL, INNER, 1),
        )
    ),
    ("head.1", HEAD, CELL, 1),
    ("head.3", RAW, HEAD, 1),
)
"""Name, outputs, inputs and taps each way of every convolution, in the order of ``db_controller`` (controller.h)."""


def packed_weights(model: bytes) -> Float32 | None:
    """The weights of a controller in the order of ``db_controller``, (n,) float32; None if it is another network.

    That the file has such weights does not say that it does with them what the kernel does; who uses them compares.

    Args:
        model: bytes of the ONNX file.
    """
    try:
        tensors = float_tensors(model)
    except ValueError:
        return None
    parts = []
    for name, outputs, inputs, taps in CONVOLUTIONS:
        weight, bias = tensors.get(f"{name}.weight"), tensors.get(f"{name}.bias")
        if weight is None or bias is None or weight.shape != (outputs, inputs, taps, taps) or bias.shape != (outputs,):
            return None
        # Bias, and below it a row for each input of each tap.
        rows = np.concatenate([bias[None], weight.transpose(2, 3, 1, 0).reshape(-1, outputs)])
        parts.append(np.pad(rows, ((0, 0), (0, -outputs % VECTOR))).ravel())
    packed = np.concatenate(parts).astype(np.float32)
    return packed if np.abs(packed).max() <= LARGEST_WEIGHT else None  # not so of NaN

"""The weights of a field dream, read from its ONNX file and packed for the kernel."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.models.onnx_parts import float_tensors

HIDDEN, FEATURES, TRAITS = 48, 20, 5  # as in dream.h
OFFSETS, MANNERS = (4, 4), (5, 4)  # shapes, by input and output
LARGEST_WEIGHT = 1e4  # beyond it, sums might become infinite

SHAPES = {
    "manners.bias": (4,),
    "network.0.weight": (HIDDEN, FEATURES + TRAITS),
    "network.0.bias": (HIDDEN,),
    "network.2.weight": (HIDDEN, HIDDEN),
    "network.2.bias": (HIDDEN,),
    "network.4.weight": (2, HIDDEN),
    "network.4.bias": (2,),
    "nib": (2, 2),
}
"""Tensors of a dream's ONNX file that have names of their own.  ``reach`` is left out where it is 1."""


def packed_weights(model: bytes) -> Float32 | None:
    """The weights of a dream in the order of ``db_dream`` (dream.h), (n,) float32; None if it is another network.

    That the file has such weights does not say that it does with them what the kernel does; who uses them compares.

    Args:
        model: bytes of the ONNX file.
    """
    try:
        tensors = float_tensors(model)
    except ValueError:
        return None
    if any(name not in tensors or tensors[name].shape != shape for name, shape in SHAPES.items()):
        return None
    # The exporter has turned these two round and lost their names.
    unnamed = [[each for each in tensors.values() if each.shape == shape] for shape in (OFFSETS, MANNERS)]
    if any(len(found) != 1 for found in unnamed):
        return None
    (offsets,), (manners,) = unnamed
    reach = tensors.get("reach", np.ones((), np.float32))
    if reach.shape != ():
        return None
    first, second = tensors["network.0.weight"], tensors["network.2.weight"]
    varying, traits = first[:, :FEATURES], first[:, FEATURES:]
    parts = (
        reach,
        tensors["nib"],
        offsets,
        manners,
        tensors["manners.bias"],
        varying.T,
        varying,
        traits.T,
        tensors["network.0.bias"],
        second.T,
        second,
        tensors["network.2.bias"],
        tensors["network.4.weight"],
        tensors["network.4.bias"],
    )
    packed = np.concatenate([part.ravel() for part in parts]).astype(np.float32)
    return packed if np.abs(packed).max() <= LARGEST_WEIGHT else None  # not so of NaN

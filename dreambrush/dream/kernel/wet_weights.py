"""The weights of a wet dream, read from its ONNX file and packed for the kernel."""

from __future__ import annotations

from itertools import product

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.dream.kernel.weights import HIDDEN, LARGEST_WEIGHT, TRAITS
from dreambrush.models.onnx_parts import float_tensors

NEAREST, OUTPUTS, LANES, SHARES, MEMORIES = 16, 12, 3, 3, 4  # as in wet_dream.h; the last: two numbers of two memories
PRESSURES, PLACES = 2, 17  # as well

NAMED = {"network.0.bias": (HIDDEN,), "network.2.bias": (HIDDEN,), "nib": (2, 2), "first": (2, 2)}
"""Tensors of a wet dream's ONNX file that have names of their own.  ``reach`` is left out where it is 1."""

FLAGS = tuple(product((True, False), repeat=2))
"""Whether a brush takes paint away, and whether it lays any of its own: the file does not say."""


def packed_wet_weights(model: bytes, erases: bool = True, lays: bool = True) -> Float32 | None:
    """The weights of a wet dream in the order of ``db_wet_dream`` (wet_dream.h), (n,) float32; None if it is another.

    That the file has such weights does not say that it does with them what the kernel does; who uses them compares.

    Args:
        model: bytes of the ONNX file.
        erases: whether the brush takes paint away.
        lays: whether it lays any of its own.
    """
    try:
        tensors = float_tensors(model)
    except ValueError:
        return None
    if any(name not in tensors or tensors[name].shape != shape for name, shape in NAMED.items()):
        return None
    bias = tensors.get("network.4.bias", np.zeros(0, np.float32))
    lanes = bias.size - (OUTPUTS - LANES)
    if bias.ndim != 1 or not 1 <= lanes <= LANES:
        return None
    # The exporter has turned the matrices round and lost their names, and that of what is added to the shares.
    shapes = (NEAREST + TRAITS + PRESSURES, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, bias.size), (SHARES,)
    unnamed = [[each for each in tensors.values() if each.shape == shape] for shape in shapes]
    if any(len(found) != 1 for found in unnamed):
        return None
    (first,), (second,), (third,), (shares,) = unnamed
    reach = tensors.get("reach", np.ones((), np.float32))
    if reach.shape != ():
        return None
    wide, added = np.zeros((HIDDEN, OUTPUTS), np.float32), np.zeros(OUTPUTS, np.float32)
    wide[:, : bias.size] = third
    added[: bias.size] = bias
    added[:SHARES] += shares
    added[SHARES : SHARES + MEMORIES] += tensors["first"].ravel()
    varying, whole = first[:NEAREST], first[NEAREST:]
    parts = (
        reach,
        tensors["nib"],
        np.array([erases, lays, lanes]),
        varying,
        varying.T,
        whole,
        tensors["network.0.bias"],
        second,
        second.T,
        tensors["network.2.bias"],
        wide,
        wide.T,
        added,
    )
    packed = np.concatenate([part.ravel() for part in parts]).astype(np.float32)
    return packed if np.abs(packed).max() <= LARGEST_WEIGHT else None  # not so of NaN


def lanes_of(weights: Float32) -> int:
    """How many rows of nodes a wet dream has, from its packed weights."""
    return int(weights[7])


def flags_of(weights: Float32) -> list[bool]:
    """Of FLAGS those of packed weights."""
    return [bool(flag) for flag in weights[5:7]]

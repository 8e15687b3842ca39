"""Whether onnxruntime answers what was exported as torch answers what was trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from dreambrush.arrays import Float32
from dreambrush.errors import ModelError
from dreambrush.models.networks import load_network

LARGEST_DIFFERENCE = 1e-3  # of alpha (0..1), its gradient, or a colour (0..1)
LARGEST_SHARE = 1e-3  # of all values may differ more: where two pieces of a path are equally near, rounding decides


class Difference(NamedTuple):
    """How far onnxruntime's answers are from torch's: the largest difference, and the share that matters."""

    most: float
    share: float


@torch.no_grad()
def check_network(
    network: Callable[..., Sequence[Tensor]],
    model: bytes,
    name: str,
    inputs: dict[str, Float32],
    outputs: tuple[str, ...],
    largest: float = LARGEST_DIFFERENCE,
    share: float = LARGEST_SHARE,
) -> Difference:
    """The difference between the answers of a trained network and of the ONNX model that was exported of it.

    Args:
        network: the trained one.
        model: bytes of the ONNX model.
        name: of its file, for the error.
        inputs: to both, by name, in order.
        outputs: names of the answers, in order.
        largest: difference that hardly any answer may exceed.
        share: of all answers that may.

    Raises:
        ModelError: more than that share of all answers differ by more than ``largest``.
    """
    trained = network(*(torch.from_numpy(value) for value in inputs.values()))
    exported = load_network(model, name, tuple(inputs), outputs, threads=1).run(None, inputs)
    differences = np.concatenate([np.abs(a.numpy() - b).ravel() for a, b in zip(trained, exported, strict=True)])
    found = Difference(float(differences.max()), float(1 - (differences <= largest).mean()))
    if found.share > share:
        raise ModelError(
            f"The exported {name} answers differently from the trained network (by up to {found.most:.2g}).",
            "Install other versions of onnx and onnxruntime, then run: dreambrush export",
            id="export-differs",
        )
    return found

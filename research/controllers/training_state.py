"""Checkpoints of controllers: all that a training needs to go on as if it had never stopped, as flat tensors.

Flat tensors fit a safetensors file, which, unlike a pickle, cannot run anything when it is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

State = dict[str, Tensor]


def with_prefix(prefix: str, state: Mapping[str, Tensor]) -> State:
    """The same tensors, copied, under ``prefix.name``."""
    return {f"{prefix}.{name}": tensor.detach().clone() for name, tensor in state.items()}


def without_prefix(prefix: str, state: Mapping[str, Tensor]) -> State:
    """The tensors that :func:`with_prefix` named, copied."""
    cut = len(prefix) + 1
    return {name[cut:]: tensor.clone() for name, tensor in state.items() if name.startswith(f"{prefix}.")}


def random_state(rng: np.random.Generator) -> State:
    """State of torch's own generator and of a numpy one; the latter as the bytes of JSON, for its numbers are long."""
    numpy_state = json.dumps(rng.bit_generator.state).encode()
    return {"torch": torch.get_rng_state(), "numpy": torch.tensor(list(numpy_state), dtype=torch.uint8)}


def restore_random(rng: np.random.Generator, state: Mapping[str, Tensor]) -> None:
    """Puts both generators back to where they were."""
    torch.set_rng_state(state["torch"])
    rng.bit_generator.state = json.loads(bytes(state["numpy"].tolist()))

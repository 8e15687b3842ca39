"""Which trained controller a new one begins from: that of the brush whose strokes look most alike."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from dreambrush.arrays import Float32
from dreambrush.dream.dream import Dream
from dreambrush.models.catalogue import CARD_FILE, CONTROLLER_FILE, shipped_folder
from dreambrush.train.collect.strokes import SIDE, random_strokes
from dreambrush.train.fit.checkpoint import State
from dreambrush.train.fit.round_network import RoundNetwork

STROKES, POINTS = 300, 100  # that dreams are compared on
SEED = 50_000_017


class Beginning(NamedTuple):
    """Weights to begin from.

    Attributes:
        brush: name of the brush whose controller has them.
        weights: of a :class:`~dreambrush.train.fit.round_network.RoundNetwork`.
    """

    brush: str
    weights: State


def nearest_controller(folder: Path, model: Path) -> Beginning | None:
    """The shipped controller of the brush that dreams most alike; None if there is none.

    Args:
        folder: has the new brush's dream.
        model: the folder of the model that is to be replaced, which is not asked.

    Raises:
        ModelError: a model is broken.
    """
    found = [path.parent for path in sorted(shipped_folder("pretrained").glob(f"*/{CONTROLLER_FILE}"))]
    others = [each for each in found if each.resolve() != model.resolve() and (each / CARD_FILE).is_file()]
    if not others:
        return None
    ours = _alpha(folder)
    nearest = min(others, key=lambda other: float(np.abs(_alpha(other) - ours).mean()))
    return Beginning(nearest.name, controller_weights((nearest / CONTROLLER_FILE).read_bytes()))


def controller_weights(model: bytes) -> State:
    """The weights in a ``controller.onnx``."""
    tensors = {each.name: each for each in onnx.load_from_string(model).graph.initializer}
    names = RoundNetwork().state_dict().keys()
    return {name: torch.from_numpy(numpy_helper.to_array(tensors[name]).copy()) for name in names}


def _alpha(folder: Path) -> Float32:
    points = np.random.default_rng(SEED).uniform(0, SIDE, (STROKES, POINTS, 2)).astype(np.float32)
    return Dream(folder, threads=1)(random_strokes(STROKES, SEED), points)[0]

"""The controllers that come with dreambrush, by name."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from dreambrush.models.catalogue import POLICY_FILE, shipped_folder
from dreambrush.painter.compact import FEATURES, OUTPUTS, WIDTH, CompactController
from dreambrush.painter.learned import LearnedController
from dreambrush.painter.search import Controller, SearchController

ControllerName = Literal["ridge", "search", "policy", "evolved"]
SLENDERNESS = 0.5  # of strokes on ridges: they are e^-tanh(0.5) = 0.63 times as wide, found by looking and by error
CONTROLLERS: tuple[ControllerName, ...] = get_args(ControllerName)


def controller_named(name: ControllerName) -> Controller:
    """Ridges of error, search, the policy that was trained by gradient, or a controller evolved on digits.

    The first is what the last one is before it has learned anything, but slender: a stroke along each ridge.

    Raises:
        ModelError: its weights are missing or broken.
    """
    folder = shipped_folder("pretrained") / "controllers"
    if name == "policy":
        return LearnedController(folder / POLICY_FILE)
    if name == "evolved":
        return CompactController.load(folder / "digits.npy")
    if name == "search":
        return SearchController()
    return CompactController(_slender())


def _slender() -> NDArray[np.float64]:
    """Weights with which strokes lie on their ridges, narrower than these, so that they are long for their width."""
    weights = np.zeros((FEATURES + 1, OUTPUTS))
    weights[-1, WIDTH] = -SLENDERNESS
    return weights.ravel()

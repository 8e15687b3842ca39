"""The controllers that can be compared, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from dreambrush.models.catalogue import POLICY_FILE
from dreambrush.painter.propose.ridge_proposer import Controller, RidgeProposer
from research.controllers.compact import CompactController
from research.controllers.policy_controller import PolicyController
from research.controllers.search import SearchController

ControllerName = Literal["ridge", "search", "policy", "evolved"]
CONTROLLERS: tuple[ControllerName, ...] = get_args(ControllerName)
PRETRAINED = Path(__file__).parents[1] / "pretrained"


def controller_named(name: ControllerName) -> Controller:
    """The painter's own (ridge), search, the policy trained by gradient, or the compact controller evolved on digits.

    Raises:
        ModelError: its weights are missing or broken.
    """
    if name == "policy":
        return PolicyController(PRETRAINED / POLICY_FILE)
    if name == "evolved":
        return CompactController.load(PRETRAINED / "digits.npy")
    return SearchController() if name == "search" else RidgeProposer()

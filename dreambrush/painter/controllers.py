"""The controllers that come with dreambrush, by name."""

from __future__ import annotations

from typing import Literal, get_args

from dreambrush.models import POLICY_FILE, shipped_folder
from dreambrush.painter.compact import CompactController
from dreambrush.painter.learned import LearnedController
from dreambrush.painter.search import Controller, SearchController

ControllerName = Literal["search", "policy", "evolved"]
CONTROLLERS: tuple[ControllerName, ...] = get_args(ControllerName)


def controller_named(name: ControllerName) -> Controller:
    """Search, the policy that was trained by gradient, or the compact controller that was evolved on digits.

    Raises:
        ModelError: its weights are missing or broken.
    """
    folder = shipped_folder("pretrained") / "controllers"
    if name == "policy":
        return LearnedController(folder / POLICY_FILE)
    if name == "evolved":
        return CompactController.load(folder / "digits.npy")
    return SearchController()

"""Which controller a new one begins from."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from dreambrush.dream.wet import lays_own
from dreambrush.models.catalogue import CONTROLLER_FILE, find_brush, read_card, shipped_folder
from dreambrush.train.fit.nearest import controller_weights, nearest_controller
from dreambrush.train.fit.round_network import RoundNetwork
from dreambrush.train.to_onnx import controller_bytes


def test_weights_come_back_out_of_onnx() -> None:
    network = RoundNetwork()
    for weights in network.parameters():  # as after training: a bias of nothing would be left out
        torch.nn.init.normal_(weights)
    found = controller_weights(controller_bytes(network))
    for name, tensor in network.state_dict().items():
        assert torch.equal(found[name], tensor)


def test_the_same_brush_elsewhere_is_nearest_to_itself(tmp_path: Path) -> None:
    folder = find_brush("oil").dream_folder()
    shutil.copytree(folder, tmp_path / "copy")
    found = nearest_controller(tmp_path / "copy", tmp_path / "model")
    assert found is not None and found.brush == "oil"
    other = nearest_controller(tmp_path / "copy", folder)
    assert other is not None and other.brush != "oil"


def test_there_may_be_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dreambrush.train.fit.nearest.shipped_folder", lambda kind: tmp_path)
    assert nearest_controller(find_brush("oil").dream_folder(), tmp_path) is None


def test_all_brushes_of_ours_have_one() -> None:
    every = [path.parent for path in shipped_folder("pretrained").glob("*/dream.onnx")]
    folders = [folder for folder in every if lays_own(read_card(folder))]  # others learn nothing of where strokes go
    sizes = [(folder / CONTROLLER_FILE).stat().st_size for folder in folders]
    assert len(sizes) >= 9 and max(sizes) <= 500_000
    assert np.isfinite(sizes).all()

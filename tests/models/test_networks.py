"""Networks from strangers."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper

from dreambrush.dream.dream import Dream
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import DREAM_FILE, find_brush
from dreambrush.models.networks import open_network


def adding_network(weights: TensorProto) -> bytes:
    """x + weights, four numbers each."""
    numbers = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [4]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", numbers[:1], numbers[1:], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    return bytes(model.SerializeToString())


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "network.onnx"
    path.write_bytes(adding_network(helper.make_tensor("w", TensorProto.FLOAT, [4], [1.0, 2.0, 3.0, 4.0])))
    return path


def test_a_network_runs(network: Path) -> None:
    (y,) = open_network(network, ("x",), ("y",), threads=1).run(None, {"x": np.zeros(4, np.float32)})
    assert y.tolist() == [1, 2, 3, 4]


def test_a_network_is_opened_again_only_if_it_has_changed(network: Path) -> None:
    first = open_network(network, ("x",), ("y",), threads=1)
    assert open_network(network, ("x",), ("y",), threads=1) is first
    network.write_bytes(adding_network(helper.make_tensor("w", TensorProto.FLOAT, [4], [5.0, 6.0, 7.0, 8.0])))
    (y,) = open_network(network, ("x",), ("y",), threads=1).run(None, {"x": np.zeros(4, np.float32)})
    assert y.tolist() == [5, 6, 7, 8]


@pytest.mark.parametrize("where", ["secret.bin", "../secret.bin", "/etc/passwd", "none"])
def test_networks_that_refer_to_other_files_are_refused(
    network: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(network.parent)
    Path("secret.bin").write_bytes(np.arange(4, dtype=np.float32).tobytes())
    weights = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    entry = weights.external_data.add()
    entry.key, entry.value = "location", where
    network.write_bytes(adding_network(weights))
    with pytest.raises(ModelError, match="it refers to other files"):
        open_network(network, ("x",), ("y",))


def test_other_networks_and_other_files_are_refused(network: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="it is another network"):
        open_network(network, ("strokes", "points"), ("mean", "variance"))
    for data in (b"", b"no network", pickle.dumps({"a": 1}), b"\x08\x00\x00\x00ORTM" + b"\x00" * 64):
        network.write_bytes(data)
        with pytest.raises(ModelError, match="cannot be loaded"):
            open_network(network, ("x",), ("y",))
    with pytest.raises(ModelError, match="cannot be loaded: No such file"):
        open_network(tmp_path / "none.onnx", ("x",), ("y",))


def test_networks_of_ours_pass() -> None:
    for name in ("oil", "bristle"):
        folder = find_brush(name).dream
        assert folder is not None and (folder / DREAM_FILE).is_file()
        mean, _ = Dream(folder, threads=1)(np.ones((1, 9), np.float32), np.ones((1, 2, 2), np.float32))
        assert mean.shape == (1, 2)

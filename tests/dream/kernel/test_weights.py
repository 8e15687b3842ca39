from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from dreambrush.dream.kernel.weights import SHAPES, packed_weights
from dreambrush.models.catalogue import DREAM_FILE, WEIGHTS_FILE, find_brush


@pytest.mark.parametrize("name", ["oil", "bristle"])
def test_they_are_those_that_were_trained(name: str) -> None:
    folder = find_brush(name).dream_folder()
    packed = packed_weights((folder / DREAM_FILE).read_bytes())
    trained = load_file(folder / WEIGHTS_FILE)
    first, second = trained["network.0.weight"], trained["network.2.weight"]
    expected = [
        trained["reach"],
        trained["nib"],
        trained["offsets.weight"].T,
        trained["manners.weight"].T,
        trained["manners.bias"],
        first[:, :20].T,
        first[:, :20],
        first[:, 20:].T,
        trained["network.0.bias"],
        second.T,
        second,
        trained["network.2.bias"],
        trained["network.4.weight"],
        trained["network.4.bias"],
    ]
    assert packed is not None
    assert np.array_equal(packed, np.concatenate([each.ravel() for each in expected]))


def model_of(tensors: dict[str, np.ndarray]) -> bytes:
    constants = [numpy_helper.from_array(values, name) for name, values in tensors.items()]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [x], [x], constants)
    return bytes(helper.make_model(graph).SerializeToString())


def tensors() -> dict[str, np.ndarray]:
    named = {name: np.full(shape, 0.5, np.float32) for name, shape in SHAPES.items()}
    return named | {"a": np.ones((4, 4), np.float32), "b": np.ones((5, 4), np.float32)}


@pytest.mark.parametrize(
    "change",
    [
        {"nib": np.ones((3, 2), np.float32)},
        {"nib": np.ones((2, 2), np.float64)},
        {"network.0.weight": np.ones((64, 25), np.float32)},
        {"reach": np.ones(2, np.float32)},
        {"c": np.ones((4, 4), np.float32)},
        {"a": np.ones((4, 3), np.float32)},
        {"network.4.bias": np.array([np.nan, 0], np.float32)},
        {"network.4.bias": np.array([np.inf, 0], np.float32)},
        {"network.4.bias": np.array([1e30, 0], np.float32)},
    ],
    ids=str,
)
def test_other_networks_have_none(change: dict[str, np.ndarray]) -> None:
    assert packed_weights(model_of(tensors())) is not None
    assert packed_weights(model_of(tensors() | change)) is None


def test_a_file_that_is_cut_off_has_none() -> None:
    whole = model_of(tensors())
    assert all(packed_weights(whole[:length]) is None for length in range(0, len(whole), 997))

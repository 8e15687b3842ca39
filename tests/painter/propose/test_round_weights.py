from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from dreambrush.painter.propose.round_weights import CONVOLUTIONS, packed_weights


def tensors() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    found = {}
    for name, outputs, inputs, taps in CONVOLUTIONS:
        found[f"{name}.weight"] = rng.normal(0, 1, (outputs, inputs, taps, taps)).astype(np.float32)
        found[f"{name}.bias"] = rng.normal(0, 1, outputs).astype(np.float32)
    return found


def model_of(constants: dict[str, np.ndarray]) -> bytes:
    made = [numpy_helper.from_array(values, name) for name, values in constants.items()]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [x], [x], made)
    return bytes(helper.make_model(graph).SerializeToString())


def test_each_weight_has_its_place() -> None:
    given = tensors()
    packed = packed_weights(model_of(given))
    assert packed is not None
    at = 0
    for name, outputs, inputs, taps in CONVOLUTIONS:
        padded = (outputs + 15) // 16 * 16
        bias, at = packed[at : at + padded], at + padded
        assert np.array_equal(bias[:outputs], given[f"{name}.bias"]) and not bias[outputs:].any()
        size = taps * taps * inputs * padded
        weights, at = packed[at : at + size].reshape(taps, taps, inputs, padded), at + size
        for output, inward, down, across in ((0, 0, 0, 0), (3, 5, taps - 1, 0), (outputs - 1, inputs - 1, 0, taps - 1)):
            assert weights[down, across, inward, output] == given[f"{name}.weight"][output, inward, down, across]
        assert not weights[..., outputs:].any()
    assert at == len(packed)


@pytest.mark.parametrize(
    "change",
    [
        {"fine.1.bias": np.ones(25, np.float32)},
        {"head.3.weight": np.ones((11, 64, 1, 1), np.float32)},
        {"blocks.4.2.weight": np.ones((28, 28, 1, 1), np.float32)},
        {"blocks.0.0.bias": np.ones(28, np.float64)},
        {"head.3.bias": np.full(10, np.nan, np.float32)},
        {"middle.0.bias": np.full(56, 1e30, np.float32)},
    ],
    ids=str,
)
def test_other_networks_have_none(change: dict[str, np.ndarray]) -> None:
    assert packed_weights(model_of(tensors())) is not None
    assert packed_weights(model_of(tensors() | change)) is None


def test_a_file_that_is_cut_off_has_none() -> None:
    whole = model_of(tensors())
    assert all(packed_weights(whole[:length]) is None for length in range(0, len(whole), 7919))

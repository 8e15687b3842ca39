from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from dreambrush.painter.propose.round_weights import PLANES, STRIDE
from dreambrush.train.export.check import Difference, check_network
from dreambrush.train.export.networks import check_colour, check_dream, check_gradient
from dreambrush.train.export.wet import check_wet, check_wet_gradient
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.kept_graphs import FOLDER, TURNED, emptied, filled
from dreambrush.train.to_onnx import onnx_bytes
from scripts.make_graphs import NIB, networks

pytestmark = pytest.mark.usefixtures("one_thread")

ADVICE = "a network changed since its graph was kept; run: python scripts/make_graphs.py"
NAMES = [name for name, _, _ in networks(0)]


def check_controller(network: nn.Module, model: bytes) -> Difference:
    torch.manual_seed(3)
    planes = torch.rand(1, PLANES, 3 * STRIDE, 6 * STRIDE).numpy()
    return check_network(network, model, "controller", {"planes": planes}, ("strokes", "promise"))


def check_of(name: str) -> Callable[[Any, bytes], Difference]:
    if name.startswith("wet"):
        return check_wet_gradient if name.startswith("wet-gradient") else check_wet
    checks: dict[str, Callable[[Any, bytes], Difference]] = {
        "dream": check_dream,
        "gradient": check_gradient,
        "colour": check_colour,
        "controller": check_controller,
    }
    return checks[name]


def test_there_is_a_graph_of_every_network() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(NAMES), ADVICE


@pytest.mark.parametrize("name", NAMES)
def test_with_weights_it_answers_as_torch_does(name: str) -> None:
    """With weights that it was not made of; whoever exports compares in the same way."""
    (network,) = (each for known, each, _ in networks(5) if known == name)
    made = filled((FOLDER / f"{name}.onnx").read_bytes(), network.state_dict())
    assert made is not None, ADVICE
    network.requires_grad_(False).eval()
    try:
        check_of(name)(network, made)
    except Exception as error:
        raise AssertionError(ADVICE) from error


NOT_IN_GRAPHS = {"flags", "rings"}  # of a wet field: what tells which graph it needs, and what is for the painter


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_was_learned_is_kept(name: str) -> None:
    (network,) = (each for known, each, _ in networks(5) if known == name)
    graph = onnx.load_model_from_string((FOLDER / f"{name}.onnx").read_bytes()).graph
    named = {each.doc_string.removesuffix(TURNED): each for each in graph.initializer if each.doc_string}
    assert named.keys() == network.state_dict().keys() - NOT_IN_GRAPHS, ADVICE
    assert not any(each.raw_data or each.float_data for each in named.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gradient", "colour", "controller"])
def test_torch_still_exports_it(name: str) -> None:
    """Torch exports a dream below, and what wet brushes have in tests/dream/test_wet.py."""
    ((network, export),) = ((each, export) for known, each, export in networks(5) if known == name)
    model = export()
    check_of(name)(network.requires_grad_(False).eval(), model)
    learned = network.state_dict()
    assert filled(emptied(model, learned), learned) == model


@pytest.mark.slow
def test_a_network_of_another_size_is_exported_by_torch() -> None:
    torch.manual_seed(2)
    dream = FieldDream(1.2, torch.tensor(NIB), hidden=8).requires_grad_(False).eval()
    assert filled((FOLDER / "dream.onnx").read_bytes(), dream.state_dict()) is None
    model = onnx_bytes(dream)
    check_dream(dream, model)


def test_weights_that_are_alike_cannot_be_told_apart() -> None:
    weights = {"reach": torch.tensor(2.0), "nib": torch.eye(2)}
    nodes = [onnx.helper.make_node("Identity", ["a"], ["b"])]
    value = onnx.numpy_helper.from_array(np.eye(2, dtype=np.float32), "a")
    told = onnx.helper.make_tensor_value_info("b", onnx.TensorProto.FLOAT, (2, 2))
    model = onnx.helper.make_model(onnx.helper.make_graph(nodes, "g", [], [told], [value]))
    with pytest.raises(ValueError, match=r"nib, nib turned round"):
        emptied(model.SerializeToString(), weights)
    weights["nib"][0, 1] = 3
    assert filled(emptied(model.SerializeToString(), weights), {}) is not None  # nothing of it was learned

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from dreambrush.arrays import Float32
from dreambrush.kernel.library import LEVELS, kernel, using
from dreambrush.models.catalogue import CARD_FILE, CONTROLLER_FILE, DREAM_FILE, digest_of, list_brushes, read_card
from dreambrush.models.networks import load_network
from dreambrush.painter.propose.round_controller import MARGIN, RoundController
from dreambrush.painter.propose.round_kernel import (
    CARD_ENTRY,
    LARGEST_DIFFERENCE,
    RoundKernel,
    largest_difference,
    open_kernel,
)
from dreambrush.painter.propose.round_weights import PLANES, STRIDE, packed_weights
from dreambrush.train.export.networks import controller_entry
from dreambrush.train.fit.round_network import RoundNetwork
from dreambrush.train.to_onnx import controller_bytes

SHIPPED = [
    brush.dream_folder()
    for brush in list_brushes()
    if brush.origin == "ours" and (brush.dream_folder() / CONTROLLER_FILE).is_file()
]
SIZES = [(4, 4), (4, 9), (7, 5), (13, 45), (1, 2)]


@pytest.fixture(autouse=True)
def kernel_is_wanted() -> Iterator[None]:
    """Whatever the environment says."""
    with using(LEVELS[-1]):
        yield


def levels() -> list[str]:
    """Those that this processor has."""
    found = kernel()
    assert found is not None, "the kernel is not compiled"
    return list(LEVELS[: found[1].db_best_instructions() + 1])


@pytest.fixture(scope="module")
def network() -> RoundNetwork:
    """One that has learned nothing, whose strokes and promises nevertheless take all values that they may."""
    torch.manual_seed(3)
    network = RoundNetwork()
    with torch.no_grad():
        for name, values in network.named_parameters():
            if name.endswith("bias"):
                values.normal_(0, 0.3)
            else:  # so that signals get through as strong as they come (He et al. 2015)
                values.normal_(0, float(np.sqrt(2 / values[0].numel())))
    return network.eval()


@pytest.fixture(scope="module")
def model(network: RoundNetwork) -> bytes:
    return controller_bytes(network)


def weights_of(model: bytes) -> Float32:
    weights = packed_weights(model)
    assert weights is not None
    return weights


def planes(rows: int, columns: int) -> Float32:
    rng = np.random.default_rng(rows)
    return rng.normal(0, 1, (1, PLANES, STRIDE * rows, STRIDE * columns)).astype(np.float32)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_it_answers_as_onnxruntime_and_torch_do(network: RoundNetwork, model: bytes, size: tuple[int, int]) -> None:
    given = planes(*size)
    session = load_network(model, CONTROLLER_FILE, ("planes",), ("strokes", "promise"), threads=1)
    with torch.no_grad():
        trained = [each.numpy() for each in network(torch.from_numpy(given))]
    found = RoundKernel(weights_of(model))(given)
    if found[1].size > 2:  # they vary: there is something to compare
        assert found[0].std((0, 1)).min() > 0.05 and found[1].std() > 0.1
    for expected in (session.run(None, {"planes": given}), trained):
        for theirs, ours in zip(expected, found, strict=True):
            assert theirs[0].shape == ours.shape and ours.dtype == np.float32
            np.testing.assert_allclose(ours, theirs[0], atol=1e-4)


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_shipped_controllers_are_compiled(folder: Path) -> None:
    model = (folder / CONTROLLER_FILE).read_bytes()
    assert largest_difference(RoundKernel(weights_of(model)), model, CONTROLLER_FILE) < LARGEST_DIFFERENCE / 10
    assert RoundController(folder).is_compiled
    assert read_card(folder)[CARD_ENTRY][CONTROLLER_FILE] == digest_of(model)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_all_instructions_give_the_same_bits(model: bytes, size: tuple[int, int]) -> None:
    answers = set()
    for level in levels():
        strokes, promise = RoundKernel(weights_of(model), level)(planes(*size))
        answers.add(strokes.tobytes() + promise.tobytes())
    assert len(answers) == 1


def test_a_cell_s_answer_does_not_depend_on_what_it_cannot_see(model: bytes) -> None:
    given, own = planes(30, 27), RoundKernel(weights_of(model))
    part = np.s_[:, :, : STRIDE * (5 + MARGIN), STRIDE * 3 :]
    whole, other = own(given), own(given[part])
    for one, another in zip(whole, other, strict=True):
        assert one[:5, 3 + MARGIN :].tobytes() == another[:5, MARGIN:].tobytes()
        assert one[5 + MARGIN - 1, 3:].tobytes() != another[5 + MARGIN - 1].tobytes()


def test_planes_that_are_no_numbers(model: bytes) -> None:
    own = RoundKernel(weights_of(model))
    for spoilt in (np.nan, np.inf, -np.inf, 3e38):
        given = planes(30, 8)
        before = own(given)
        given[0, 0, 3, 3] = spoilt
        after = own(given)
        assert all(np.isfinite(each).all() and np.abs(each).max() <= 1e9 for each in after)
        assert after[0][20:].tobytes() == before[0][20:].tobytes()  # what does not see it


def test_what_does_not_fit_is_refused(model: bytes) -> None:
    own = RoundKernel(weights_of(model))
    for shape in ((1, PLANES, 8, 12), (PLANES, 8, 8), (1, PLANES - 1, 8, 8), (2, PLANES, 8, 8), (1, PLANES, 0, 8)):
        with pytest.raises(ValueError, match="Expected planes"):
            own(np.zeros(shape, np.float32))
    with pytest.raises(RuntimeError, match="weights"):
        RoundKernel(np.zeros(7, np.float32))


@pytest.fixture
def folder(tmp_path: Path, model: bytes) -> Path:
    """A model whose controller has learned nothing, with a card that does not know it."""
    shutil.copytree(SHIPPED[0], tmp_path / "model")
    (tmp_path / "model" / CONTROLLER_FILE).write_bytes(model)
    return tmp_path / "model"


def test_a_model_whose_card_says_nothing_is_compared_and_used(folder: Path) -> None:
    assert open_kernel(folder) is not None and RoundController(folder).is_compiled
    for asked_for in ("none", "baseline"):
        with using(asked_for):
            assert RoundController(folder).is_compiled == (asked_for != "none")
    assert not RoundController(folder, compiled=False).is_compiled


def test_export_says_of_which_file_the_kernel_answers_alike(folder: Path, model: bytes) -> None:
    entry = controller_entry(model)[CARD_ENTRY]
    assert entry[CONTROLLER_FILE] == digest_of(model) and 0 < entry["max_abs"] < 1e-4
    assert controller_entry((folder / DREAM_FILE).read_bytes()) == {}


def other(model: bytes) -> bytes:
    """Does something else with the same weights."""
    import onnx

    changed = onnx.load_from_string(model)
    (dilated,) = [node for node in changed.graph.node if node.op_type == "Conv" and "blocks.1.2.weight" in node.input]
    for attribute in dilated.attribute:
        if attribute.name in ("dilations", "pads"):
            attribute.ints[:] = [1] * len(attribute.ints)
    return bytes(changed.SerializeToString())


def test_a_network_that_does_something_else_with_its_weights_is_left_to_onnxruntime(folder: Path, model: bytes) -> None:
    changed = other(model)
    assert packed_weights(changed) is not None and controller_entry(changed) == {}
    (folder / CONTROLLER_FILE).write_bytes(changed)
    card = json.loads((folder / CARD_FILE).read_text())
    assert card.get(CARD_ENTRY, {}).get(CONTROLLER_FILE) != digest_of(changed)
    assert open_kernel(folder) is None
    controller = RoundController(folder)
    assert not controller.is_compiled
    target = np.random.default_rng(0).random((32, 32, 3), np.float32)
    found = controller.propose(target, target[::-1].copy(), np.ones((32, 32), np.float32), 8)
    assert len(found.strokes) == 16

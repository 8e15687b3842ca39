from __future__ import annotations

import numpy as np
import pytest

from dreambrush.dream.kernel.wet_weights import NAMED, flags_of, lanes_of, packed_wet_weights
from tests.dream.kernel.test_weights import model_of


def tensors(lanes: int = 1) -> dict[str, np.ndarray]:
    named = {name: np.full(shape, 0.5, np.float32) for name, shape in NAMED.items()}
    shapes = {"network.4.bias": (9 + lanes,), "a": (23, 48), "b": (48, 48), "c": (48, 9 + lanes), "d": (3,)}
    return named | {name: np.ones(shape, np.float32) for name, shape in shapes.items()}


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_they_say_what_kind_of_brush_it_is(lanes: int) -> None:
    for flags in ([True, False], [False, True]):
        packed = packed_wet_weights(model_of(tensors(lanes)), *flags)
        assert packed is not None and lanes_of(packed) == lanes and flags_of(packed) == flags
        assert list(packed[-12:]) == [2.0] * 3 + [1.5] * 4 + [1.0] * (2 + lanes) + [0.0] * (3 - lanes)


@pytest.mark.parametrize(
    "change",
    [
        {"nib": np.ones((3, 2), np.float32)},
        {"first": np.ones((3, 2), np.float32)},
        {"network.4.bias": np.ones(13, np.float32), "c": np.ones((48, 13), np.float32)},
        {"a": np.ones((25, 48), np.float32)},
        {"d": np.ones(4, np.float32)},
        {"e": np.ones((48, 48), np.float32)},
        {"reach": np.ones(2, np.float32)},
        {"network.2.bias": np.full(48, np.nan, np.float32)},
        {"network.2.bias": np.full(48, 1e30, np.float32)},
    ],
    ids=str,
)
def test_other_networks_have_none(change: dict[str, np.ndarray]) -> None:
    assert packed_wet_weights(model_of(tensors())) is not None
    assert packed_wet_weights(model_of(tensors() | change)) is None


def test_a_file_that_is_cut_off_has_none() -> None:
    whole = model_of(tensors())
    assert all(packed_wet_weights(whole[:length]) is None for length in range(0, len(whole), 997))

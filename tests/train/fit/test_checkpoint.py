from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dreambrush.errors import ModelError
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.strokes import Collection, collect
from dreambrush.train.fit.checkpoint import Checkpoint, put_weights, read_weights
from dreambrush.train.fit.fit import FitOptions
from dreambrush.train.fit.learn import learn_dream

pytestmark = pytest.mark.usefixtures("one_thread")

OPTIONS = FitOptions(steps=30, batch=512)
ROUND = np.eye(2, dtype=np.float32)


class Stopped(Exception):  # noqa: N818
    pass


class Bomb:
    """What a pickle from a stranger may hold."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


@pytest.fixture(scope="module")
def collection() -> Collection:
    return collect(read_myb(find_brush("bristle").path), 60, seed=2)


def stopping_after(savings: int, path: Path) -> Checkpoint:
    """A checkpoint after every step, whose training ends after some of them as if it had been killed."""
    left = [savings]

    def saved() -> None:
        left[0] -= 1
        if not left[0]:
            raise Stopped

    return Checkpoint(path, "test", seconds=0, saved=saved)


@pytest.mark.slow
def test_a_fit_goes_on_as_if_it_had_never_stopped(collection: Collection, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    whole = learn_dream(collection, ROUND, OPTIONS, seed=1)
    for savings, steps in ((1, 1), (7, 8), (11, 19)):  # a fit has about six batches a pass
        with pytest.raises(Stopped):
            learn_dream(collection, ROUND, OPTIONS, seed=1, checkpoint=stopping_after(savings, path))
        assert Checkpoint(path, "test").load()[0] == steps
        torch.manual_seed(99)  # nothing may depend on what else the process has drawn
    resumed = learn_dream(collection, ROUND, OPTIONS, seed=1, checkpoint=Checkpoint(path, "test"))
    before, after = whole.state_dict(), resumed.state_dict()
    assert before.keys() == after.keys() and all(torch.equal(before[name], after[name]) for name in before)


def state() -> dict[str, Tensor]:
    return {"a": torch.arange(3.0)}


def test_what_is_something_else_or_damaged_is_not_gone_on_from(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    Checkpoint(path, "this", seconds=0).offer(5, state)
    steps, found = Checkpoint(path, "this").load()
    assert steps == 5 and torch.equal(found["a"], torch.arange(3.0))
    assert Checkpoint(path, "that").load() == (0, {})
    path.write_bytes(path.read_bytes()[:40])
    assert Checkpoint(path, "this").load() == (0, {})
    assert Checkpoint(tmp_path / "none", "this").load() == (0, {})


def test_nothing_is_saved_before_its_time(tmp_path: Path) -> None:
    Checkpoint(tmp_path / "checkpoint", "this", seconds=60).offer(5, state)
    assert not list(tmp_path.iterdir())


def test_weights_are_never_read_as_a_pickle(tmp_path: Path) -> None:
    path, proof = tmp_path / "dream.safetensors", tmp_path / "proof"
    for data in (pickle.dumps(Bomb(proof)), b"", b"\xff" * 64):
        path.write_bytes(data)
        with pytest.raises(ModelError, match="is not a safetensors file"):
            read_weights(path)
    torch.save({"bomb": Bomb(proof)}, path)
    with pytest.raises(ModelError, match="is not a safetensors file"):
        read_weights(path)
    assert not proof.exists()
    with pytest.raises(ModelError, match="missing"):
        read_weights(tmp_path / "none")


def test_weights_of_another_network_are_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="do not fit"):
        put_weights(nn.Linear(2, 2), {"weight": torch.zeros(3, 2)}, tmp_path)

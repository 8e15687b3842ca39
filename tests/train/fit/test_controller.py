"""A controller learns in its dream; a few batches are enough to see that it does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from dreambrush.arrays import Float32
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.train.fit import controller
from dreambrush.train.fit.checkpoint import Checkpoint
from dreambrush.train.fit.controller import SIDE, ControllerOptions, Round, learn_controller, rounds_of
from dreambrush.train.fit.practice_pictures import draw_picture
from dreambrush.train.fit.round_network import RoundNetwork

OIL = find_brush("oil").dream_folder()
FEW = ControllerOptions(batches=4, pictures=2, strokes=48)


def draw(rng: np.random.Generator) -> Float32:
    return draw_picture(None, SIDE, rng)


def test_rounds_double_or_grow_by_less_until_there_are_all_strokes() -> None:
    for seed in range(6):
        rounds = rounds_of(ControllerOptions(), np.random.default_rng(seed))
        assert rounds[0].strokes == rounds[0].wanted in (8, 16)
        assert sum(each.wanted for each in rounds) == rounds[-1].strokes >= 512
        assert rounds[0].pictures == 6 and rounds[-1].pictures == 2


def test_practice_lowers_what_is_left_of_the_error() -> None:
    """The same pictures again and again: the error after a first round falls."""
    pictures = [draw(np.random.default_rng(seed)) for seed in range(2)]
    options = ControllerOptions(pictures=2, strokes=32, refine_steps=0)
    torch.manual_seed(0)
    network = RoundNetwork()
    optimiser = torch.optim.Adam(network.parameters(), 5e-4)
    left = []
    with Dreams([OIL], cores=1) as dreams:
        for step in range(30):
            practice = controller._Practice(
                dreams, options, pictures, [np.random.default_rng((step, i)) for i in range(2)]
            )
            practice.scenes = [type(s)(p, dreams, s.constrain) for s, p in zip(practice.scenes, pictures, strict=True)]
            optimiser.zero_grad()
            practice.round(network, Round(2, 32, 32)).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            scenes = zip(practice.scenes, practice.canvases, strict=True)
            left.append(np.mean([scene.canvas_error(canvas) for scene, canvas in scenes]))
    assert np.mean(left[-5:]) < 0.97 * np.mean(left[:5])  # 0.935 here, after so few steps


def test_the_gradient_is_that_of_the_error() -> None:
    """Against differences, with all cells seen and nothing but the error in the loss."""
    picture = draw(np.random.default_rng(3))
    options = ControllerOptions(pictures=1, promise_weight=0.0, long_taste=0.0, refine_steps=0, cells=10**6)
    torch.manual_seed(1)
    with Dreams([OIL], cores=1) as dreams:
        practice = controller._Practice(dreams, options, [picture], [np.random.default_rng(0)])
        scene, canvas = practice.scenes[0], practice.canvases[0].copy()
        strokes = torch.tensor([[40.0, 50, 60, 40, 90, 60, 0.7, 0.9, 9]], requires_grad=True)
        trial = controller._Trial(scene, canvas, scene.everywhere)
        laid = controller._sketch(strokes, np.array([0]))
        by_strokes, cost = trial.lay(laid)
        assert cost[0] > 0

        def error(number: int, change: float) -> float:
            other = laid.strokes.copy()
            other[0, number] += change
            moved = type(laid)(other, trial.colours, laid.brush)
            return scene.view(moved, canvas).error

        for number, step in ((0, 0.2), (3, 0.2), (5, 0.2), (8, 0.1)):
            difference = (error(number, step) - error(number, -step)) / (2 * step)
            assert by_strokes[0, number] == pytest.approx(difference, rel=0.15, abs=0.3)


@pytest.mark.slow
def test_stopped_it_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    def weights(network: RoundNetwork) -> bytes:
        return b"".join(tensor.numpy().tobytes() for tensor in network.state_dict().values())

    whole = weights(learn_controller(OIL, draw, FEW, 5))

    def stop(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    path = tmp_path / "checkpoint"
    with pytest.raises(KeyboardInterrupt):
        learn_controller(OIL, draw, FEW, 5, progress=stop, checkpoint=Checkpoint(path, "it", seconds=0.0))
    told: list[int] = []
    again = learn_controller(
        OIL, draw, FEW, 5, progress=lambda done, total: told.append(done), checkpoint=Checkpoint(path, "it")
    )
    assert told == [3, 4] and weights(again) == whole


def test_it_begins_with_given_weights() -> None:
    begin = RoundNetwork().state_dict()
    still = ControllerOptions(batches=1, pictures=1, strokes=8, learning_rate=0.0)
    network = learn_controller(OIL, draw, still, 0, begin)
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, begin[name])

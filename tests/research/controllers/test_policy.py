from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from dreambrush.errors import ModelError, PictureError
from dreambrush.models.catalogue import WEIGHTS_FILE, find_brush
from dreambrush.painter.propose.windows import SIDE, Windows
from dreambrush.train.export.check import LARGEST_DIFFERENCE
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.learn import load_dream
from dreambrush.train.fit.samples import pixel_centres
from research.controllers.policy import CELLS, Policy, PolicyOptions, Trainer, score
from research.controllers.policy_controller import PolicyController
from research.controllers.policy_onnx import check_policy, policy_onnx
from research.controllers.simulator import lay, load_pictures, random_windows

QUICK = PolicyOptions(steps=80, windows=12, points=128, width=8, episode=2, learning_rate=4e-3)


@pytest.fixture(scope="module")
def dream() -> FieldDream:
    folder = find_brush("oil").dream
    assert folder is not None
    return load_dream(folder / WEIGHTS_FILE)


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    picture = Image.fromarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]
    return [np.asarray(picture.resize((96, 96)), np.float32) / 255]


@pytest.mark.slow
def test_training_gains_more_and_more(dream: FieldDream, pictures: list[np.ndarray]) -> None:
    torch.set_num_threads(1)
    trainer = Trainer(dream, pictures, QUICK, seed=0)
    shares = [trainer.step()["share"] for _ in range(QUICK.steps)]
    assert np.isfinite(shares).all()
    assert np.mean(shares[-20:]) > 1.1 * np.mean(shares[:8])


@pytest.mark.slow
@pytest.mark.parametrize("critic_weight", [0.0, 0.5])
def test_a_stopped_training_goes_on_as_if_it_had_not(
    dream: FieldDream, pictures: list[np.ndarray], tmp_path: Path, critic_weight: float
) -> None:
    torch.set_num_threads(1)
    options = replace(QUICK, steps=12, windows=4, critic_weight=critic_weight)
    whole = Trainer(dream, pictures, options, seed=3)
    for _ in range(5):
        whole.step()
    save_file(whole.state(), tmp_path / "checkpoint.safetensors")
    rest = [whole.step() for _ in range(7)]
    torch.manual_seed(99)
    resumed = Trainer(dream, pictures, options, seed=4)
    resumed.restore(load_file(tmp_path / "checkpoint.safetensors"))
    assert [resumed.step() for _ in range(7)] == rest
    assert all(torch.equal(a, b) for a, b in zip(whole.policy.parameters(), resumed.policy.parameters(), strict=True))


@pytest.mark.slow
def test_training_goes_on_from_a_trained_policy(dream: FieldDream, pictures: list[np.ndarray]) -> None:
    torch.manual_seed(5)
    start = Policy(6).eval()
    before = [weight.clone() for weight in start.parameters()]
    trainer = Trainer(dream, pictures, QUICK, seed=0, start=start)
    assert all(torch.equal(a, b) for a, b in zip(before, trainer.policy.parameters(), strict=True))
    trainer.step()
    assert all(torch.equal(a, b) for a, b in zip(before, start.parameters(), strict=True))


def test_strokes_are_on_the_window_and_long_to_begin_with() -> None:
    torch.manual_seed(1)
    policy = Policy(8)
    target, canvas = torch.rand(2, 3, SIDE, SIDE, 3)
    strokes, foretold = policy(target, canvas)
    assert strokes.shape == (3, CELLS * CELLS, 9) and foretold.shape == (3, CELLS * CELLS)
    assert ((foretold > 0) & (foretold < 1)).all()
    chord = (strokes[..., 4:6] - strokes[..., 0:2]).norm(dim=-1)
    assert (chord / (2 * strokes[..., 8])).median() > 1
    assert ((strokes[..., 6:8] >= 0.3) & (strokes[..., 6:8] <= 1)).all()


def test_gain_is_the_error_that_goes(dream: FieldDream) -> None:
    torch.manual_seed(2)
    target, canvas = torch.rand(2, 4, SIDE * SIDE, 3)
    strokes = torch.tensor([[8.0, 8, 16, 12, 24, 24, 1, 1, 3]]).repeat(4, 1)
    points = pixel_centres(SIDE).expand(4, -1, -1)
    laid = lay(dream, strokes, points, target, canvas)
    after = canvas + laid.mean[..., None] * (laid.colour[:, None] - canvas)
    removed = ((target - canvas) ** 2).sum((1, 2)) - ((target - after) ** 2).sum((1, 2))
    _, variance = dream(strokes, points)
    noise = (variance[..., None] * (laid.colour[:, None] - canvas) ** 2).sum((1, 2))
    torch.testing.assert_close(laid.gain, removed - noise, rtol=1e-3, atol=1e-3)


def test_dots_have_less_merit() -> None:
    long = torch.tensor([[0.0, 0, 10, 0, 20, 0, 1, 1, 2]])
    dot = torch.tensor([[0.0, 0, 0, 0, 0, 0, 1, 1, 2]])
    assert score(torch.ones(1), long, 0.3) > 0.98 > 0.72 > score(torch.ones(1), dot, 0.3)


def test_windows_come_from_the_pictures(tmp_path: Path, pictures: list[np.ndarray]) -> None:
    windows = random_windows(pictures, 5, np.random.default_rng(0))
    assert windows.shape == (5, SIDE, SIDE, 3)
    assert windows.min() >= 0 and windows.max() <= 1 + 1e-5 and windows.std() > 0.1
    with pytest.raises(PictureError, match="no pictures"):
        load_pictures(tmp_path)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    Image.fromarray((pictures[0] * 255).astype(np.uint8)).save(tmp_path / "good.png")
    assert len(load_pictures(tmp_path)) == 1


@pytest.mark.slow
def test_painting_runs_what_was_trained(tmp_path: Path) -> None:
    torch.manual_seed(3)
    policy = Policy(8).eval()
    torch.nn.init.normal_(policy.head.weight, std=0.5)  # as after training: what it sees decides
    (tmp_path / "policy.onnx").write_bytes(policy_onnx(policy))
    target, canvas = torch.rand(2, 5, SIDE, SIDE, 3)
    flat = np.zeros((5, 2), np.float32), np.ones(5, np.float32), np.zeros(5, np.int64)
    windows = Windows(target.numpy(), canvas.numpy(), *flat)
    proposals = PolicyController(tmp_path / "policy.onnx").propose(windows, 6, np.random.default_rng(0))
    assert proposals.shape == (5, 6, 9)
    with torch.no_grad():
        strokes, foretold = policy(target, canvas)
    for row in range(5):
        distance = np.abs(proposals[row][:, None] - strokes[row].numpy()[None]).max(-1)
        anchors = distance.argmin(1)
        assert (distance.min(1) < 1e-2).all()
        assert len(set(anchors)) == 6  # none is asked twice
        assert foretold[row, anchors[0]] >= foretold[row].max() - 1e-3  # the surest comes first


def test_a_broken_policy_is_told(tmp_path: Path) -> None:
    (tmp_path / "policy.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match="cannot be loaded"):
        PolicyController(tmp_path / "policy.onnx")


@pytest.mark.slow
def test_an_exported_policy_sees_target_and_canvas() -> None:
    torch.manual_seed(0)
    policy = Policy(4).eval()
    torch.nn.init.normal_(policy.head.weight)  # a new policy hardly looks at its window
    model = policy_onnx(policy)
    assert check_policy(policy, model).most < LARGEST_DIFFERENCE
    with pytest.raises(ModelError, match=r"policy\.onnx answers differently"):
        check_policy(Policy(4).eval(), model)

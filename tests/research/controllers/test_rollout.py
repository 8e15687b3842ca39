from __future__ import annotations

import numpy as np
import pytest

from dreambrush.dream.dream import Dream
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from research.controllers.rollout import judged, rollout
from research.controllers.transfer_gap import prove

SIDE = 40
WHITE = np.ones((1, 3), np.float32)


@pytest.fixture(scope="module")
def dream() -> Dream:
    return Dream(find_brush("oil").dream_folder(), threads=1)


def strokes(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    path, rest = rng.uniform(-4, SIDE + 4, (count, 6)), rng.uniform(0.2, 1, (count, 2))
    return np.concatenate([path, rest, rng.uniform(1, 6, (count, 1))], 1).astype(np.float32)


def everywhere(count: int) -> np.ndarray:
    axis = np.arange(SIDE, dtype=np.float32) + 0.5
    points = np.stack(np.meshgrid(axis, axis), -1).reshape(1, -1, 2)
    return np.ascontiguousarray(np.broadcast_to(points, (count, SIDE * SIDE, 2)))


@pytest.mark.parametrize("colour", [None, (0.1, 0.2, 0.3)])
def test_looking_only_where_paint_gets_gives_the_whole_gain(dream: Dream, colour: tuple[float, ...] | None) -> None:
    rng = np.random.default_rng(0)
    target, canvas = rng.random((2, 3, SIDE, SIDE, 3), dtype=np.float32)
    rows, drawn = np.array([0, 1, 2, 2, 1]), strokes(5, 1)
    fixed = None if colour is None else np.array(colour, np.float32)
    verdicts = judged(dream, drawn, rows, target, canvas, fixed)
    mean, variance = (alpha.reshape(-1, SIDE, SIDE, 1) for alpha in dream(drawn, everywhere(5)))
    there, aim = canvas[rows], target[rows]
    change = verdicts.colour[:, None, None] - there
    after = ((aim - there - mean * change) ** 2 + variance * change**2).sum((1, 2, 3))
    np.testing.assert_allclose(verdicts.gain, ((aim - there) ** 2).sum((1, 2, 3)) - after, rtol=2e-3, atol=0.3)
    if colour is not None:
        assert (verdicts.colour == fixed).all()
    for row, (pixels, alpha) in enumerate(zip(verdicts.pixels, verdicts.alpha, strict=True)):
        np.testing.assert_allclose(alpha, mean[row].ravel()[pixels], atol=1e-5)
        assert mean[row].sum() - alpha.sum() < 0.005 * mean[row].sum() + 0.05


def test_what_the_dream_is_unsure_of_adds_up_to_what_strokes_were_foretold_to_gain(dream: Dream) -> None:
    rng = np.random.default_rng(5)
    target, canvas = rng.random((1, SIDE, SIDE, 3), dtype=np.float32), np.ones((1, SIDE, SIDE, 3), np.float32)
    drawn = np.array([[10, 10, 18, 20, 30, 28, 0.9, 0.9, 4]], np.float32)
    before = float(((target - canvas) ** 2).sum())
    (laid,) = rollout(dream, target, canvas, 1, lambda residual: drawn[:, None], None)
    left = float(((target - laid.canvas) ** 2).sum())
    assert laid.gain[0] > 0 and laid.variance.sum() > 0
    assert before - left - laid.variance.sum() == pytest.approx(laid.gain[0], rel=1e-3)
    *_, twice = rollout(dream, target, canvas, 2, lambda residual: drawn[:, None], None)
    seen = laid.variance > laid.variance.max() / 2
    assert (twice.variance[seen] <= 2 * laid.variance[seen]).all()


def test_a_glance_comes_near(dream: Dream) -> None:
    rng = np.random.default_rng(3)
    target, canvas = np.zeros((1, SIDE, SIDE, 3), np.float32), np.ones((1, SIDE, SIDE, 3), np.float32)
    target += rng.random((1, SIDE, SIDE, 1), dtype=np.float32) * 0.2
    drawn = strokes(12, 4)
    rows = np.zeros(12, np.int64)
    whole, gains = (judged(dream, drawn, rows, target, canvas, None, most).gain for most in (None, 160))
    np.testing.assert_allclose(gains, whole, rtol=0.2, atol=20)


def test_strokes_that_gain_nothing_are_not_painted(dream: Dream) -> None:
    target = np.ones((2, SIDE, SIDE, 3), np.float32)
    target[0, 10:30, 18:22] = 0
    bar = np.array([20, 10, 20, 20, 20, 30, 1, 1, 2.0], np.float32)
    laid = list(
        rollout(dream, target, np.ones_like(target), 2, lambda wrong: np.tile(bar, (2, 1, 1)), np.zeros(3, "f4"))
    )
    assert laid[0].gain[0] > 100 and laid[0].gain[1] < 0
    assert (laid[-1].canvas[1] == 1).all() and laid[-1].canvas[0, 20, 20, 0] < 0.1


def test_the_best_of_several_is_laid(dream: Dream) -> None:
    target = np.ones((1, SIDE, SIDE, 3), np.float32)
    target[0, 10:30, 18:22] = 0
    bar = np.array([20, 10, 20, 20, 20, 30, 1, 1, 2.0], np.float32)
    beside = bar + np.array([9, 0, 9, 0, 9, 0, 0, 0, 0], np.float32)
    proposals = np.stack([beside, bar, beside])[None]
    (laid,) = rollout(dream, target, np.ones_like(target), 1, lambda wrong: proposals, np.zeros(3, np.float32))
    assert (laid.strokes[0] == bar).all()


def test_proof_tells_real_gain_from_dreamt_gain(dream: Dream) -> None:
    target = np.ones((1, SIDE, SIDE, 3), np.float32)
    target[0, 10:30, 18:22] = 0
    bar = np.array([[[20, 11, 20, 20, 20, 29, 1, 1, 2.0]]], np.float32)
    settings = read_myb(find_brush("oil").path)
    for again in (False, True):
        proof = prove(dream, settings, target, WHITE, 3, lambda a, b: bar, np.zeros(3, np.float32), look_again=again)
        assert len(proof.real) == len(proof.dreamt) == len(proof.strokes) >= 1
        assert proof.real.sum() == pytest.approx((proof.before - proof.after).sum() * target.size, rel=1e-4)
        figures = proof.figures()
        assert figures["share_removed"] > 0.7 and figures["short"] == 0 and figures["curled"] == 0
        assert abs(figures["gain_dreamt"] - figures["gain_real"]) < 0.1
        assert np.abs(proof.paintings - target).mean() < 0.1


def test_proof_catches_a_dream_that_promises_too_much(dream: Dream) -> None:
    class Flatterer:
        """Believes that every stroke paints exactly what is wanted."""

        reach = dream.reach

        def __call__(self, rows: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            wanted = (np.abs(points[..., 0] - 20) < 2) & (np.abs(points[..., 1] - 20) < 10)
            return wanted.astype(np.float32), np.zeros(wanted.shape, np.float32)

    target = np.ones((1, SIDE, SIDE, 3), np.float32)
    target[0, 10:30, 18:22] = 0
    curl = np.array([[[20, 19, 20, 40, 20, 20, 1, 1, 9.0]]], np.float32)
    settings = read_myb(find_brush("oil").path)
    flatterer: Dream = Flatterer()  # type: ignore[assignment]
    proof = prove(flatterer, settings, target, WHITE, 1, lambda a, b: curl, np.zeros(3, np.float32))
    figures = proof.figures()
    assert figures["transfer_gap"] > 0.5 and figures["curled"] == 1

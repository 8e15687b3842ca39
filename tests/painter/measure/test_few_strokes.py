from __future__ import annotations

import numpy as np
import pytest

from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.measure.few_strokes import run_trial, summarise
from dreambrush.painter.painting import Progress
from dreambrush.painter.plan import effort as efforts
from tests.painter.scattered import Scattered

BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


@pytest.fixture(autouse=True)
def little_thought(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials are painted as always, with less effort: how good they are does not matter here."""
    monkeypatch.setitem(efforts.EFFORTS, efforts.MOST, efforts.EFFORTS[efforts.LEAST])


def bar(column: int = 12) -> np.ndarray:
    target = np.ones((32, 32, 3), np.float32)
    target[6:26, column : column + 5] = 0
    return target


def test_a_trial_tells_what_became_of_its_strokes() -> None:
    trial = run_trial(bar(), find_brush("pencil"), 3, 7, colour=BLACK, ground=WHITE)
    assert len(trial.strokes) == 3 and not trial.strokes.colour.any() and (trial.ground == 255).all()
    layers = lay_strokes(trial.strokes, [read_myb(find_brush("pencil").path)], 7)
    assert np.array_equal(trial.transfer.real, merge_layers(layers, trial.ground))
    assert trial.transfer.mse == np.mean((trial.transfer.real / 255.0 - bar()) ** 2)
    assert trial.transfer.mse < 0.2 * np.mean((1 - bar()) ** 2)
    assert trial.seconds > 0 and trial.cpu_seconds > 0 and np.array_equal(trial.target, bar())


def test_one_seed_one_painting_and_another_controller_another() -> None:
    one, again = (run_trial(bar(), find_brush("oil"), 2, 1) for _ in range(2))
    assert one.strokes == again.strokes and one.transfer.dreamed_mse == again.transfer.dreamed_mse
    assert run_trial(bar(), find_brush("oil"), 2, 1, controller=Scattered()).strokes != one.strokes


def test_an_interrupted_trial_is_not_measured() -> None:
    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_trial(bar(), find_brush("oil"), 5, 1, progress=stop)


def test_figures_of_several_trials() -> None:
    trials = [run_trial(bar(column), find_brush("pencil"), 2, 1, ground=WHITE) for column in (4, 20)]
    figures = summarise(trials)
    real, dreamed = ([getattr(trial.transfer, name) for trial in trials] for name in ("mse", "dreamed_mse"))
    assert figures["mse"] == pytest.approx(np.mean(real)) and figures["dreamed_mse"] == pytest.approx(np.mean(dreamed))
    assert figures["transfer_gap"] == pytest.approx(1 - np.mean(dreamed) / np.mean(real))
    gaps = [abs(1 - d / r) for d, r in zip(dreamed, real, strict=True)]
    assert figures["mean_absolute_gap"] == pytest.approx(np.mean(gaps))
    assert figures["seconds"] == pytest.approx(np.mean([trial.seconds for trial in trials]))
    assert figures["cpu_seconds"] == pytest.approx(np.mean([trial.cpu_seconds for trial in trials]))

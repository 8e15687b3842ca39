from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import BrushSetting, BrushSettings, read_myb
from dreambrush.train.collect.strokes import Collection, paint_coloured, random_colours, random_strokes
from dreambrush.train.fit.colour import ColourDream, evaluate_colour, fit_colour

pytestmark = pytest.mark.usefixtures("one_thread")


def painted(settings: BrushSettings, count: int, seed: int) -> Collection:
    return paint_coloured(settings, random_strokes(count, seed), random_colours(count, seed))


@pytest.mark.slow
def test_it_learns_a_brush_that_gets_lighter_with_pressure() -> None:
    oil = read_myb(find_brush("oil").path)
    by_pressure = BrushSetting(0.0, {"pressure": ((0.0, -0.5), (1.0, 0.5))})
    lighter = replace(oil, settings={**oil.settings, "change_color_v": by_pressure})
    dream = fit_colour(painted(lighter, 800, 0), 1.0, torch.eye(2), seed=0, steps=300)
    score = evaluate_colour(dream, painted(lighter, 200, 1))
    assert score.constant_error > 0.01
    assert score.error < 0.35 * score.constant_error


def test_colours_stay_colours() -> None:
    torch.manual_seed(0)
    dream = ColourDream()
    strokes = torch.from_numpy(random_strokes(5, 0))
    colour = torch.from_numpy(np.array([[0, 0, 0], [1, 1, 1], [1, 0, 0], [0.5, 0.5, 0.5], [0, 1, 0.3]], np.float32))
    shifted = colour[:, None] + dream(strokes, torch.rand(5, 40, 2) * 64, colour)
    assert (shifted >= -1e-6).all() and (shifted <= 1 + 1e-6).all()


def test_nothing_to_see_is_no_error() -> None:
    clear = read_myb(find_brush("oil").path).with_values(opaque=0.0)
    dream = fit_colour(painted(clear, 20, 0), 1.0, torch.eye(2), seed=0, steps=5)
    assert evaluate_colour(dream, painted(clear, 20, 1)).error == 0

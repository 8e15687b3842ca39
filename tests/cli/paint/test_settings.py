"""What the settings of a painting mean to the painter, and that it heeds them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dreambrush.cli.paint.resume import settings_of
from dreambrush.cli.paint.settings import FINISHING, FINISHING_PER_PIXEL, PaintSettings, StrokeWidth
from dreambrush.errors import UsageError


def settings(**changed: Any) -> PaintSettings:
    usual = {"strokes": 9, "effort": 3, "hand": 0.4, "layers": 5, "min_size": None, "max_size": None, "time": None}
    none = dict.fromkeys(("until", "palette", "focus", "ground", "style", "max_length"))
    rest = {
        "min_pressure": 0.05,
        "jitter": 0.0,
        "controller": "learned",
        "pigment": False,
        "your_turn": True,
        "seed": 0,
    }
    return PaintSettings(**{**usual, **none, **rest, **changed})


def test_what_the_painter_is_told() -> None:
    usual = settings().for_painter(400, 300, 7.0)
    assert (usual.seconds, usual.until, usual.narrowest, usual.widest) == (None, 0.0, None, None)
    widths = {"min_size": StrokeWidth(1, True), "max_size": StrokeWidth(60, False)}
    asked = settings(time=30.0, until=20.0, effort=5, hand=0.7, layers=2, pigment=True, **widths)
    options = asked.for_painter(300, 400, 7.0)
    assert (options.narrowest, options.widest) == (4, 60)
    assert (options.effort, options.hand, options.layers, options.pigment) == (5, 0.7, 2, True)
    assert options.until == pytest.approx(0.01)
    assert options.seconds == pytest.approx(23 - FINISHING - 120_000 * FINISHING_PER_PIXEL)
    assert settings(time=3.0).for_painter(300, 400, 7.0).seconds == 0
    thick = settings(time=30.0, relief=0.5).for_painter(300, 400, 7.0)
    assert thick.seconds is not None and 22 < thick.seconds < 23 - FINISHING - 120_000 * FINISHING_PER_PIXEL
    with pytest.raises(UsageError, match="larger than"):
        settings(min_size=StrokeWidth(16, True), max_size=StrokeWidth(60, False)).for_painter(300, 400, 0.0)
    assert json.loads(json.dumps(asked.record()))["min_size"] == "1%"


def test_what_has_its_default_is_not_recorded_where_earlier_versions_did_not() -> None:
    plain, lost = settings(), settings(edges=0.7, flatten_pigment=True, relief=0.2, flow="lines.png")
    assert not {"edges", "flatten_pigment", "relief", "flow"} & plain.record().keys()
    assert (lost.record()["edges"], lost.record()["flatten_pigment"]) == (0.7, True)
    assert settings_of(plain.record()) == plain and settings_of(lost.record()) == lost
    lost = replace(lost, flow=None)
    assert (plain.for_painter(40, 30, 0.0).edges, lost.for_painter(40, 30, 0.0).edges) == (0.0, 0.7)
    assert (plain.for_painter(40, 30, 0.0).relief, lost.for_painter(40, 30, 0.0).relief) == (0.0, 0.2)


@pytest.mark.slow
def test_widths_are_kept() -> None:
    from dreambrush.models.catalogue import find_brush
    from dreambrush.painter.run import paint

    target = np.random.default_rng(0).random((48, 64, 3)).astype(np.float32)
    asked = settings(effort=1, min_size=StrokeWidth(6, False), max_size=StrokeWidth(25, True))
    strokes = paint(target, find_brush("oil"), 50, options=asked.for_painter(64, 48, 0.0)).strokes
    assert strokes.radius.min() >= 3 and strokes.radius.max() <= 8

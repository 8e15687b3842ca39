"""Hostile brushes end no process, and keep none busy for ever; ``python -m tests.fuzz.brushes`` paints with more."""

from __future__ import annotations

import pytest

from tests.fuzz.brushes import KINDS, fuzz


@pytest.mark.slow
def test_no_hostile_brush_ends_the_process_or_keeps_it_busy() -> None:
    report = fuzz(cases=200, seed=0)
    assert report.failures == []
    assert report.cases == 200 and set(report.kinds) == set(KINDS)
    assert report.outcomes["painted"] > 40 and report.outcomes["too much work"] > 40  # it reaches the engine
    assert report.most_megabytes < 200

"""Learning what tells brushes apart."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.medium import Case, learned, order_of, own_brushes, scanned, table_of
from dreambrush.reference.texture import SIZE

BRUSHES = 6


@pytest.fixture
def cases() -> list[Case]:
    """Brushes differ in a few figures; more figures vary by chance; all have an offset."""
    random = np.random.default_rng(0)
    nature = np.zeros((BRUSHES, SIZE))
    nature[:, :4] = random.normal(0, 1, (BRUSHES, 4))
    found = []
    for picture in range(6):
        for brush in range(BRUSHES):
            chance = np.concatenate([random.normal(0, 0.1, 4), random.normal(0, 2, SIZE - 4)])
            differences = nature - nature[brush] + chance + 0.7
            differences[:, -1] = np.nan
            found.append(Case(str(picture), brush, np.stack([differences, differences + random.normal(0, 0.05, SIZE)])))
    return found


def test_unseen_cases_are_judged(cases: list[Case]) -> None:
    seen, unseen = cases[: -2 * BRUSHES], cases[-2 * BRUSHES :]
    metric = learned(seen)
    right = [order_of(metric, case.differences[0])[0][0] == case.brush for case in unseen]
    plain = [np.nansum(case.differences[0] ** 2, 1).argmin() == case.brush for case in unseen]
    assert np.mean(right) > 0.8
    assert np.mean(plain) < 0.6  # or there was nothing to learn


def test_a_table_says_what_was_learned(cases: list[Case]) -> None:
    metric = learned(cases)
    table = json.loads(table_of(metric))
    np.testing.assert_allclose(table["flat"]["offset"], metric.flat.offset, rtol=1e-4, atol=1e-12)
    np.testing.assert_allclose(table["scanned"]["directions"], metric.scanned.directions, rtol=1e-4, atol=1e-12)


def test_a_scan_is_another_picture_of_the_same() -> None:
    picture = np.random.default_rng(0).random((64, 48, 3)).astype(np.float32)
    scans = [scanned(picture, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert scans[0].shape == picture.shape
    np.testing.assert_array_equal(scans[0], scans[1])
    assert (scans[0] != scans[2]).any()
    assert 0.001 < np.abs(scans[0] - picture).mean() < 0.2


def test_brushes_that_lay_paint_are_tried() -> None:
    names = [brush.name for brush in own_brushes()]
    assert "oil" in names
    assert not {"blender", "kneaded-eraser"} & set(names)

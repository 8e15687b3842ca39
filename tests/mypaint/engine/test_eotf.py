"""Levels and light: MyPaint's approximate powers are near the true ones, and levels survive the way there and back."""

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.mypaint.engine.eotf import LINEAR, ONE, PLAIN, levels_of_light, light_of_levels, nearest_levels, shown

NO_NOISE = np.zeros(256, np.uint32)
LEVELS = np.arange(256)


def test_light_is_the_power_of_the_level() -> None:
    true = (LEVELS / 255) ** 2.2
    assert np.abs(light_of_levels(LINEAR) / ONE - true).max() < 3e-4
    assert (np.diff(light_of_levels(LINEAR).astype(int)) >= 0).all()
    assert light_of_levels(LINEAR)[[0, 255]].tolist() == [0, ONE]


def test_what_light_looks_like_is_the_root_of_it() -> None:
    light = np.arange(ONE + 1) / ONE
    assert np.abs(shown(LINEAR) - light ** (1 / 2.2)).max() < 3e-4
    np.testing.assert_allclose(shown(PLAIN), light, atol=1e-7)


@pytest.mark.parametrize("eotf", [PLAIN, LINEAR])
def test_levels_come_back(eotf: float) -> None:
    lost = [1] if eotf == LINEAR else []  # as in MyPaint: (1/255)^2.2 is less than half of the smallest light
    kept = np.setdiff1d(LEVELS, lost)
    assert np.array_equal(nearest_levels(eotf)[light_of_levels(eotf)][kept], kept)
    if eotf == LINEAR:
        assert np.array_equal(levels_of_light(light_of_levels(eotf), NO_NOISE, eotf)[kept], kept)


def test_tables_cannot_be_changed_by_accident() -> None:
    for table in (light_of_levels(LINEAR), shown(LINEAR), nearest_levels(LINEAR)):
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 1

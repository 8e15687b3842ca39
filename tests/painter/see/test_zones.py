from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.painter.see.target import Target
from dreambrush.painter.see.zones import ZONES, tone_below, zone_map

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures


def test_zones_of_a_portrait(astronaut: Pictures) -> None:
    target = Target(astronaut(256), None)
    found = {where: zone_map(where, target) for where in ZONES}
    assert found.pop("everywhere") is None
    for where, zone in found.items():
        assert zone is not None and zone.shape == (256, 256) and zone.dtype == np.float32, where
        assert zone.min() >= 0 and zone.max() <= 1 and zone.max() > 0.9, where
    face, subject, background = (found[where] for where in ("face", "subject", "background"))
    assert face is not None and subject is not None and background is not None
    assert face[60, 112] > 0.9 and face[200, 30] < 0.1 and face.mean() < 0.15
    assert np.allclose(subject + background, 1) and subject[60, 112] > 0.8
    tones = target.picture.mean(2)
    dark, light, edges = (found[where] for where in ("dark", "light", "edges"))
    assert dark is not None and light is not None and edges is not None
    assert tones[dark > 0.9].max() < tones[light > 0.9].min()
    slope = np.hypot(*np.gradient(tones))
    assert slope[edges > 0.7].mean() > 4 * slope[edges < 0.1].mean()


@pytest.mark.parametrize("where", ["face", "edges"])
def test_what_is_not_there(where: str) -> None:
    zone = zone_map(where, Target(np.full((64, 64, 3), 0.5, np.float32), None))  # type: ignore[arg-type]
    assert zone is not None and not zone.any()


def test_the_tone_below_which_a_share_lies() -> None:
    tones = np.repeat(np.array([0.0, 0.2, 0.6, 1.0], np.float32), 25).reshape(10, 10)
    assert tone_below(tones, 0.2) == 0 and abs(tone_below(tones, 0.5) - 0.2) < 0.01 and tone_below(tones, 0.99) == 1

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.painter.see.drawn_flow import Flow
from dreambrush.painter.see.guide import Guide, GuidedField
from dreambrush.painter.see.orientation import OrientationField

HEIGHT, WIDTH = 96, 128


def stripes() -> Float32:
    """Light and dark stripes that run from left to right."""
    wave = 0.5 + 0.3 * np.sin(np.arange(HEIGHT) / 3)
    return np.broadcast_to(wave[:, None, None], (HEIGHT, WIDTH, 3)).astype(np.float32)


def flat() -> Float32:
    return np.full((HEIGHT, WIDTH, 3), 0.5, np.float32)


def flow(degrees: float, strength: Float32 | float) -> Flow:
    strong = np.broadcast_to(np.asarray(strength, np.float32), (12, 16))
    return Flow(np.full((12, 16), np.radians(degrees), np.float32), strong)


def apart(a: Float32, degrees: float) -> float:
    return float(np.degrees(np.abs((a - np.radians(degrees) + np.pi / 2) % np.pi - np.pi / 2)).max())


POINTS = np.random.default_rng(0).uniform(8, 88, (50, 3, 2)).astype(np.float32)
SCALE = np.full(50, 4, np.float32)


def test_a_guide_tells_its_flow_everywhere() -> None:
    left = np.repeat(np.array([1.0, 0.0], np.float32), 8)[None]
    guide = Guide(flow(60, left), flat())
    direction, strength = guide.at(np.array([[[20, 40], [-30, 40], [110, 40], [200, 90]]], np.float32))
    assert direction.shape == (1, 4) and apart(direction[:, :2], 60) < 0.1
    np.testing.assert_allclose(strength, [[1, 1, 0, 0]], atol=1e-5)


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_where_the_guide_is_sure_the_form_does_not_count(strength: float) -> None:
    form = OrientationField(stripes())
    direction, coherence = GuidedField(form, Guide(flow(50, strength), flat())).at(POINTS, SCALE)
    assert apart(direction, 50 if strength else 0) < 2
    if strength:
        assert coherence.min() > 0.99
    else:
        np.testing.assert_allclose(coherence, form.at(POINTS, SCALE)[1], atol=1e-5)


def test_between_them_lies_what_both_say() -> None:
    direction, _ = GuidedField(OrientationField(stripes()), Guide(flow(50, 0.5), flat())).at(POINTS, SCALE)
    assert apart(direction, 25) < 10


def test_a_guide_spares_clear_edges_where_no_line_is() -> None:
    picture = flat()
    picture[:, 64:] = 0.95
    at = np.array([[[64, 48], [20, 48]]], np.float32)
    (on_edge, beside), (on_line, _) = (Guide(flow(0, share), picture).at(at)[1][0] for share in (0.6, 1.0))
    assert on_edge < 0.25 and beside == pytest.approx(0.6, abs=1e-4) and on_line == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("size", [(1, 1), (1, 200), (300, 2), (129, 700)])
def test_pictures_of_any_size(size: tuple[int, int]) -> None:
    guide = Guide(flow(20, 1.0), np.full((*size, 3), 0.5, np.float32))
    direction, strength = guide.at(np.zeros((2, 1, 2), np.float32))
    assert apart(direction, 20) < 0.1 and strength.min() > 0.99

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.arrays import Float32
from dreambrush.painter.see.orientation import OrientationField

SIDE = 96


def stripes(angle: float, wave: float, contrast: float = 0.3, side: int = SIDE) -> Float32:
    """Soft stripes that run at an angle (radians)."""
    x, y = np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5)
    across = np.cos(angle) * y - np.sin(angle) * x
    return np.repeat((0.5 + contrast * np.sin(2 * np.pi / wave * across))[..., None], 3, -1).astype(np.float32)


def places(count: int = 200, side: float = SIDE, margin: float = 0) -> Float32:
    return np.random.default_rng(0).uniform(margin, side - margin, (count, 1, 2)).astype(np.float32)


def look(picture: Float32, points: Float32, scale: float) -> tuple[Float32, Float32]:
    return OrientationField(picture).at(points, np.full(len(points), scale, np.float32))


def apart(a: Float32 | float, b: Float32 | float) -> Float32:
    """Angles between directions, in degrees."""
    return np.asarray(np.degrees(np.abs((a - b + np.pi / 2) % np.pi - np.pi / 2)), np.float32)


@given(st.floats(-90, 90), st.sampled_from([(6.0, 1.5), (12.0, 3.0), (24.0, 4.0), (24.0, 6.0)]))
@settings(max_examples=40)
def test_the_form_runs_along_stripes(degrees: float, wave_and_scale: tuple[float, float]) -> None:
    wave, scale = wave_and_scale
    direction, coherence = look(stripes(np.radians(degrees), wave), places(), scale)
    assert direction.shape == coherence.shape == (200, 1) and direction.dtype == coherence.dtype == np.float32
    assert apart(direction, np.radians(degrees)).max() < 5 and (np.abs(direction) <= np.pi / 2 + 1e-6).all()
    assert coherence.min() > 0.95 and coherence.max() <= 1


@pytest.mark.parametrize("scale", [0.1, 1, 3, 10, 1000])
def test_nothing_to_see_has_no_form(scale: float) -> None:
    assert look(np.full((SIDE, SIDE, 3), 0.4, np.float32), places(), scale)[1].max() == 0


def test_faint_grain_has_hardly_any_form_and_a_faint_edge_has() -> None:
    grain = np.random.default_rng(0).normal(0.5, 2 / 255, (SIDE, SIDE, 3)).astype(np.float32)
    assert look(grain, places(), 1)[1].mean() < 0.1
    assert look(grain, places(), 4)[1].mean() < 0.01
    grain[:, SIDE // 2 :] += np.float32(0.06)
    on_edge = places() * [0, 1] + np.array([SIDE / 2, 0])
    direction, coherence = look(grain, on_edge.astype(np.float32), 1)
    assert coherence.min() > 0.6 and apart(direction, np.pi / 2).mean() < 10


def test_colours_of_the_same_brightness_make_form_too() -> None:
    picture = np.full((32, 32, 3), 0.5, np.float32)
    picture[16:] += np.array([0.2, 0, -0.2], np.float32)
    direction, coherence = look(picture, np.array([[[16, 16]]], np.float32), 2)
    assert apart(direction, 0).item() < 1 and coherence.item() > 0.95


def test_opposite_edges_of_a_line_do_not_cancel() -> None:
    picture = np.zeros((32, 32, 3), np.float32)
    picture[:, 15:17] = 1
    for scale in (1, 2, 4):
        direction, coherence = look(picture, np.array([[[16, 16]]], np.float32), scale)
        assert apart(direction, np.pi / 2).item() < 1 and coherence.item() > 0.95


def test_a_ramp_has_form_for_a_wide_stroke_only() -> None:
    ramp = np.repeat(np.linspace(0.3, 0.7, 256, dtype=np.float32)[None, :, None], 256, 0).repeat(3, 2)
    points = places(side=256)
    assert look(ramp, points, 1)[1].max() < 0.1
    direction, coherence = look(ramp, points, 32)
    assert coherence.min() > 0.7 and apart(direction, np.pi / 2).max() < 1


def test_a_fine_stroke_sees_the_weave_and_a_wide_one_the_mass() -> None:
    picture = stripes(0, 3, 0.1, 128) + stripes(np.pi / 2, 64, 0.2, 128) - np.float32(0.5)
    points = places(side=128, margin=16)
    assert apart(look(picture, points, 1)[0], 0).mean() < 5
    assert apart(look(picture, points, 8)[0], np.pi / 2).mean() < 5


def test_a_stroke_beside_an_edge_feels_it_at_its_rim() -> None:
    picture = np.zeros((128, 128, 3), np.float32)
    picture[:, 64:] = 0.5
    for radius in (2, 3, 4, 6, 8, 12, 16):
        direction, coherence = look(picture, np.array([[[64 - radius, 64]]], np.float32), radius)
        assert coherence.item() > 0.6 and apart(direction, np.pi / 2).item() < 1
        far = look(picture, np.array([[[max(64 - 6 * radius, 1), 64]]], np.float32), radius)[1]
        assert radius > 10 or far.item() < 0.01


Turn = Callable[[Float32], Float32]


@pytest.mark.parametrize(
    ("turn_picture", "turn_points", "turn_direction"),
    [
        (np.rot90, lambda p: np.stack([p[..., 1], SIDE - p[..., 0]], -1), lambda a: a - np.pi / 2),
        (np.fliplr, lambda p: np.stack([SIDE - p[..., 0], p[..., 1]], -1), lambda a: -a),
        (lambda t: t.swapaxes(0, 1), lambda p: p[..., ::-1], lambda a: np.pi / 2 - a),
    ],
)
def test_the_form_turns_with_the_picture(turn_picture: Turn, turn_points: Turn, turn_direction: Turn) -> None:
    rng = np.random.default_rng(5)
    coarse = rng.random((12, 12, 3), np.float32)
    picture = np.kron(coarse, np.ones((8, 8, 1), np.float32)) + rng.normal(0, 0.02, (SIDE, SIDE, 3)).astype(np.float32)
    for scale in (1, 3, 9):
        direction, coherence = look(picture, places(), scale)
        turned, as_coherent = look(turn_picture(picture), turn_points(places()), scale)
        np.testing.assert_allclose(as_coherent, coherence, atol=1e-3)
        assert (apart(turned, turn_direction(direction)) * coherence).max() < 0.2


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_a_picture_of_twice_the_size_has_the_same_form(seed: int) -> None:
    rng = np.random.default_rng(seed)
    picture = np.kron(rng.random((12, 12, 3), np.float32), np.ones((8, 8, 1), np.float32))
    twice = np.kron(picture, np.ones((2, 2, 1), np.float32))
    scale = float(rng.uniform(2, 12))
    direction, coherence = look(picture, places(), scale)
    as_direction, as_coherence = look(twice, 2 * places(), 2 * scale)
    assert np.abs(as_coherence - coherence).mean() < 0.05
    assert (apart(as_direction, direction) * coherence).mean() < 2


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_any_picture_will_do(height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    form = OrientationField(rng.random((height, width, 3), np.float32))
    points = rng.uniform(-50, 100, (20, 5, 2)).astype(np.float32)
    direction, coherence = form.at(points, np.exp(rng.uniform(-5, 8, 20)).astype(np.float32))
    assert np.isfinite(direction).all() and (coherence >= 0).all() and (coherence <= 1).all()
    corner, beyond = (form.at(np.full((1, 1, 2), far, np.float32), np.ones(1, np.float32)) for far in (100, 1000))
    assert corner == beyond


def test_bands_leave_no_seams() -> None:
    # Two pictures of the same content, one of them set off by 16 rows, so that bands cut it elsewhere.
    picture = np.random.default_rng(0).random((400, 24, 3), np.float32)
    lower = picture[16:]
    points = places(side=1) * [20, 300] + np.array([2, 40])
    for scale in (1, 2, 4):
        whole = look(picture, points.astype(np.float32), scale)
        part = look(lower, (points - np.array([0, 16])).astype(np.float32), scale)
        np.testing.assert_allclose(part[1], whole[1], atol=1e-4)


def test_no_points_no_answers() -> None:
    direction, coherence = OrientationField(stripes(0, 8)).at(np.zeros((0, 5, 2), np.float32), np.zeros(0, np.float32))
    assert direction.shape == coherence.shape == (0, 5)

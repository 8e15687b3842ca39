"""Warmer lights, cooler shadows, the same values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.painter.see.temperature import MOST, tempered
from dreambrush.pictures.palette import oklab

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures


def greys(side: int = 64) -> Float32:
    """A ramp from black to white, (side, side, 3)."""
    ramp = np.linspace(0, 1, side, dtype=np.float32)
    return np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (side, side, 3)))


def lab_of(picture: Float32) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return oklab(picture.reshape(-1, 3)).reshape(picture.shape)


def test_lights_get_warmer_and_shadows_cooler() -> None:
    picture = greys()
    moved = lab_of(tempered(picture, 1.0)) - lab_of(picture)
    light, dark = moved[:, 44:54].mean((0, 1)), moved[:, 10:20].mean((0, 1))
    assert light[2] > 0.5 * MOST and dark[2] < -0.5 * MOST
    assert light[1] > 0.004 and dark[1] < -0.004
    assert np.abs(moved[..., 2]).max() < 1.2 * MOST


def test_values_stay(astronaut: Pictures) -> None:
    picture = astronaut(128)
    moved = np.abs(lab_of(tempered(picture, 1.0)) - lab_of(picture))
    assert moved[..., 0].mean() < 0.004 < 0.015 < moved[..., 2].mean()


def test_black_and_white_stay_as_they_are() -> None:
    picture = greys()
    after = tempered(picture, 1.0)
    np.testing.assert_allclose(after[:, [0, -1]], picture[:, [0, -1]], atol=1e-6)


def test_the_dial_goes_from_nothing_to_the_whole(astronaut: Pictures) -> None:
    picture = astronaut(96)
    moved = [float(np.abs(tempered(picture, dial) - picture).mean()) for dial in (0.0, 0.25, 0.5, 1.0)]
    assert moved[0] < 0.002 and moved == sorted(moved) and moved[-1] > 0.01


def test_it_gives_the_same_bytes_again_and_leaves_the_picture_alone(astronaut: Pictures) -> None:
    picture = astronaut(96)
    before = picture.copy()
    assert tempered(picture, 0.5).tobytes() == tempered(picture, 0.5).tobytes()
    assert np.array_equal(picture, before)
    after = tempered(picture, 1.0)
    assert after.dtype == np.float32 and after.min() >= 0 and after.max() <= 1

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import skimage.data

from dreambrush.arrays import Float32
from dreambrush.painter.see.saliency import ELSEWHERE, FACE, FEATURE, FOCUS, detail_weight, focus_weight

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures

# In the picture of 512 px, measured by eye: x and y.
EYES, MOUTH, CHEEK, WALL = ((203, 101), (247, 103)), (224, 144), (192, 122), (330, 60)


def weight_of(picture: Float32, strength: float = 1.0) -> Float32:
    weight = detail_weight(picture, strength)
    assert weight is not None
    return weight


def test_a_picture_without_a_face_has_an_even_weight(astronaut: Pictures) -> None:
    coffee = skimage.data.coffee()  # type: ignore[no-untyped-call]
    assert detail_weight(np.asarray(coffee, np.float32) / np.float32(255)) is None
    assert detail_weight(astronaut(256)[130:]) is None
    assert detail_weight(np.zeros((1, 1, 3), np.float32)) is None


@pytest.mark.parametrize("height", [150, 256, 1300])
def test_it_is_a_weight_for_each_pixel(astronaut: Pictures, height: int) -> None:
    picture = astronaut(max(height, 200))[:height]
    weight = weight_of(picture)
    assert weight.shape == picture.shape[:2]
    assert weight.dtype == np.float32
    assert weight.mean(dtype=np.float64) == pytest.approx(1, abs=1e-5)
    assert weight.min() >= ELSEWHERE


def test_a_face_counts_more_and_eyes_and_mouth_most(astronaut: Pictures) -> None:
    weight = weight_of(astronaut(512))
    cheek, wall = weight[CHEEK[::-1]], weight[WALL[::-1]]
    assert cheek / wall == pytest.approx(FACE, rel=0.1)
    for place in (*EYES, MOUTH):
        assert weight[place[::-1]] / wall == pytest.approx(FEATURE, rel=0.1)
    assert weight.max() / weight.min() <= FEATURE * 1.001
    assert (weight == weight.min()).mean() > 0.8  # all that is not near the face


def test_it_is_smooth(astronaut: Pictures) -> None:
    weight = weight_of(astronaut(512))
    for axis in (0, 1):
        assert np.abs(np.diff(np.log(weight), axis=axis)).max() < 0.1


def test_it_is_alike_at_all_sizes(astronaut: Pictures) -> None:
    small, large = weight_of(astronaut(256)), weight_of(astronaut(1024))
    reduced = large.reshape(256, 4, 256, 4).mean((1, 3))
    assert np.abs(np.log(reduced / small)).mean() < 0.04


def test_of_two_faces_none_takes_from_the_other(astronaut: Pictures) -> None:
    one = weight_of(astronaut(300))
    two = weight_of(np.concatenate([astronaut(300), astronaut(300)], 1))
    for half in (two[:, :300], two[:, 300:]):
        assert np.abs(np.log(half / half.min()) - np.log(one / one.min())).mean() < 0.02


def test_a_face_at_the_edge_counts_too(astronaut: Pictures) -> None:
    weight = weight_of(astronaut(512)[:, 200:])
    eye = EYES[1]
    assert weight[eye[1], eye[0] - 200] / weight.min() == pytest.approx(FEATURE, rel=0.2)


def test_a_face_that_fills_the_picture_leaves_the_rest_its_share(astronaut: Pictures) -> None:
    weight = weight_of(astronaut(512)[20:200, 150:300])
    assert weight.min() == pytest.approx(ELSEWHERE, abs=0.01)
    assert weight.mean(dtype=np.float64) == pytest.approx(1, abs=1e-5)
    assert weight[EYES[0][1] - 20, EYES[0][0] - 150] > 1.5


def test_strength_is_a_power_of_the_weight(astronaut: Pictures) -> None:
    picture = astronaut(128)
    assert detail_weight(picture, 0) is None
    whole, root = weight_of(picture), weight_of(picture, 0.5)
    np.testing.assert_allclose((root / root.min()) ** 2, whole / whole.min(), rtol=1e-4)


def test_the_same_picture_gives_the_same_weight(astronaut: Pictures) -> None:
    assert weight_of(astronaut(200)).tobytes() == weight_of(astronaut(200)).tobytes()


def test_the_artist_s_focus() -> None:
    mask = np.zeros((20, 30), np.float32)
    assert focus_weight(mask, None) is None and focus_weight(mask + 1, None) is None
    mask[5:10, 5:15] = 1
    weight = focus_weight(mask, None)
    assert weight is not None and weight.dtype == np.float32
    assert weight.mean() == pytest.approx(1) and weight[7, 7] == pytest.approx(FOCUS * weight[0, 0])
    attention = np.ones((20, 30), np.float32)
    attention[:, :2] = 4
    both = focus_weight(mask, attention)
    assert both is not None and both[0, 0] == pytest.approx(4 * both[0, 20]) and both.mean() == pytest.approx(1)

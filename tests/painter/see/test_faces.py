from __future__ import annotations

import hashlib
import json
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import skimage.data

from dreambrush.errors import ModelError
from dreambrush.models.catalogue import shipped_folder
from dreambrush.painter.see import faces
from dreambrush.painter.see.faces import find_faces, thumbnail

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures

# Measured by eye in the picture of 512 px: left and right pupil, tip of the nose, corners of the mouth.
MARKS = np.array([(202.5, 101), (247, 103), (224, 128), (203, 140.5), (244, 141)]) / 512


@pytest.mark.parametrize("side", [96, 256, 512, 1500])
def test_the_astronaut_has_one_face(astronaut: Pictures, side: int) -> None:
    (face,) = find_faces(astronaut(side))
    assert 0.99 < face.confidence <= 1
    assert face.landmarks.dtype == np.float32
    np.testing.assert_allclose(face.landmarks / side, MARKS, atol=0.012)  # a pupil is 0.01 wide
    left, top, right, bottom = np.array(face.box) / side
    assert left == pytest.approx(0.35, abs=0.025) and right == pytest.approx(0.525, abs=0.025)
    assert top == pytest.approx(0.115, abs=0.025) and bottom == pytest.approx(0.34, abs=0.025)


def test_in_a_mirror_left_and_right_change_places(astronaut: Pictures) -> None:
    (face,) = find_faces(np.ascontiguousarray(astronaut(512)[:, ::-1]))
    mirrored = (np.array([1, 0]) - np.array([1, -1]) * MARKS)[[1, 0, 2, 4, 3]]
    np.testing.assert_allclose(face.landmarks / 512, mirrored, atol=0.012)


def test_places_are_those_of_a_picture_that_is_not_square(astronaut: Pictures) -> None:
    picture = np.full((300, 1100, 3), 0.5, np.float32)
    picture[20:276, 700:956] = astronaut(256)
    (face,) = find_faces(picture)
    np.testing.assert_allclose((face.landmarks - [700, 20]) / 256, MARKS, atol=0.02)


def test_two_faces_are_found_the_surest_first(astronaut: Pictures) -> None:
    found = find_faces(np.concatenate([astronaut(300), astronaut(300)[:, ::-1]], 1))
    assert len(found) == 2
    assert found[0].confidence >= found[1].confidence
    assert sorted(face.box[0] > 300 for face in found) == [False, True]


def test_a_face_that_the_edge_cuts_is_found(astronaut: Pictures) -> None:
    (face,) = find_faces(astronaut(512)[:, 200:])
    assert np.abs(face.landmarks[1] + [200, 0] - 512 * MARKS[1]).max() < 8


def test_no_faces_where_there_are_none(astronaut: Pictures) -> None:
    for name in ("coffee", "chelsea", "rocket"):
        assert find_faces(np.asarray(getattr(skimage.data, name)(), np.float32) / np.float32(255)) == []
    assert find_faces(np.random.default_rng(0).random((300, 400, 3), np.float32)) == []
    assert find_faces(astronaut(512)[256:]) == []
    assert find_faces(np.ascontiguousarray(astronaut(512)[::-1])) == []  # it stands on its head


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (11, 12), (40, 3000)])
def test_any_shape_will_do(shape: tuple[int, int]) -> None:
    assert find_faces(np.full((*shape, 3), 0.5, np.float32)) == []


def test_the_same_picture_gives_the_same_faces(astronaut: Pictures) -> None:
    one, other = find_faces(astronaut(256))[0], find_faces(astronaut(256))[0]
    assert (one.box, one.confidence) == (other.box, other.confidence)
    assert one.landmarks.tobytes() == other.landmarks.tobytes()


def test_a_large_picture_takes_little_longer(astronaut: Pictures) -> None:
    large = np.ascontiguousarray(astronaut(512).repeat(8, 0).repeat(8, 1))
    find_faces(astronaut(512))
    start = time.process_time()
    (face,) = find_faces(large)
    assert time.process_time() - start < 1  # 0.06 s; much could go wrong on a busy machine
    np.testing.assert_allclose(face.landmarks / 4096, MARKS, atol=0.012)


def test_a_thumbnail_is_a_mean_of_the_picture() -> None:
    rng = np.random.default_rng(0)
    picture = rng.random((700, 1000, 3), np.float32)
    small = np.asarray(thumbnail(picture, 100))
    assert small.shape == (70, 100, 3)
    mean = picture.reshape(70, 10, 100, 10, 3).mean((1, 3))
    assert abs(small / 255 - mean).mean() < 0.06  # of 100 pixels 16 are seen, with a deviation of 0.29
    assert abs(small.mean() / 255 - 0.5) < 0.01
    np.testing.assert_array_equal(np.asarray(thumbnail(picture, 1000)), np.rint(picture * 255))


def test_the_card_knows_the_networks() -> None:
    folder = shipped_folder("pretrained") / "faces"
    card = json.loads((folder / "card.json").read_text())
    for name in faces.NETWORKS:
        file = f"{name}.onnx"
        assert card["sha256"][file] == hashlib.sha256((folder / file).read_bytes()).hexdigest()
    assert "Permission is hereby granted" in (folder / "LICENSE").read_text()


def test_a_missing_network_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, astronaut: Pictures) -> None:
    shutil.copytree(shipped_folder("pretrained") / "faces", tmp_path / "faces")
    (tmp_path / "faces" / "onet.onnx").unlink()
    monkeypatch.setattr("dreambrush.models.shipped_network.shipped_folder", lambda kind: tmp_path)
    faces.open_face_network.cache_clear()
    try:
        with pytest.raises(ModelError, match=r"onet\.onnx cannot be loaded: No such file.*Install dreambrush again"):
            find_faces(astronaut(128))
    finally:
        faces.open_face_network.cache_clear()

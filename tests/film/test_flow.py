"""Motion is found as it is, and turned round; cuts are found, and quick pans are none."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Float32
from dreambrush.errors import MissingPackageError
from dreambrush.film.flow import backward, flow_between, is_cut, places_of, smoothed, taken
from tests.film.clips import motion, moving

SIZE = 40, 60


def swirl(seed: int, most: float) -> Float32:
    """A smooth flow (h, w, 2) of at most so many pixels."""
    noise = np.random.default_rng(seed).standard_normal((*SIZE, 2)).astype(np.float32)
    soft = smoothed(noise, 9.0)
    return np.asarray(soft * (most / np.abs(soft).max()), np.float32)


@pytest.mark.parametrize("step", [(1.5, 0.5), (-3.0, 2.0), (0.0, 0.0)])
def test_the_motion_of_a_camera(step: tuple[float, float]) -> None:
    frames = moving(2, step=step)
    found, exact = flow_between(*frames), motion(frames, step)
    inner = np.linalg.norm(found - exact, axis=2)[8:-8, 8:-8]
    assert np.median(inner) < 0.3


@pytest.mark.parametrize("size", [(16, 16), (17, 19), (23, 23), (16, 24), (64, 16)])
def test_tiny_frames_have_a_motion(size: tuple[int, int]) -> None:
    frame = moving(1)[0][: size[0], : size[1]]
    assert frame.shape[:2] == size
    assert np.abs(flow_between(frame, frame)).max() < 0.1


def test_the_same_flow_twice() -> None:
    frames = moving(2)
    assert np.array_equal(flow_between(*frames), flow_between(*frames))


@given(st.integers(0, 99), st.floats(0, 4))
def test_backward_leads_back(seed: int, most: float) -> None:
    flow = swirl(seed, most)
    places = places_of(*SIZE)
    there = places + backward(flow)
    again = there + taken(flow, there)
    assert np.abs(again - places)[6:-6, 6:-6].max() < 0.15


@given(st.floats(-5, 5, width=32), st.floats(-5, 5, width=32))
def test_an_even_flow_backward_is_its_opposite(x: float, y: float) -> None:
    flow = np.broadcast_to(np.array([x, y], np.float32), (*SIZE, 2))
    assert np.allclose(backward(flow), -flow, atol=1e-5)


def test_pictures_are_taken_between_pixels_and_go_on_beyond_their_edges() -> None:
    picture = np.arange(12, dtype=np.float32).reshape(3, 4)
    at = np.array([[[1.5, 1.0], [-7.0, 0.0], [99.0, 99.0]]], np.float32)
    assert taken(picture, at).tolist() == [[5.5, 0.0, 11.0]]


def test_another_picture_is_a_cut() -> None:
    one, other = moving(1)[0], moving(1, name="astronaut.png")[0]
    assert is_cut(one, other, flow_between(one, other))


@pytest.mark.parametrize("step", [(1.0, 0.0), (9.0, 0.0), (0.0, -7.0)])
def test_a_quick_pan_is_no_cut(step: tuple[float, float]) -> None:
    frames = moving(2, step=step)
    assert not is_cut(frames[0], frames[1], flow_between(*frames))


def test_without_opencv_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.meta_path", [])
    monkeypatch.delitem(sys.modules, "cv2")
    with pytest.raises(MissingPackageError, match=r"pip install av opencv-python-headless"):
        smoothed(np.zeros((4, 4), np.float32), 1.0)

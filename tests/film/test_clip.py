"""Films are read as players show them: upright, in square pixels, at their own times."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dreambrush.errors import MissingPackageError, PictureError
from dreambrush.film import clip
from dreambrush.film.clip import LARGEST, files_of, is_film, open_clip
from tests.film.clips import moving, save_frames, save_gif, save_video

FRAMES = moving(4)
NEAR = 6  # levels, on the average: what colours lose on their way through YUV


def near(one: object, other: object) -> bool:
    return float(np.abs(np.asarray(one, float) - np.asarray(other, float)).mean()) < NEAR


def test_a_video_at_its_own_times(tmp_path: Path) -> None:
    save_video(tmp_path / "clip.mp4", FRAMES, times=[0, 80, 200, 240], sound="aac")
    film = open_clip(tmp_path / "clip.mp4")
    assert film.size == (96, 64) and film.sound
    assert film.times == pytest.approx((0, 0.08, 0.2, 0.24), abs=1e-3) and film.end > 0.24
    frames = list(film.frames())
    assert len(frames) == 4 and all(map(near, frames, FRAMES))
    assert not near(frames[0], FRAMES[3])
    assert np.array_equal(frames, list(film.frames()))  # any number of times


@pytest.mark.parametrize("turned", [90, 180])
def test_a_rotated_video_is_upright(tmp_path: Path, turned: int) -> None:
    save_video(tmp_path / "clip.mp4", FRAMES[:2], turned=turned)
    film = open_clip(tmp_path / "clip.mp4")
    upright = np.rot90(FRAMES[0], -turned // 90)
    first = next(film.frames())
    assert first.shape == (film.size[1], film.size[0], 3) == upright.shape
    assert near(first, upright) and not near(first, np.rot90(upright, 2))


def test_pixels_that_are_not_square(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "wide.mkv"), "w") as film:
        stream = film.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2)
        film.mux(stream.encode(av.VideoFrame.from_ndarray(FRAMES[0], format="rgb24")))
        film.mux(stream.encode(None))
    assert open_clip(tmp_path / "wide.mkv").size == (192, 64)


def test_colours_of_a_video_that_does_not_tell_them(tmp_path: Path) -> None:
    red = np.zeros((64, 96, 3), np.uint8)
    red[..., 0] = 220
    save_video(tmp_path / "clip.mp4", [red])
    assert near(next(open_clip(tmp_path / "clip.mp4").frames()), red)


@pytest.mark.parametrize("ending", ["gif", "webp", "png"])
def test_animated_pictures(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"clip.{ending}"
    save_gif(path, FRAMES, [100, 0, 300, 200] if ending == "gif" else [100, 100, 300, 200])
    film = open_clip(path)
    assert is_film(path) and not film.sound
    assert film.times == pytest.approx((0, 0.1, 0.2, 0.5)) and film.end == pytest.approx(0.7)
    assert all(map(near, film.frames(), FRAMES))


def test_what_is_transparent_lies_on_white(tmp_path: Path) -> None:
    clear = [Image.new("RGBA", (32, 16), (0, 0, 0, 0)) for _ in range(2)]
    for index, image in enumerate(clear):
        image.paste((200, 0, 0, 255), (4 + 8 * index, 4, 12 + 8 * index, 12))
    clear[0].save(tmp_path / "clip.gif", save_all=True, append_images=clear[1:], disposal=2, duration=100)
    frames = list(open_clip(tmp_path / "clip.gif").frames())
    assert [frame[0, 0].tolist() for frame in frames] == [[255, 255, 255]] * 2
    assert [frame[8, 6].tolist()[1] for frame in frames] == [0, 255]


def test_one_frame_is_no_film_but_can_be_painted_as_one(tmp_path: Path) -> None:
    save_gif(tmp_path / "still.gif", FRAMES[:1])
    assert not is_film(tmp_path / "still.gif")
    save_video(tmp_path / "still.mp4", FRAMES[:1])
    film = open_clip(tmp_path / "still.mp4")
    assert is_film(film.path) and len(film.times) == len(list(film.frames())) == 1 and film.end > 0


def test_a_folder_of_frames(tmp_path: Path) -> None:
    save_frames(tmp_path / "frames", [*FRAMES, *FRAMES, *FRAMES])
    (tmp_path / "frames" / "notes.txt").write_text("frame-3 is the best")
    Image.new("RGB", (9, 9)).save(tmp_path / "frames" / ".thumb.png")
    film = open_clip(tmp_path / "frames")
    assert [file.name for file in files_of(film.path)] == [f"frame-{number}.png" for number in range(12)]
    assert len(film.times) == 12 and film.end == pytest.approx(0.5)
    assert np.array_equal(list(film.frames())[10], FRAMES[2])


@given(st.sets(st.integers(0, 10**6), min_size=2), st.sampled_from(["", "0", "00"]))
def test_frames_come_in_the_order_of_their_numbers(numbers: set[int], zeros: str) -> None:
    names = [f"take2-{zeros}{number}.png" for number in sorted(numbers)]
    assert sorted(reversed(names), key=clip._by_number) == names


def test_sizes(tmp_path: Path) -> None:
    Image.new("RGB", (LARGEST + 120, 20)).save(tmp_path / "large.png")
    save_gif(tmp_path / "clip.gif", FRAMES[:2])
    assert open_clip(tmp_path / "clip.gif", 48).size == (48, 32)
    assert open_clip(tmp_path / "clip.gif", 33).size == (33, 22)
    assert next(open_clip(tmp_path / "clip.gif", 33).frames()).shape == (22, 33, 3)
    assert max(open_clip(tmp_path / "large.png").size) == LARGEST
    assert min(open_clip(tmp_path / "large.png", 200).size) == clip.SMALLEST


def test_a_film_with_too_many_frames_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_gif(tmp_path / "clip.gif", FRAMES)
    save_video(tmp_path / "clip.mp4", FRAMES)
    monkeypatch.setattr(clip, "MOST_FRAMES", 3)
    for name in ("clip.gif", "clip.mp4"):
        with pytest.raises(PictureError, match="has 4 frames, but the limit is 3") as caught:
            open_clip(tmp_path / name)
        assert caught.value.id == "clip-too-long"


def test_without_pyav_it_is_said_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_video(tmp_path / "clip.mp4", FRAMES[:1])
    monkeypatch.setattr("sys.meta_path", [])
    monkeypatch.delitem(sys.modules, "av")
    with pytest.raises(MissingPackageError, match=r"pip install av opencv-python-headless"):
        open_clip(tmp_path / "clip.mp4")

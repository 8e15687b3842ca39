"""Painted films have the clip's own times, and its sound as it was wherever an .mp4 can hold it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import OutputError
from dreambrush.film.clip import open_clip
from dreambrush.film.writing import save_painted
from tests.film.clips import RATE, animation, heard, moving, save_gif, save_video, shown

FRAMES = moving(12, step=(3.0, 0.0))
UNEVEN = [0, 80, 200, 240, 600, 640, 700, 820, 900, 1000, 1100, 1300]


def save(clip: Path, path: Path) -> None:
    """Saves the frames of a clip as if they had been painted."""
    film = open_clip(clip)

    def images() -> Iterator[Image.Image]:
        yield from map(Image.fromarray, film.frames())

    save_painted(path, film, images(), lambda: Image.fromarray(np.vstack(FRAMES)))


@pytest.mark.parametrize(
    ("ending", "kind"), [("mp4", "aac"), ("mov", "alac"), ("mkv", "libopus"), ("mp4", "ac3"), ("mkv", "libmp3lame")]
)
def test_sound_is_copied(tmp_path: Path, ending: str, kind: str) -> None:
    save_video(tmp_path / f"clip.{ending}", FRAMES, sound=kind)
    save(tmp_path / f"clip.{ending}", tmp_path / "painted.mp4")
    before, after = heard(tmp_path / f"clip.{ending}"), heard(tmp_path / "painted.mp4")
    assert after == before and len(before[1]) > 5


@pytest.mark.parametrize(("ending", "kind"), [("mov", "pcm_s16le"), ("mkv", "flac"), ("avi", "pcm_s16le")])
def test_sound_that_an_mp4_cannot_hold_is_encoded_anew(tmp_path: Path, ending: str, kind: str) -> None:
    save_video(tmp_path / f"clip.{ending}", FRAMES, sound=kind)
    save(tmp_path / f"clip.{ending}", tmp_path / "painted.mp4")
    assert heard(tmp_path / "painted.mp4")[0] == "aac"
    assert duration(tmp_path / "painted.mp4") == pytest.approx(len(FRAMES) / RATE, abs=0.1)


def test_sound_that_is_damaged_is_kept_where_it_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    save_video(path, FRAMES, sound="flac")
    kind, packets = heard(path)
    data = path.read_bytes()
    assert kind == "flac" and data.count(packets[1]) == 1
    path.write_bytes(data.replace(packets[1], b"\xff" * len(packets[1])))
    save(path, tmp_path / "painted.mp4")
    frames, _ = shown(tmp_path / "painted.mp4")
    assert len(frames) == 12 and 0.2 < duration(tmp_path / "painted.mp4") < len(FRAMES) / RATE + 0.1


def test_a_film_that_does_not_tell_the_time_of_every_frame(tmp_path: Path) -> None:
    save_video(tmp_path / "clip.mpg", FRAMES, sound="mp2")
    with av.open(str(tmp_path / "clip.mpg")) as film:
        assert any(frame.time is None for frame in film.decode(video=0))
    save(tmp_path / "clip.mpg", tmp_path / "painted.mp4")
    frames, times = shown(tmp_path / "painted.mp4")
    steps = np.diff(times)
    assert len(frames) == 12 and steps.min() > 0 and steps.max() < 0.3


def duration(path: Path) -> float:
    """Seconds of a film's sound."""
    with av.open(str(path)) as film:
        return sum(frame.samples / frame.sample_rate for frame in film.decode(audio=0))


def test_frames_keep_their_times(tmp_path: Path) -> None:
    save_video(tmp_path / "clip.mp4", FRAMES, times=UNEVEN, sound="aac")
    save(tmp_path / "clip.mp4", tmp_path / "painted.mp4")
    frames, times = shown(tmp_path / "painted.mp4")
    assert times == pytest.approx([time / 1000 for time in UNEVEN], abs=1e-3)
    assert all(np.abs(one.astype(int) - other).mean() < 8 for one, other in zip(frames, FRAMES, strict=True))


@pytest.mark.parametrize("ending", ["mkv", "mp4"])
def test_sound_that_begins_before_the_first_frame_stays_in_time(tmp_path: Path, ending: str) -> None:
    save_video(tmp_path / f"clip.{ending}", FRAMES, times=[500 + time for time in UNEVEN], sound="aac")
    save(tmp_path / f"clip.{ending}", tmp_path / "painted.mp4")
    before, after = begins(tmp_path / f"clip.{ending}"), begins(tmp_path / "painted.mp4")
    assert before[0] - before[1] == pytest.approx(0.5, abs=0.05)
    assert after == pytest.approx(before, abs=0.05)


def begins(path: Path) -> tuple[float, float]:
    """Seconds at which a film's pictures and its sound begin."""
    with av.open(str(path)) as film:
        shows = next(film.decode(video=0)).time
    with av.open(str(path)) as film:
        sounds = next(film.decode(audio=0)).time
    assert shows is not None and sounds is not None
    return shows, sounds


def test_a_film_without_sound_and_with_odd_sides(tmp_path: Path) -> None:
    save_gif(tmp_path / "clip.gif", [frame[:63, :95] for frame in FRAMES])
    save(tmp_path / "clip.gif", tmp_path / "painted.mp4")
    frames, times = shown(tmp_path / "painted.mp4")
    assert frames[0].shape == (64, 96, 3) and len(frames) == 12
    assert times == pytest.approx([0.08 * index for index in range(12)], abs=1e-3)
    with av.open(str(tmp_path / "painted.mp4")) as film:
        assert not film.streams.audio


@pytest.mark.parametrize("ending", ["gif", "webp"])
def test_animated_pictures(tmp_path: Path, ending: str) -> None:
    save_video(tmp_path / "clip.mp4", FRAMES, sound="aac")
    save(tmp_path / "clip.mp4", tmp_path / f"painted.{ending}")
    frames = animation(tmp_path / f"painted.{ending}")
    assert len(frames) == 12
    assert all(np.abs(one.astype(int) - other).mean() < 15 for one, other in zip(frames, FRAMES, strict=True))


def test_nothing_is_replaced_and_nothing_half_written_is_left(tmp_path: Path) -> None:
    save_video(tmp_path / "clip.mp4", FRAMES, sound="aac")
    (tmp_path / "painted.mp4").write_text("an earlier one")
    with pytest.raises(OutputError):
        save(tmp_path / "clip.mp4", tmp_path / "painted.mp4")
    assert (tmp_path / "painted.mp4").read_text() == "an earlier one"
    assert len(list(tmp_path.iterdir())) == 2

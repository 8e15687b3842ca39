"""Films to paint: video files, animated pictures and folders of frames."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageSequence

from dreambrush.arrays import Pixels
from dreambrush.errors import PictureError
from dreambrush.pictures.film_files import ANIMATED, VIDEOS, film_ending, need_av
from dreambrush.pictures.films import MOST_FRAMES
from dreambrush.pictures.opening import picture_endings
from dreambrush.pictures.reading import load_picture

LARGEST = 1280  # pixels of the longer side, unless another size is asked for: drawings are painted at twice that
SMALLEST = 16  # pixels of a side
FOLDER_RATE = Fraction(24)  # frames a second of a folder
GIF_SECONDS = 0.1  # of a frame that says nothing, or next to nothing, as browsers have it
BRIEFEST = 0.02  # seconds
BRIEFEST_OF_VIDEO = 0.001  # seconds; an .mp4 cannot show two frames at one time
BT709, OLDER = 1, 5  # numbers of colour spaces; SD video that names none has the older one
HD = 720  # rows


@dataclass(frozen=True)
class Clip:
    """A film that can be read from its beginning, any number of times.

    Attributes:
        path: its file or folder.
        size: width and height of the frames in pixels, as they are painted.
        times: seconds at which each frame begins, from 0 on.
        end: seconds at which the last one ends.
        sound: whether it has sound.
        first: seconds at which its file shows the first frame; sound may begin earlier.
    """

    path: Path
    size: tuple[int, int]
    times: tuple[float, ...]
    end: float
    sound: bool = False
    first: float = 0.0

    @property
    def rate(self) -> float:
        """Frames a second on the average."""
        return len(self.times) / max(self.end, 1e-3)

    def frames(self) -> Iterator[Pixels]:
        """All frames, (h, w, 3) uint8.

        Raises:
            PictureError: the film is damaged.
        """
        return _scaled(_frames(self.path), self.size)


def is_video(path: Path) -> bool:
    """Whether a file's name says that it is a video."""
    return film_ending(path) in VIDEOS


def is_film(path: Path) -> bool:
    """Whether this can be painted as a film: a video, an animated picture, or a folder of frames."""
    if os.path.isdir(path):  # Path.is_dir() raises an error where a name is too long
        return len(_pictures_in(path)) > 1
    if is_video(path):
        return True
    if film_ending(path) not in ANIMATED or not os.path.isfile(path):
        return False
    try:
        with Image.open(path) as image:
            return getattr(image, "n_frames", 1) > 1
    except Exception:  # Pillow raises almost anything when the bytes are wrong
        return False


def open_clip(path: Path, size: int | None = None) -> Clip:
    """Looks through a film.

    Args:
        path: a video, an animated picture, or a folder whose pictures are the frames, in the order of their names.
        size: longer side of the frames to paint, in pixels; by default their own, at most LARGEST.

    Raises:
        PictureError: there is no such film, it is damaged, has too many frames, or none.
        MissingPackageError: it is a video, and PyAV is not installed.
    """
    if not os.path.exists(path):
        raise PictureError(f"There is no film at '{path}'.", "Check the path for typing errors.", id="no-such-picture")
    if not (path.is_dir() or path.is_file()):
        raise PictureError(
            f"'{path}' is not a regular file.", "Save the film to a file first.", id="picture-not-a-file"
        )
    sound, first = False, 0.0
    if path.is_dir():
        files = _pictures_in(path)
        times, end = [float(index / FOLDER_RATE) for index in range(len(files))], float(len(files) / FOLDER_RATE)
        own = _size_of_picture(files[0]) if files else (0, 0)
    elif is_video(path):
        own, times, end, sound, first = _look_through_video(path)
    else:
        own, times, end = _look_through_animation(path)
    if not times or min(own) < 1:
        raise PictureError(f"'{path}' has no frames.", "Choose another film.", id="film-has-no-frames")
    if len(times) > MOST_FRAMES:
        raise PictureError(
            f"'{path}' has {len(times):,} frames, but the limit is {MOST_FRAMES:,}.",
            "Cut it into shorter films in a video editor.",
            id="clip-too-long",
        )
    factor = (size or min(max(own), LARGEST)) / max(own)
    wanted = max(round(factor * own[0]), SMALLEST), max(round(factor * own[1]), SMALLEST)
    return Clip(path, wanted, tuple(times), end, sound, first)


def files_of(path: Path) -> list[Path]:
    """The file of a film, or the files of its frames."""
    return _pictures_in(path) if path.is_dir() else [path]


def _frames(path: Path) -> Iterator[Image.Image]:
    if path.is_dir():
        for file in _pictures_in(path):
            yield Image.fromarray(np.asarray(np.rint(load_picture(file, None) * 255), np.uint8))
    elif is_video(path):
        yield from _video_frames(path)
    else:
        yield from _animation_frames(path)


def _scaled(images: Iterator[Image.Image], size: tuple[int, int]) -> Iterator[Pixels]:
    for image in images:
        fits = image.size == size
        yield np.asarray(image if fits else image.resize(size, Image.Resampling.LANCZOS), np.uint8)


def _pictures_in(folder: Path) -> list[Path]:
    endings = picture_endings()
    try:
        every = list(folder.iterdir())
    except OSError:
        raise PictureError(
            f"You may not read '{folder}'.", "Change the permissions of the folder.", id="picture-not-permitted"
        ) from None
    found = [path for path in every if path.suffix.lower() in endings and path.name[0] != "." and path.is_file()]
    return sorted(found, key=lambda path: _by_number(path.name))


def _by_number(name: str) -> list[tuple[int, int | str]]:
    """A key by which frame-2 comes before frame-10."""
    parts: list[tuple[int, int | str]] = []
    for part in _split(name):
        parts.append((0, int(part)) if part.isdecimal() and part.isascii() else (1, part))
    return parts


def _split(name: str) -> list[str]:
    return [part for part in re.split(r"([0-9]+)", name) if part]


def _size_of_picture(file: Path) -> tuple[int, int]:
    height, width = load_picture(file, None).shape[:2]
    return width, height


def _damaged(path: Path, error: Exception) -> PictureError:
    return PictureError(
        f"The film '{path}' cannot be read ({str(error)[:200] or type(error).__name__}).",
        "Copy it again, or convert it to .mp4 in a video editor.",
        id="film-damaged",
    )


def _look_through_animation(path: Path) -> tuple[tuple[int, int], list[float], float]:
    times, now = [], 0.0
    try:
        with Image.open(path) as image:
            for frame in ImageSequence.Iterator(image):
                frame.load()  # only then a .webp tells how long the frame is shown
                times.append(now)
                seconds = float(frame.info.get("duration", 0) or 0) / 1000
                now += seconds if seconds >= BRIEFEST else GIF_SECONDS
            return image.size, times, now
    except Exception as error:  # Pillow raises almost anything when the bytes are wrong
        raise _damaged(path, error) from None


def _animation_frames(path: Path) -> Iterator[Image.Image]:
    """What is transparent is shown on white."""
    try:
        with Image.open(path) as image:
            for frame in ImageSequence.Iterator(image):
                clear = frame.convert("RGBA")
                white = Image.new("RGBA", clear.size, "white")
                yield Image.alpha_composite(white, clear).convert("RGB")
    except Exception as error:
        raise _damaged(path, error) from None


def _look_through_video(path: Path) -> tuple[tuple[int, int], list[float], float, bool, float]:
    av = need_av()
    try:
        with av.open(str(path)) as film:
            if not film.streams.video:
                raise ValueError("it has no pictures")
            stream = film.streams.video[0]
            stream.thread_type = "AUTO"
            rate = float(stream.average_rate or 25)
            times: list[float] = []
            size, first, last = (0, 0), 0.0, 0.0
            for frame in film.decode(stream):
                if not times:
                    size, first = _upright_size(frame, stream), float(frame.time or 0)
                times.append(_next_time(times, None if frame.time is None else frame.time - first, rate))
                last = float((frame.duration or 0) * (frame.time_base or 0))
                if len(times) > MOST_FRAMES:
                    break
            end = (times[-1] if times else 0.0) + (last or 1 / rate)
            sound = bool(film.streams.audio) and film.streams.audio[0].codec_context is not None
            return size, times, end, sound, first
    except (av.FFmpegError, ValueError, OSError) as error:
        raise _damaged(path, error) from None


def _next_time(times: list[float], told: float | None, rate: float) -> float:
    """When the next frame begins: some files do not say it of every frame, or say something that cannot be."""
    if not times:
        return 0.0
    if told is None:
        return times[-1] + 1 / rate
    return max(told, times[-1] + BRIEFEST_OF_VIDEO)


def _video_frames(path: Path) -> Iterator[Image.Image]:
    av = need_av()
    try:
        with av.open(str(path)) as film:
            stream = film.streams.video[0]
            stream.thread_type = "AUTO"
            for frame in film.decode(stream):
                known = frame.colorspace in (BT709, OLDER, OLDER + 1)
                space = frame.colorspace if known else BT709 if frame.height >= HD else OLDER
                pixels = frame.reformat(format="rgb24", src_colorspace=space).to_ndarray()
                image = Image.fromarray(np.rot90(pixels, round(frame.rotation / 90)))
                size = _upright_size(frame, stream)
                yield image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
    except (av.FFmpegError, ValueError, OSError) as error:
        raise _damaged(path, error) from None


def _upright_size(frame: Any, stream: Any) -> tuple[int, int]:
    """Width and height of a frame in square pixels, upright."""
    shape = stream.sample_aspect_ratio or Fraction(1)
    width, height = max(round(frame.width * shape), 1), frame.height
    return (height, width) if round(frame.rotation / 90) % 2 else (width, height)

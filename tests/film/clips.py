"""Makes small clips: the camera moves over a sample, so that the motion is known exactly."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

import dreambrush
from dreambrush.arrays import Float32, Mask, Pixels

SAMPLES = Path(dreambrush.__file__).parent / "samples"
WIDTH, HEIGHT = 96, 64
STEP = (1.5, 0.5)  # pixels by which the camera moves from frame to frame
RATE = 12
SOUND_RATE = 48_000
TURNED = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1)}  # clockwise, as the header of a track has it


def moving(
    count: int = 5,
    step: tuple[float, float] = STEP,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    name: str = "coffee.png",
) -> list[Pixels]:
    """Frames (h, w, 3) of a camera that moves by ``step`` pixels each time; what it sees moves the other way."""
    with Image.open(SAMPLES / name) as image:
        picture = image.convert("RGB")
    scale = 0.6 * min(picture.width / size[0], picture.height / size[1])
    frames = []
    for index in range(count):
        x, y = (scale * (8 + index * each) for each in step)
        box = (x, y, x + scale * size[0], y + scale * size[1])
        frames.append(np.asarray(picture.resize(size, Image.Resampling.BICUBIC, box=box, reducing_gap=None)))
    return frames


def passing(count: int = 5, step: int = 2, radius: int = 11) -> tuple[list[Pixels], list[Mask]]:
    """Frames of a blue disc that passes over a still photograph, and where it is, a little more widely, in each."""
    (still,) = moving(1)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    frames, shadows = [], []
    for index in range(count):
        away = np.hypot(x - 14 - step * index, y - 30)
        frames.append(np.where((away <= radius)[..., None], (30, 60, 200), still).astype(np.uint8))
        shadows.append(np.asarray(away <= radius + 3))
    return frames, shadows


def motion(frames: Sequence[Pixels], step: tuple[float, float] = STEP) -> Float32:
    """The exact flow (h, w, 2) from each of these frames to the next."""
    height, width = frames[0].shape[:2]
    return np.broadcast_to(-np.array(step, np.float32), (height, width, 2))


def save_gif(path: str | Path, frames: Sequence[Pixels], duration: int | list[int] = 80) -> None:
    """Saves frames as .gif, .webp or .png."""
    images = [Image.fromarray(frame) for frame in frames]
    images[0].save(path, save_all=True, append_images=images[1:], duration=duration, loop=0, lossless=True)


def save_frames(folder: Path, frames: Sequence[Pixels]) -> None:
    """Saves frames as a folder of pictures."""
    folder.mkdir()
    for index, frame in enumerate(frames):
        Image.fromarray(frame).save(folder / f"frame-{index}.png")


def save_video(
    path: str | Path,
    frames: Sequence[Pixels],
    *,
    times: Sequence[int] | None = None,
    sound: str | None = None,
    turned: int = 0,
) -> None:
    """Saves a video without loss.

    Args:
        path: its file.
        frames: (h, w, 3) uint8.
        times: when each frame begins, in thousandths of a second; by default RATE frames a second.
        sound: kind of its sound, such as "aac"; None for none.
        turned: degrees by which players turn it clockwise; only of .mp4.
    """
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=RATE, options={"crf": "0", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = frames[0].shape[1], frames[0].shape[0], "yuv444p"
        tick = Fraction(1, 1000)
        stream.codec_context.time_base = tick
        heard: Any = None if sound is None else film.add_stream(sound, rate=SOUND_RATE, layout="mono")
        shown = times or [round(1000 * index / RATE) for index in range(len(frames))]
        for index, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = shown[index], tick
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
        if heard is not None:
            wave = 0.3 * np.sin(np.arange(SOUND_RATE * len(frames) // RATE) / 20)
            block = heard.codec_context.frame_size or 1024
            for begin in range(0, len(wave), block):
                part = np.asarray(wave[begin : begin + block] * 32767, np.int16)[None]
                audio = av.AudioFrame.from_ndarray(part, format="s16", layout="mono")
                audio.sample_rate, audio.pts, audio.time_base = SOUND_RATE, begin, Fraction(1, SOUND_RATE)
                film.mux(heard.encode(audio))
            film.mux(heard.encode(None))
    if turned:
        data = bytearray(Path(path).read_bytes())
        at = data.index(b"tkhd") + 44
        a, b, c, d = TURNED[turned]
        data[at : at + 36] = struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
        Path(path).write_bytes(data)


def shown(path: str | Path) -> tuple[list[Pixels], list[float]]:
    """The frames of a video, and the seconds at which they begin."""
    with av.open(str(path)) as film:
        frames = list(film.decode(video=0))
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in frames], [
            float(frame.time or 0) for frame in frames
        ]


def heard(path: str | Path) -> tuple[str, list[bytes]]:
    """Kind of a video's sound, and its packets."""
    with av.open(str(path)) as film:
        stream = film.streams.audio[0]
        return stream.codec_context.name, [bytes(packet) for packet in film.demux(stream) if packet.size]


def animation(path: str | Path) -> list[Pixels]:
    """The frames of a .gif or .webp."""
    with Image.open(path) as image:
        frames = []
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            frames.append(np.asarray(image.convert("RGB")))
        return frames

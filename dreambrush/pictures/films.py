"""Moving pictures: .mp4 through PyAV, .gif and .webp through Pillow.  The same frames give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
from PIL import Image

from dreambrush.errors import UsageError
from dreambrush.files.output import open_output
from dreambrush.pictures.film_files import GIF, MP4, check_film_ending, film_ending

MOST_FRAMES = 10_000
LARGEST_SIDE = 8192  # pixels
SMALLEST_MP4 = 16  # pixels a side: decoders do not like less
MOST_GIF_FPS = 50.0  # a GIF counts in hundredths of a second, and viewers slow down those that change after one
X264 = {
    "crf": "16",  # hard to tell from the frames
    "preset": "medium",
    "threads": "1",  # on their number it depends what is written
    "x264-params": "mbtree=0",  # with it, together with B-frames, the same frames give other bytes now and then
}
GIF_COLOURS = 255  # and one for what stays as it was

Images = Iterator[Image.Image]


def check_film(path: Path, frames: int, fps: float) -> None:
    """Checks whether a film can be made, before the work begins.

    Args:
        path: the file of the film.
        frames: number of frames.
        fps: frames a second.

    Raises:
        UsageError: the film is of another kind, has too many frames, or is too fast.
        MissingPackageError: the film is an .mp4, and PyAV is not installed.
    """
    check_film_ending(path)
    if frames > MOST_FRAMES:
        raise UsageError(
            f"The film would have {frames:,} frames, but the limit is {MOST_FRAMES:,}.",
            "Choose fewer --seconds or a lower --fps.",
            id="film-too-long",
        )
    if film_ending(path) == GIF and fps > MOST_GIF_FPS:
        raise UsageError(
            f"A GIF cannot show {fps:g} frames a second.",
            f"Choose --fps {MOST_GIF_FPS:g} or lower.",
            id="gif-too-quick",
        )


def save_film(
    path: Path,
    images: Images,
    frames: int,
    fps: float,
    colours: Callable[[], Image.Image],
    *,
    overwrite: bool = False,
) -> None:
    """Saves a film, whole or not at all.

    Args:
        path: ending in .mp4, .gif or .webp; see :func:`check_film`.
        images: the frames, all of one size, RGB (for .webp also RGBA).
        frames: number of frames, at least 2.
        fps: frames a second.
        colours: returns an image of all colours that matter, for the palette of a GIF.
        overwrite: replace an existing file.

    Raises:
        OutputError: the file already exists or cannot be written.
    """
    with open_output(path, overwrite=overwrite) as file:
        if film_ending(path) == MP4:
            write_mp4(file, images, fps)
        elif film_ending(path) == GIF:
            _write_gif(file, images, frames, fps, colours())
        else:
            _write_webp(file, images, frames, fps)


class Sound(Protocol):
    """What is heard with a film."""

    def begin(self, film: Any) -> None:
        """Adds a stream to an open film that has no packets yet."""
        ...

    def until(self, seconds: float) -> None:
        """Writes what is heard up to a time."""
        ...


def write_mp4(
    file: BinaryIO,
    images: Images,
    fps: float,
    times: Sequence[int] | None = None,
    tick: Fraction | None = None,
    sound: Sound | None = None,
) -> None:
    """Writes H.264 in yuv420p, which all players know.  An odd side gets one more row or column like the last.

    Args:
        file: where to write.
        images: the frames, all of one size, RGB.
        fps: frames a second.
        times: when each frame begins, in ticks; by default at an even pace.
        tick: seconds of a tick.
        sound: what is heard; nothing by default.
    """
    import av
    from av.video.reformatter import ColorRange, Colorspace

    with av.open(file, "w", format="mp4") as film:
        rate = Fraction(fps).limit_denominator(1000)
        unit = 1 / rate if tick is None else tick
        stream = film.add_stream("libx264", rate=rate, options=X264)
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        if tick is not None:
            context.time_base = tick
        # BT.709 of limited range, and said so: otherwise players guess by the film's size.
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = 1, 1, 1, 1
        if sound is not None:
            sound.begin(film)
        before: Image.Image | None = None
        for index, image in enumerate(images):
            if image is not before:
                pixels, before = _even(image), image
            if index == 0:
                stream.height, stream.width = pixels.shape[:2]
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
                format="yuv420p", dst_colorspace=Colorspace.ITU709
            )
            frame.color_range = ColorRange.MPEG
            frame.pts, frame.time_base = index if times is None else times[index], unit
            film.mux(stream.encode(frame))
            if sound is not None:
                sound.until(float(frame.pts * unit))
        film.mux(stream.encode(None))
        if sound is not None:
            sound.until(math.inf)


def _even(image: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    pixels = np.asarray(image, np.uint8)
    missing = [max(side % 2, SMALLEST_MP4 - side) for side in pixels.shape[:2]]
    return np.ascontiguousarray(np.pad(pixels, ((0, missing[0]), (0, missing[1]), (0, 0)), "edge"))


def _write_gif(file: BinaryIO, images: Images, frames: int, fps: float, colours: Image.Image) -> None:
    """Writes a GIF with one palette for all frames.  Each pixel gets its nearest colour, so nothing flickers."""
    palette = colours.quantize(GIF_COLOURS, Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    table = palette.getpalette() or []

    def mapped() -> Images:
        before: Image.Image | None = None
        for image in images:
            if image is not before:
                flat, before = _flat(image, palette), image
            yield flat

    every = mapped()
    first = next(every)
    clear = {}
    if "transparency" in first.info:
        clear = {"transparency": GIF_COLOURS, "optimize": False}  # or the number that is no colour would be dropped
        table += [0] * (3 * (GIF_COLOURS + 1) - len(table))
    first.save(
        file,
        "GIF",
        save_all=True,
        append_images=every,
        duration=_milliseconds(frames, fps, 10),
        loop=0,
        disposal=1,
        palette=bytes(table),
        **clear,
    )


def _flat(image: Image.Image, palette: Image.Image) -> Image.Image:
    """An image in the palette's colours; where it is more transparent than not, it gets a number beyond these."""
    flat = image.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE)
    if image.mode == "RGBA":
        flat.paste(GIF_COLOURS, mask=image.getchannel("A").point(lambda level: 255 if level < 128 else 0))
        flat.info["transparency"] = GIF_COLOURS
    return flat


class _Reel(Image.Image):
    """Gives Pillow one frame after the other, so that not all are in memory at once."""

    def __init__(self, images: Images, frames: int) -> None:
        super().__init__()
        self.n_frames = frames
        self._images, self._at = images, -1
        self.seek(0)

    def seek(self, frame: int) -> None:
        if frame == self._at + 1:
            shown = next(self._images)
            self.im, self._mode, self._size, self._at = shown.im, shown.mode, shown.size, frame

    def tell(self) -> int:
        return self._at


def _write_webp(file: BinaryIO, images: Images, frames: int, fps: float) -> None:
    _Reel(images, frames).save(
        file,
        "WEBP",
        save_all=True,
        lossless=True,
        quality=20,
        method=2,
        kmin=0,
        kmax=0,
        duration=_milliseconds(frames, fps, 1),
        loop=0,
    )


def _milliseconds(frames: int, fps: float, step: int) -> list[int]:
    """How long each frame is shown, in whole steps.  Rounding errors do not add up."""
    ends = np.rint(np.arange(frames + 1) * (1000 / fps / step)).astype(int) * step
    return [int(each) for each in np.diff(ends)]

"""Saves a painted film: .mp4 with the times and the sound of the clip, .gif and .webp at an even pace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

from dreambrush.files.output import open_output
from dreambrush.film.clip import Clip
from dreambrush.pictures.film_files import GIF, MP4, film_ending, need_av
from dreambrush.pictures.films import MOST_GIF_FPS, save_film, write_mp4

TICKS = Fraction(1, 90_000)  # in which times of frames are counted, as MPEG has it
COPIED = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "opus"})  # kinds of sound that an .mp4 may hold as they are
SAMPLES = 48_000  # a second, of sound that is encoded anew


def save_painted(
    path: Path,
    clip: Clip,
    images: Iterator[Image.Image],
    colours: Callable[[], Image.Image],
    *,
    overwrite: bool = False,
) -> None:
    """Saves a painted film, whole or not at all.

    Args:
        path: ending in .mp4, .gif or .webp.
        clip: the film that was painted; the new one has its times, and as .mp4 its sound, as far as that can be read.
        images: one for each frame; the same object again where a drawing is held.
        colours: returns an image of all colours that matter, for the palette of a GIF.
        overwrite: replace an existing file.

    Raises:
        OutputError: the file already exists or cannot be written.
    """
    if film_ending(path) != MP4:
        fps = min(clip.rate, MOST_GIF_FPS) if film_ending(path) == GIF else clip.rate
        save_film(path, images, len(clip.times), fps, colours, overwrite=overwrite)
        return
    with open_output(path, overwrite=overwrite) as file:
        _save_mp4(file, clip, images)


def _save_mp4(file: BinaryIO, clip: Clip, images: Iterator[Image.Image]) -> None:
    av = need_av()
    if not clip.sound:
        write_mp4(file, images, clip.rate, _ticks(clip.times, 0.0), TICKS)
        return
    with av.open(str(clip.path)) as source:
        stream = source.streams.audio[0]
        heard = float((stream.start_time or 0) * stream.time_base)
        begin = max(min(clip.first, heard), 0.0)  # what comes first begins the film
        times = _ticks(clip.times, clip.first - begin)
        write_mp4(file, images, clip.rate, times, TICKS, _Sound(source, begin))


def _ticks(times: Sequence[float], later: float) -> list[int]:
    return [round(Fraction(time + later).limit_denominator(1_000_000) / TICKS) for time in times]


class _Sound:
    """The sound of a clip, for :func:`~dreambrush.pictures.films.write_mp4`: copied, or encoded anew as AAC.

    Args:
        source: the open clip.
        begin: seconds of the clip at which the new film begins.
    """

    def __init__(self, source: Any, begin: float) -> None:
        self._source, self._stream, self._first = source, source.streams.audio[0], begin

    def begin(self, film: Any) -> None:
        """Adds a stream to a film that has no packets yet."""
        self._film = film
        if self._stream.codec_context.codec.canonical_name in COPIED:
            self._out = film.add_stream_from_template(self._stream)
            self._packets = self._copied()
        else:
            self._out = film.add_stream("aac", rate=SAMPLES)
            self._packets = self._encoded()
        self._next = self._read()

    def until(self, seconds: float) -> None:
        """Writes what is heard up to a time."""
        while self._next is not None and _seconds_of(self._next) <= seconds:
            self._film.mux(self._next)
            self._next = self._read()

    def _read(self) -> Any:
        try:
            return next(self._packets, None)
        except need_av().FFmpegError:  # the painted film is worth more than the rest of a damaged sound
            return None

    def _copied(self) -> Iterator[Any]:
        for packet in self._source.demux(self._stream):
            if packet.dts is not None:
                shift = round(self._first / float(packet.time_base))
                packet.pts = (packet.dts if packet.pts is None else packet.pts) - shift
                packet.dts -= shift
                packet.stream = self._out
                yield packet

    def _encoded(self) -> Iterator[Any]:
        av = need_av()
        even = av.AudioResampler(format="fltp", layout=self._stream.layout.name, rate=SAMPLES)
        shift = round(self._first * SAMPLES)
        for packet in self._source.demux(self._stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:  # as players do, be still for that long
                continue
            for part in (part for frame in frames for part in even.resample(frame)):
                part.pts = None if part.pts is None else part.pts - shift
                yield from self._out.encode(part)
        yield from self._out.encode(None)


def _seconds_of(packet: Any) -> float:
    return float((packet.dts or 0) * packet.time_base)

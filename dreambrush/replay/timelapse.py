"""Timelapse: a film of the real canvas, while a recipe is painted again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from dreambrush.arrays import Pixels
from dreambrush.errors import UsageError
from dreambrush.pictures.film_files import GIF, MP4, film_ending
from dreambrush.pictures.films import LARGEST_SIDE, check_film, save_film
from dreambrush.recipe import Recipe
from dreambrush.replay.incremental import IncrementalReplay, Progress, finished

STROKES, ERROR = "strokes", "error"
FPS, GIF_FPS = 30.0, 15.0  # frames a second unless something else is wished for


@dataclass(frozen=True)
class TimelapseOptions:
    """How a painting is shown.

    Attributes:
        seconds: length of the whole film in seconds.
        fps: frames a second; None is 30, and 15 for a GIF.
        size: longer side of the film in pixels; None for the painting's.
        by: frames at even steps in "strokes", or in the "error" that is left: the root of the mean squared difference
            from the finished painting.  (The mean square itself would spend most of the film on the first few strokes.)
        hold: seconds that the finished painting is shown at the end.
    """

    seconds: float = 20.0
    fps: float | None = None
    size: int | None = None
    by: str = ERROR
    hold: float = 2.0


@dataclass(frozen=True)
class Film:
    """What a film will be.

    Attributes:
        fps: frames a second.
        painting: frames from the bare ground to the finished painting, both included.
        hold: frames after these, which show the finished painting too.
    """

    fps: float
    painting: int
    hold: int

    @property
    def frames(self) -> int:
        """Number of all frames."""
        return self.painting + self.hold


def plan_film(path: Path, options: TimelapseOptions) -> Film:
    """Plans a film, as far as that is possible before the painting is read.

    Args:
        path: path of the film.
        options: how the painting is shown.

    Raises:
        UsageError: a film of another kind, too long, too quick, or of less than two frames before its end.
        MissingPackageError: of .mp4, where PyAV is not installed.
    """
    fps = options.fps or (GIF_FPS if film_ending(path) == GIF else FPS)
    hold = round(options.hold * fps)
    film = Film(fps, round(options.seconds * fps) - hold, hold)
    if film.painting < 2:
        raise UsageError(
            f"The film lasts {options.seconds:g} s and shows the finished painting for {options.hold:g} s, "
            "so no time is left to paint.",
            "Choose more --seconds or a shorter --hold.",
            id="no-time-to-paint",
        )
    check_film(path, film.frames, fps)
    return film


def timelapse(recipe: Recipe, film: Film, by: str = STROKES, progress: Progress | None = None) -> Iterator[Pixels]:
    """Yields the frames of a painting while it is painted again.

    Args:
        recipe: recipe of the painting.
        film: how many frames there are.
        by: even steps in "strokes" or in "error", for which it is painted twice.
        progress: called from time to time with the number of strokes laid.

    Yields:
        What :meth:`IncrementalReplay.picture` gives, and the same array again where no stroke was laid.
    """
    replay = IncrementalReplay(recipe)
    n, steps = len(replay), film.painting - 1
    gap = _Gap(replay, finished(recipe, progress).merged()) if by == ERROR else None
    picture = replay.picture()
    yield picture
    for frame in range(1, film.painting):
        before = replay.laid
        while replay.laid < n:
            if frame < steps and (replay.laid >= frame * n // steps if gap is None else gap.left <= 1 - frame / steps):
                break
            replay.lay()
            if gap is not None:
                gap.look()
            if progress and replay.laid % 50 == 0:
                progress("film", replay.laid, n)
        if replay.laid > before:
            picture = replay.picture()
        yield picture
    for _ in range(film.hold):
        yield picture


def save_timelapse(
    recipe: Recipe,
    path: Path,
    options: TimelapseOptions | None = None,
    progress: Progress | None = None,
    *,
    overwrite: bool = False,
) -> Film:
    """Saves a film of a painting while it is painted again.

    Args:
        recipe: recipe of the painting.
        path: .mp4 (H.264), .gif (one palette of 255 colours for all frames) or .webp (lossless).  Transparent
            paintings stay so in .webp and .gif, and lie on their ground's colour in .mp4.
        options: how the painting is shown.
        progress: called with how far the painting is.
        overwrite: replace an existing file.

    Raises:
        UsageError, MissingPackageError: as :func:`plan_film` and :func:`film_size`.
        OutputError: the file exists already or cannot be written.
    """
    options = options or TimelapseOptions()
    film, size = plan_film(path, options), film_size(recipe, options.size)
    transparent = recipe.alpha is not None
    keeps = transparent and film_ending(path) != MP4
    white = np.full(3, 255, np.uint8)
    ground = white if recipe.ground is None else recipe.ground

    def on_ground(image: Image.Image) -> Image.Image:
        below = Image.new("RGBA", image.size, (*ground.tolist(), 255))
        return Image.alpha_composite(below, image).convert("RGB")

    def shown(picture: Pixels) -> Image.Image:
        image = Image.fromarray(picture)
        if transparent and not keeps:
            image = on_ground(image)
        return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)

    def images() -> Iterator[Image.Image]:
        last: Pixels | None = None
        for picture in timelapse(recipe, film, options.by, progress):
            if picture is not last:
                image, last = shown(picture), picture
            yield image

    def colours() -> Image.Image:
        """The finished painting beside the ground and the strokes' colours, which it may hide."""
        picture = shown(finished(recipe, progress).picture())
        picture = on_ground(picture) if picture.mode == "RGBA" else picture
        loose = np.rint(np.vstack([ground[None] / 255, recipe.strokes.colour]) * 255).astype(np.uint8)
        rows = -(-len(loose) // picture.width)
        strip = np.resize(loose, (rows, picture.width, 3))
        return Image.fromarray(np.vstack([np.asarray(picture), strip]))

    save_film(path, images(), film.frames, film.fps, colours, overwrite=overwrite)
    return film


def film_size(recipe: Recipe, longer: int | None) -> tuple[int, int]:
    """Width and height of a film in pixels.

    Args:
        recipe: recipe of the painting.
        longer: longer side in pixels; None for the painting's.

    Raises:
        UsageError: it would be larger than the painting, or than films can be.
    """
    width, height = recipe.strokes.size
    largest = max(width, height)
    if longer is not None and longer > largest:
        raise UsageError(
            f"The film would have a side of {longer} pixels, but the painting is {width} x {height}.",
            "Paint it larger first, with dreambrush replay --size, or choose a smaller --size.",
            id="film-larger-than-painting",
        )
    if (longer or largest) > LARGEST_SIDE:
        raise UsageError(
            f"The painting is {width} x {height} pixels, but a film may have at most {LARGEST_SIDE} a side.",
            f"Choose --size {LARGEST_SIDE} or smaller.",
            id="film-too-large",
        )
    factor = (longer or largest) / largest
    return max(round(factor * width), 1), max(round(factor * height), 1)


class _Gap:
    """How far a replay is from the finished painting, kept up to date where it changes.

    Args:
        replay: replay of which no stroke is laid yet.
        goal: (h, w, 3), the finished painting.
    """

    def __init__(self, replay: IncrementalReplay, goal: Pixels) -> None:
        self._replay, self._goal = replay, goal.astype(np.int16)
        alpha = replay.recipe.alpha
        self._weight = None if alpha is None else alpha[..., None].astype(np.int64)
        self._rows: dict[tuple[int, int], int] = {}
        self._squares = np.zeros(goal.shape[:2], np.int64)
        self._sum = 0
        height, width = goal.shape[:2]
        self._measure((slice(0, height), slice(0, width)))
        self._first = max(self._sum, 1)

    @property
    def left(self) -> float:
        """The root of the mean squared error, as a share of that of the bare ground."""
        return math.sqrt(self._sum / self._first)

    def look(self) -> None:
        """Brings the replay's picture up to date and measures what has changed."""
        for area in self._replay.update():
            self._measure(area)

    def _measure(self, area: tuple[slice, slice]) -> None:
        difference = self._replay.merged()[area].astype(np.int64) - self._goal[area]
        squares = difference * difference if self._weight is None else difference * difference * self._weight[area]
        now = squares.sum(2)
        self._sum += int(now.sum()) - int(self._squares[area].sum())
        self._squares[area] = now

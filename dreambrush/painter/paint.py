"""Paints: look, propose, dream, choose, paint for real, look again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreambrush.models import BrushFile, Dream
from dreambrush.mypaint.blending import merge_layers
from dreambrush.mypaint.layer import Layer
from dreambrush.mypaint.myb import read_myb
from dreambrush.painter.easel import Easel
from dreambrush.painter.geometry import boxes, dotness, tamed
from dreambrush.painter.judge import Judge
from dreambrush.painter.look import Looker
from dreambrush.painter.moments import Moments
from dreambrush.painter.pool import Pool
from dreambrush.painter.search import Controller, SearchController
from dreambrush.strokes import Strokes

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class PaintOptions:
    """How much thought goes into a stroke, and what the hand prefers."""

    windows: int = 48  # looked through in each round
    proposals: int = 8  # strokes proposed in each window
    kept: int = 2  # of these, go into the pool
    capacity: int = 512  # strokes in the pool
    improved: int = 96  # best strokes of the pool that are improved in each round, besides the new ones
    generations: int = 3  # of improvement in each round
    children: int = 4  # tried in each generation
    strokes_per_round: int = 16  # laid before looking again
    least_share: float = 0.5  # of the best stroke's value, that others need to be laid with it
    block_in: float = 0.2  # share of the strokes that go on the lower layer
    smallest_radius: float = 0.9  # pixels
    largest_radius: float = 0.2  # of the shorter side
    long_taste: float = 0.15  # share of its gain that a mere dot is docked, so that strokes are drawn out
    colour: tuple[float, float, float] | None = None  # of all strokes; by default what suits each best
    ground: tuple[float, float, float] | None = None  # colour under the first stroke; by default the target's mean


@dataclass(frozen=True)
class Progress:
    """Where a painting stands."""

    stage: str
    done: int
    total: int
    mse: float


@dataclass
class Painting:
    """A finished painting, or one that was interrupted: it is whole either way.

    Attributes:
        strokes: as laid, in order.
        layers: bottom first.
        background: (3,) uint8 colour of the ground.
        merged: (h, w, 3) uint8, as MyPaint shows it.
        mse: mean squared error of the merged picture, colours 0..1.
        dreamed_mse: what it would be had every stroke gained what the dream expected.
        seconds: wall and CPU seconds of each stage.
        interrupted: whether Ctrl-C ended it early.
    """

    strokes: Strokes
    layers: list[Layer]
    background: NDArray[np.uint8]
    merged: NDArray[np.uint8]
    mse: float
    dreamed_mse: float
    seconds: dict[str, dict[str, float]]
    interrupted: bool = False


@dataclass
class Clock:
    """Wall and CPU seconds by stage."""

    seconds: dict[str, dict[str, float]] = field(default_factory=dict)

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Counts the time within the block towards a stage."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            spent = self.seconds.setdefault(name, {"wall": 0.0, "cpu": 0.0})
            spent["wall"] += time.perf_counter() - wall
            spent["cpu"] += time.process_time() - cpu


LAYERS = ("Block-in", "Detail")


def paint(
    target: Float32,
    brush: BrushFile,
    strokes: int,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    options: PaintOptions | None = None,
    controller: Controller | None = None,
) -> Painting:
    """Paints a picture with one brush.

    Args:
        target: (h, w, 3) float32, sRGB 0..1; the painting has its size.
        brush: a brush that has a dream.
        strokes: how many to lay, exactly.
        seed: the same target, brush, options and seed give the same painting.
        progress: told how far it is after each round.
        options: thought and taste.
        controller: proposes strokes; search by default.

    Returns:
        The painting; after Ctrl-C, as far as it got.

    Raises:
        ModelError: the brush has no dream.
    """
    session = _Session(target, brush, brush.dream_folder(), strokes, seed, options or PaintOptions(), controller)
    interrupted = False
    try:
        with session.judge:
            while session.done < strokes:
                session.round()
                if progress:
                    progress(Progress(session.easel.names[session.easel.layer], session.done, strokes, session.mse))
    except KeyboardInterrupt:
        interrupted = True
    return session.finish(interrupted)


def ground_colour(target: Float32, wanted: tuple[float, float, float] | None) -> NDArray[np.uint8]:
    """The (3,) colour of the ground: the one wanted (sRGB 0..1), or else the mean of the target (h, w, 3)."""
    colour = target.mean((0, 1)) if wanted is None else np.array(wanted)
    return np.asarray(np.rint(colour * 255), np.uint8)


class _Session:
    def __init__(
        self,
        target: Float32,
        brush: BrushFile,
        dream_folder: Path,
        strokes: int,
        seed: int,
        options: PaintOptions,
        controller: Controller | None,
    ) -> None:
        self.clock, self.options, self.seed, self.wanted = Clock(), options, seed, strokes
        self.brush_name, self.target = brush.name, target
        self.height, self.width = target.shape[:2]
        self.rng = np.random.default_rng(seed)
        ground = ground_colour(target, options.ground)
        self.easel = Easel(self.width, self.height, ground, read_myb(brush.path), LAYERS)
        with self.clock.stage("look"):
            self.moments = Moments(target, self.easel.seen((0, 0, self.width, self.height)))
        self.looker = Looker(self.moments, self.rng)
        fixed = None if options.colour is None else np.array(options.colour, np.float32)
        self.judge = Judge(Dream(dream_folder, threads=1), self.moments, colour=fixed)
        self.controller = controller or SearchController()
        self.pool = Pool(self.judge, self._tame, self._merit, options.capacity, self.rng)
        self.mse = self.dreamed = self.moments.mean_squared_error()
        self.squared = self.mse * target.size
        self.laid: list[Float32] = []
        self.colours: list[Float32] = []
        self.on_layer: list[int] = []

    @property
    def done(self) -> int:
        return len(self.laid)

    def round(self) -> None:
        options, pool = self.options, self.pool
        if self.easel.layer == 0 and self.done >= options.block_in * self.wanted:
            self.easel.next_layer()
        with self.clock.stage("look"):
            windows = self.looker.look(options.windows)
        with self.clock.stage("propose"):
            old = len(pool)
            proposals = windows.to_picture(self.controller.propose(windows, options.proposals, self.rng))
            pool.add(proposals, windows.size, options.kept)
            best = np.argsort(-pool.value[:old], kind="stable")[: options.improved]
            pool.improve(np.concatenate([best, np.arange(old, len(pool))]), options.generations, options.children)
            left = self.wanted - self.done
            chosen = pool.choose(min(options.strokes_per_round, left), options.least_share)
            colours, gains = self.judge.study(pool.strokes[chosen])
            self.looker.learn(pool.size[chosen], np.maximum(gains, 0))
        with self.clock.stage("paint"):
            self._lay(pool.strokes[chosen], colours, gains)
        with self.clock.stage("propose"):
            pool.forget(chosen, boxes(pool.strokes[chosen], self.judge.dream.reach))

    def _lay(self, strokes: Float32, colours: Float32, gains: Float32) -> None:
        for stroke, colour, gain in zip(strokes, colours, gains, strict=True):
            area = self.easel.paint(stroke, colour, self.seed + self.done)
            before = self._squared_error(area)
            self.moments.update(self.easel.seen(area), area)
            self.squared += self._squared_error(area) - before
            self.dreamed -= float(gain) / self.target.size
            self.laid.append(stroke)
            self.colours.append(colour)
            self.on_layer.append(self.easel.layer)
        self.mse = self.squared / self.target.size

    def _squared_error(self, area: tuple[int, int, int, int]) -> float:
        x, y, width, height = area
        part = np.s_[y : y + height, x : x + width]
        return float(np.sum((self.moments.target[part] - self.moments.canvas[part]) ** 2, dtype=np.float64))

    def _tame(self, strokes: Float32) -> Float32:
        largest = max(self.options.largest_radius * min(self.width, self.height), 2 * self.options.smallest_radius)
        return tamed(strokes, self.width, self.height, self.options.smallest_radius, largest)

    def _merit(self, gains: Float32, strokes: Float32) -> Float32:
        return np.asarray(gains * (1 - self.options.long_taste * dotness(strokes)), np.float32)

    def finish(self, interrupted: bool) -> Painting:
        rows, colours = np.array(self.laid, np.float32), np.array(self.colours, np.float32)
        strokes = record(rows, colours, self.on_layer, self.brush_name, self.easel)
        return finished(self.easel, strokes, self.target, self.dreamed, self.clock, interrupted)


def record(rows: Float32, colours: Float32, on_layer: list[int], brush: str, easel: Easel) -> Strokes:
    """Strokes (n, 9) in their colours (n, 3) as they lie on an easel's layers."""
    count = len(on_layer)
    rows = rows.reshape(count, 9)
    return Strokes(
        path=rows[:, :6].reshape(count, 3, 2),
        pressure=rows[:, 6:8],
        radius=rows[:, 8],
        colour=colours.reshape(count, 3),
        brush=np.zeros(count, np.int32),
        layer=np.array(on_layer, np.int32),
        size=(easel.width, easel.height),
        brushes=(brush,),
        layers=easel.names,
    )


def finished(
    easel: Easel, strokes: Strokes, target: Float32, dreamed: float, clock: Clock, interrupted: bool
) -> Painting:
    """What is on the easel, and how near it came to the target (h, w, 3)."""
    layers = easel.layers()
    merged = merge_layers(layers, easel.ground)
    mse = float(np.mean((merged / 255.0 - target) ** 2))
    return Painting(strokes, layers, easel.ground, merged, mse, dreamed, clock.seconds, interrupted)

"""Goes through a film frame by frame, and works out the motion to the next frame while the present one is painted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from dreambrush.arrays import Float32, Pixels
from dreambrush.film.flow import flow_between, is_cut


@dataclass(frozen=True, eq=False)
class Motion:
    """How a frame comes of the one before.

    Attributes:
        before: (h, w, 3) uint8, the frame before.
        flow: (h, w, 2) pixels, from that one to this one.
        cut: whether another shot begins.
    """

    before: Pixels
    flow: Float32
    cut: bool


@dataclass(frozen=True, eq=False)
class Step:
    """A frame of a film.

    Attributes:
        number: of the frame, from 0.
        frame: (h, w, 3) uint8.
        motion: how it comes of the one before; None for the first one, and where nobody asks.
    """

    number: int
    frame: Pixels
    motion: Motion | None


def steps(frames: Iterable[Pixels], known: int = -1) -> Iterator[Step]:
    """Yields all frames.  While one is painted, the motion to the next is worked out in a thread.

    Args:
        frames: (h, w, 3) uint8, all of one size.
        known: number of the last frame of which no motion is asked.
    """
    before: Pixels | None = None
    last: tuple[int, Pixels, Future[Motion] | None] | None = None
    with ThreadPoolExecutor(1) as ahead:
        for number, frame in enumerate(frames):
            motion = None if before is None or number <= known else ahead.submit(_motion, before, frame)
            if last is not None:
                yield _step(*last)
            last, before = (number, frame, motion), frame
        if last is not None:
            yield _step(*last)


def _motion(before: Pixels, frame: Pixels) -> Motion:
    flow = flow_between(before, frame)
    return Motion(before, flow, is_cut(before, frame, flow))


def _step(number: int, frame: Pixels, motion: Future[Motion] | None) -> Step:
    return Step(number, frame, None if motion is None else motion.result())

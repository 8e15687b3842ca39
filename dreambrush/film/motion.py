"""Goes through a film frame by frame, and works out the motion to the next frame while the present one is painted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from dreambrush.arrays import Float32, Pixels
from dreambrush.film.flow import backward, calmed, flow_between, is_cut


@dataclass(frozen=True, eq=False)
class Motion:
    """How a frame comes of the one before.

    Attributes:
        before: (h, w, 3) uint8, the frame before.
        flow: (h, w, 2) pixels, from that one to this one.
        calm: (h, w, 2), the same, smooth within each thing that moves.
        back: (h, w, 2), the calm motion seen from this frame.
        cut: whether another shot begins.
    """

    before: Pixels
    flow: Float32
    calm: Float32
    back: Float32
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


def motion_between(before: Pixels, frame: Pixels, flow: Float32) -> Motion:
    """The motion between two frames (h, w, 3) by a flow (h, w, 2)."""
    calm = calmed(flow)
    return Motion(before, flow, calm, backward(calm), is_cut(before, frame, flow))


def _motion(before: Pixels, frame: Pixels) -> Motion:
    return motion_between(before, frame, flow_between(before, frame))


def _step(number: int, frame: Pixels, motion: Future[Motion] | None) -> Step:
    return Step(number, frame, None if motion is None else motion.result())


class Reel:
    """The steps of a film, of which one can see those that come next.

    Args:
        steps: of a film.
    """

    def __init__(self, steps: Iterator[Step]) -> None:
        self._steps, self._next = steps, deque[Step]()

    def __iter__(self) -> Iterator[Step]:
        while self._next or self.coming(1):
            yield self._next.popleft()

    def coming(self, count: int) -> list[Step]:
        """The next steps; fewer where the film ends."""
        self._next.extend(islice(self._steps, count - len(self._next)))
        return list(islice(self._next, count))

"""The story of a painted film: the first drawing of each shot is painted as any picture, the next ones live on from it.

From drawing to drawing strokes move with what they show.  What still serves stays, what does not is mended.  Hertzmann
and Perlin ("Painterly rendering for video and interaction", 2000) paint over the last frame where it has changed; here
the strokes themselves go along, so that every drawing is a painting of strokes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from dreambrush.arrays import Pixels
from dreambrush.film.commission import FilmCommission
from dreambrush.film.moment import Moment
from dreambrush.film.motion import Reel, Step, steps
from dreambrush.film.shot import Shot
from dreambrush.painter.painting import Progress
from dreambrush.painter.refine.dreams import Dreams


def moments(
    frames: Iterable[Pixels],
    asked: FilmCommission,
    begun: Moment | None = None,
    progress: Callable[[int, Progress], None] = lambda frame, told: None,
) -> Iterator[Moment]:
    """Paints a film.

    Args:
        frames: (h, w, 3) uint8, all of one size, from the first on.
        asked: what is asked.
        begun: a moment to go on from; what follows is as if it had never stopped.
        progress: told the number of a frame that begins a shot, and how far its drawing is.

    Yields:
        A moment for each drawing.

    Raises:
        KeyboardInterrupt: after Ctrl-C.
        ModelError: a brush has no dream.
    """
    now, shot = begun, None
    first = -1 if begun is None else begun.frame - begun.since  # of its shot
    folders = [brush.dream_folder() for brush in asked.brushes]
    with Dreams(folders) as dreams, ThreadPoolExecutor(1) as ahead:
        reel = Reel(steps(frames, -1 if begun is None else begun.frame))
        through: list[Step] = []
        for step in reel:
            number, frame, motion = step.number, step.frame, step.motion
            if begun is not None and number <= begun.frame:
                shot = Shot(asked, dreams, frame, ahead) if number == first else shot
            elif now is None or shot is None or motion is None or motion.cut:
                shot, through = Shot(asked, dreams, frame, ahead), []
                now = shot.first(number, 0 if now is None else now.shot + 1, partial(progress, number))
                yield now
            else:
                through.append(step)
                if len(through) == asked.on:
                    now = shot.next(now, through, reel.coming(asked.on))
                    through = []
                    yield now
